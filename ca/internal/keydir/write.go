package keydir

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"mais/internal/datadir"
)

// modeOf keeps keys, and where they are, for the owner alone.
func modeOf(name string) fs.FileMode {
	switch filepath.Ext(name) {
	case ".key", ".kms":
		return 0o600
	}
	return 0o644
}

// WriteNew writes a file that is not there yet, whole and on disk or not at all.
func WriteNew(dir, name string, content []byte) (err error) {
	defer func() {
		if err != nil {
			err = fmt.Errorf("write %s: %w", filepath.Join(dir, name), err)
		}
	}()
	f, err := os.CreateTemp(dir, "."+name+".*") // 0600
	if err != nil {
		return err
	}
	defer os.Remove(f.Name())
	_, err = f.Write(content)
	err = errors.Join(err, datadir.Give(f), f.Chmod(modeOf(name)), f.Sync(), f.Close())
	if err != nil {
		return err
	}
	// A link, unlike a rename, never replaces a file.
	if err := os.Link(f.Name(), filepath.Join(dir, name)); err != nil {
		return err
	}
	return Sync(dir)
}

// Replace writes a file in place of what may be there: after a crash it is the old or the new.
func Replace(dir, name string, content []byte) (err error) {
	f, err := os.CreateTemp(dir, "."+name+".*")
	if err != nil {
		return fmt.Errorf("write %s: %w", filepath.Join(dir, name), err)
	}
	defer os.Remove(f.Name())
	_, err = f.Write(content)
	err = errors.Join(err, datadir.Give(f), f.Sync(), f.Close())
	if err == nil {
		err = errors.Join(os.Rename(f.Name(), filepath.Join(dir, name)), Sync(dir))
	}
	if err != nil {
		return fmt.Errorf("write %s: %w", filepath.Join(dir, name), err)
	}
	return nil
}

// WriteCopy writes a file as far as the medium can: one without links or modes, such as
// FAT, is one too.
func WriteCopy(dir, name string, text []byte) (err error) {
	f, err := os.OpenFile(filepath.Join(dir, name), os.O_WRONLY|os.O_CREATE|os.O_EXCL, modeOf(name))
	if err != nil {
		return err
	}
	_, err = f.Write(text)
	return errors.Join(err, f.Sync(), f.Close())
}

// Sync has a change of names in a directory reach the disk.
func Sync(dir string) error {
	d, err := os.Open(dir)
	if err != nil {
		return err
	}
	return errors.Join(d.Sync(), d.Close())
}
