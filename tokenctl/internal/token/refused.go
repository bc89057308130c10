package token

import (
	"os"
	"syscall"
	"time"
)

// KeepStanding notes in token.json what the service says of the token: as is a state that it
// refused it for, "" that it took it. Nothing is written if that is known already, or if the
// token was renewed or replaced meanwhile: then the word is of another certificate.
func (t *Token) KeepStanding(as string, at time.Time) error {
	if as == "" && t.Refused == nil || t.Refused != nil && t.Refused.As == as {
		return nil
	}
	lock, err := os.Open(t.Dir)
	if err != nil {
		return err
	}
	defer lock.Close()
	if err := syscall.Flock(int(lock.Fd()), syscall.LOCK_EX); err != nil {
		return err
	}
	now, err := load(t.Dir, t.Name)
	if err != nil || now.Serial != t.Serial {
		return err
	}
	now.Refused = nil
	if as != "" {
		now.Refused = &Refusal{As: as, At: at.UTC().Truncate(time.Second)}
	}
	t.Refused = now.Refused
	return writeMeta(now.Dir, now.Meta)
}
