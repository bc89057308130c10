package jobs

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"mais/certs"
)

// ErrNotPrepared: there is no next key to go over to.
var ErrNotPrepared = errors.New("jobs: no next key is prepared")

// PrepareKey makes the key that the node whose files lie in dir is to go over to, or finds it there,
// and returns its pin. The node announces it.
func PrepareKey(dir string) (certs.Pin, error) {
	path := filepath.Join(dir, nextKeyFile)
	text, err := os.ReadFile(path)
	if errors.Is(err, fs.ErrNotExist) {
		if text, err = newKeyFile(); err == nil {
			err = write(dir, nextKeyFile, text)
		}
	}
	if err != nil {
		return certs.Pin{}, fmt.Errorf("prepare the server's next key: %w", err)
	}
	key, err := certs.ParseKey(text, nil)
	if err != nil {
		return certs.Pin{}, fmt.Errorf("prepare the server's next key: %s: %w", path, err)
	}
	return certs.PinOfKey(key.Public())
}

// SwitchKey makes the next key the node's key; the old one is gone. The node, if it runs,
// goes over to it within seconds and says so in the announcements. Whether the sites know the
// key the caller has found out before.
func SwitchKey(dir string) error {
	err := os.Rename(filepath.Join(dir, nextKeyFile), filepath.Join(dir, keyFile))
	if errors.Is(err, fs.ErrNotExist) {
		return ErrNotPrepared
	}
	if err != nil {
		return fmt.Errorf("switch the server's key: %w", err)
	}
	return syncDirectory(dir)
}

// AbandonKey throws the next key away; the node takes it back in the announcements.
func AbandonKey(dir string) error {
	err := os.Remove(filepath.Join(dir, nextKeyFile))
	if errors.Is(err, fs.ErrNotExist) {
		return ErrNotPrepared
	}
	if err != nil {
		return fmt.Errorf("abandon the server's next key: %w", err)
	}
	return syncDirectory(dir)
}
