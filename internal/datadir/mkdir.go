package datadir

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"syscall"
)

// MkdirAll makes a directory for its owner alone, and those above it that are missing, each given to
// whoever the one that it lies in belongs to. What is there already stays as it is.
func MkdirAll(path string) error {
	if isThere(path) {
		return nil
	}
	above := filepath.Dir(path)
	if above == path {
		return &fs.PathError{Op: "mkdir", Path: path, Err: fs.ErrNotExist}
	}
	if err := MkdirAll(above); err != nil {
		return err
	}
	if err := mkdir(above, filepath.Base(path)); err != nil && !(errors.Is(err, fs.ErrExist) && isThere(path)) { // another process may have been first
		return fmt.Errorf("make %s for the account of the directory above: %w", path, err)
	}
	return nil
}

func isThere(path string) bool {
	info, err := os.Stat(path)
	return err == nil && info.IsDir()
}

// mkdir makes a directory in another and gives it away by what is open, since the account may move
// what a path leads to.
func mkdir(above, name string) error {
	dir, err := os.OpenRoot(above)
	if err != nil {
		return err
	}
	defer dir.Close()
	if err := dir.Mkdir(name, 0o700); err != nil || os.Geteuid() != 0 {
		return err
	}
	whole, err := dir.Stat(".")
	if err != nil {
		return err
	}
	to := whole.Sys().(*syscall.Stat_t)
	if to.Uid == 0 {
		return nil
	}
	if err := giveDirectory(dir, name, to); err != nil {
		return errors.Join(err, dir.Remove(name)) // or the next would take it for one that is there
	}
	return nil
}

func giveDirectory(dir *os.Root, name string, to *syscall.Stat_t) error {
	made, err := dir.OpenFile(name, os.O_RDONLY|syscall.O_DIRECTORY, 0) // a pipe would hold us up
	if err != nil {
		return err
	}
	defer made.Close()
	if err := isNewDirectory(made); err != nil {
		return err
	}
	return made.Chown(int(to.Uid), int(to.Gid))
}

// isNewDirectory refuses what root did not just make: one with something in it, or of somebody else.
func isNewDirectory(made *os.File) error {
	info, err := made.Stat()
	if err != nil {
		return err
	}
	_, empty := made.ReadDir(1)
	if is := info.Sys().(*syscall.Stat_t); !info.IsDir() || is.Uid != 0 || !errors.Is(empty, io.EOF) {
		return errors.New("it is no new directory there")
	}
	return nil
}
