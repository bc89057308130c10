package watch

import (
	"errors"
	"time"

	"mais/tokenctl/internal/fault"
	"mais/tokenctl/internal/token"
)

// unopened decides on a token that cannot be read. A fault that names what is wrong with it
// stays until somebody mends it; anything else, a disk that is away, may pass.
func (w *Watch) unopened(err error) (time.Duration, error) {
	if fault.Of(err).Kind != fault.Failed && !fault.Is(err, fault.Busy) {
		return 0, err
	}
	w.log.Error("the token cannot be read", failure(err)...)
	return look, nil
}

// ended says that a token is over by what its files and the clock say.
func ended(t *token.Token, now time.Time) error {
	switch t.State(now) {
	case token.StateRevoked:
		return fault.New(fault.Revoked, nextInvitation, "the token %s was revoked from here", t.Name)
	case token.StateExpired:
		return fault.New(fault.Expired, "see that this computer's clock is right; if it is, "+nextInvitation,
			"the token %s has expired on %s and cannot be renewed any more", t.Name, t.Certificate().NotAfter.UTC().Format(time.RFC1123))
	}
	return nil
}

const nextInvitation = "ask your administrator for a new invitation, and enrol again"

// final reports refusals that do not change: only a person can help.
func final(err error) bool {
	switch fault.Of(err).Kind {
	case fault.Revoked, fault.Superseded, fault.Expired, fault.UnknownToken:
		return true
	}
	return hopeless(err)
}

// hopeless reports what is wrong on this side and stays so.
func hopeless(err error) bool {
	var f *fault.Error
	if !errors.As(err, &f) {
		return false
	}
	switch f.Kind {
	case fault.Damaged, fault.NoSuchToken, fault.WrongPassphrase, fault.Usage, fault.NeedsSecret:
		return true
	}
	return false
}
