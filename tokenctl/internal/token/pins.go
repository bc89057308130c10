package token

import (
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"syscall"

	"mais/certs/pins"
	"mais/tokenctl/internal/fault"
)

// readPins reads the keys that the server may prove. The file is ours, yet copied about and
// edited by hand.
func readPins(dir string) (a pins.Announcement, err error) {
	text, err := readFile(dir, pinsFile)
	if err != nil {
		return a, err
	}
	if err := json.Unmarshal(text, &a); err != nil {
		return a, damaged(dir, fmt.Errorf("%s: %w", pinsFile, err))
	}
	if err := a.Check(); err != nil {
		return a, damaged(dir, fmt.Errorf("%s: %w", pinsFile, err))
	}
	return a, nil
}

// KeepPins goes by another announcement of the server's keys from now on, which a key of the
// one before has signed; or by a later one that another process has kept meanwhile. It may be called while the
// token is renewed: the pins are the server's and no part of what is replaced.
func (t *Token) KeepPins(a pins.Announcement) error {
	kept, err := raisePins(t.Dir, a)
	if err != nil {
		return fault.New(fault.Failed, "see that the disk is not full, and that you may write into "+t.Dir, "the server's new keys can't be kept in %s", t.Dir).Because(err)
	}
	t.Pins = kept
	return nil
}

// raisePins writes an announcement unless a later one is there, and returns which is. One
// process at a time does so.
func raisePins(dir string, a pins.Announcement) (pins.Announcement, error) {
	lock, err := os.Open(dir)
	if err != nil {
		return a, err
	}
	defer lock.Close()
	if err := syscall.Flock(int(lock.Fd()), syscall.LOCK_EX); err != nil {
		return a, err
	}
	if now, err := readPins(dir); err == nil && now.Number >= a.Number {
		return now, nil
	}
	return a, writePins(dir, a)
}

func writePins(dir string, a pins.Announcement) error {
	text, err := json.MarshalIndent(a, "", "  ")
	if err != nil {
		return err
	}
	f, err := os.CreateTemp(dir, "."+pinsFile+".*") // 0600
	if err != nil {
		return err
	}
	defer os.Remove(f.Name())
	_, err = f.Write(append(text, '\n'))
	if err = errors.Join(err, f.Sync(), f.Close()); err != nil {
		return err
	}
	if err := os.Rename(f.Name(), filepath.Join(dir, pinsFile)); err != nil {
		return err
	}
	return syncDir(dir)
}
