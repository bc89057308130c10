package token

import (
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"syscall"
)

// secretFiles hold the key, or enough to guess at it; they go first.
var secretFiles = []string{keyFile, p12File}

// ownFiles are all that this package ever puts into a token's directory.
var ownFiles = slices.Concat(secretFiles, []string{certFile, rootsFile, pinsFile, intentFile, cardFile + ".new", cardFile, metaFile + ".new", metaFile})

// scrub overwrites the secrets in a token's directory. What that is worth depends on what
// lies below: a disk that writes in place forgets the key, an SSD, a file system that copies
// on write or a snapshot may keep it.
func scrub(dir string) error {
	var errs []error
	for _, name := range secretFiles {
		if err := overwrite(filepath.Join(dir, name)); err != nil && !errors.Is(err, fs.ErrNotExist) {
			errs = append(errs, fmt.Errorf("overwrite: %w", err))
		}
	}
	return errors.Join(errs...)
}

func overwrite(path string) error {
	f, err := os.OpenFile(path, os.O_WRONLY|syscall.O_NOFOLLOW, 0)
	if err != nil {
		return err
	}
	info, err := f.Stat()
	if err == nil && info.Mode().IsRegular() {
		_, err = io.CopyN(f, rand.Reader, info.Size())
	}
	if err == nil {
		err = f.Sync()
	}
	return errors.Join(err, f.Close())
}

// wipe scrubs a token's directory, removes what this package has put there, and then the
// directory. What somebody else has put there stays, and is named.
func wipe(dir string) (left []string, err error) {
	if err := scrub(dir); err != nil {
		return nil, err
	}
	for _, name := range ownFiles {
		if err := os.Remove(filepath.Join(dir, name)); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return nil, err
		}
	}
	entries, err := os.ReadDir(dir)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	for _, entry := range entries {
		left = append(left, filepath.Join(dir, entry.Name()))
	}
	if len(left) > 0 {
		return left, syncDir(dir)
	}
	return nil, errors.Join(os.Remove(dir), syncDir(filepath.Dir(dir)))
}
