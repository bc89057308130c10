package server

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"syscall"

	"mais/internal/datadir"
)

const (
	// workspaceName is where a restore gets ready, in the data directory: what is ready moves to
	// its place without leaving the disk.
	workspaceName = ".restoring"
	// swappingName lies in it while the database is replaced, and names where the old one goes.
	swappingName = "swapping"
	// freshName lies in it while a whole service is restored: but for it nothing was there.
	freshName = "fresh"
)

// workspace is the one restore that is at work on a data directory.
type workspace struct {
	dir   string
	held  heldDir
	fresh bool // nothing was in the data directory before
	made  bool // nor was it there
}

// openWorkspace takes a data directory for a restore, and clears what one that was killed left.
func openWorkspace(dataDir string) (*workspace, error) {
	held, err := holdDir(dataDir)
	if err != nil {
		return nil, err
	}
	return newWorkspace(dataDir, held)
}

// newWorkspace is openWorkspace for who holds the data directory.
func newWorkspace(dataDir string, held heldDir) (w *workspace, err error) {
	w = &workspace{dir: filepath.Join(dataDir, workspaceName), held: held}
	if err = undoSwap(dataDir); err == nil {
		err = os.RemoveAll(w.dir)
	}
	if err == nil {
		err = datadir.MkdirAll(w.dir)
	}
	if err != nil {
		return nil, errors.Join(err, held.Close())
	}
	return w, nil
}

func (w *workspace) path(name string) string { return filepath.Join(w.dir, name) }

// sweepWorkspace clears what a restore that was killed left, and an earlier backup's plain
// dump, unless a restore is at work.
func sweepWorkspace(dataDir string) error {
	held, err := holdDir(dataDir)
	if errors.Is(err, errRestoring) {
		return nil
	}
	if err != nil {
		return err
	}
	defer held.Close()
	left, err := filepath.Glob(filepath.Join(dataDir, ".backup-*"))
	if err = errors.Join(err, undoSwap(dataDir)); err != nil {
		return err
	}
	for _, path := range append(left, filepath.Join(dataDir, workspaceName)) {
		err = errors.Join(err, os.RemoveAll(path))
	}
	return err
}

var errRestoring = errors.New("a restore is at work here")

// heldDir is a directory that this process has locked.
type heldDir struct{ file *os.File }

// Close lets go of it, also when a process that is just being started has the file open too.
func (h heldDir) Close() error {
	return errors.Join(syscall.Flock(int(h.file.Fd()), syscall.LOCK_UN), h.file.Close())
}

// holdDir locks a directory as such, which leaves nothing in it.
func holdDir(path string) (heldDir, error) {
	d, err := os.Open(path)
	if err != nil {
		return heldDir{}, err
	}
	err = syscall.Flock(int(d.Fd()), syscall.LOCK_EX|syscall.LOCK_NB)
	if errors.Is(err, syscall.EWOULDBLOCK) {
		err = fmt.Errorf("%s: %w", path, errRestoring)
	}
	if err != nil {
		return heldDir{}, errors.Join(err, d.Close())
	}
	return heldDir{d}, nil
}

// settleSwap undoes a replacement of the database that was killed half way, so that nobody makes
// an empty one in the place of the old. While a restore is at work it is an error.
func settleSwap(dataDir string) error {
	if _, err := os.Stat(filepath.Join(dataDir, workspaceName, swappingName)); errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	held, err := holdDir(dataDir)
	if err != nil {
		return err
	}
	return errors.Join(undoSwap(dataDir), held.Close())
}

// undoSwap is for who holds the data directory.
func undoSwap(dataDir string) error {
	mark, database := filepath.Join(dataDir, workspaceName, swappingName), filepath.Join(dataDir, databaseName)
	aside, err := os.ReadFile(mark)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return err
	}
	if _, err = os.Lstat(database); errors.Is(err, fs.ErrNotExist) {
		err = os.Rename(filepath.Join(dataDir, filepath.Base(string(aside))), database)
	}
	if err != nil {
		return fmt.Errorf("a restore was interrupted while it replaced the database: %w", err)
	}
	return os.Remove(mark)
}

// writeWhole writes a file in place of what may be there; after a crash it is one or the other.
func writeWhole(path string, content []byte) error {
	f, err := os.CreateTemp(filepath.Dir(path), "."+filepath.Base(path)+".*") // 0600
	if err != nil {
		return err
	}
	defer os.Remove(f.Name())
	_, err = f.Write(content)
	if err = errors.Join(err, datadir.Give(f), f.Sync(), f.Close()); err != nil {
		return err
	}
	if err := os.Rename(f.Name(), path); err != nil {
		return err
	}
	return syncDir(filepath.Dir(path))
}

func syncDir(path string) error {
	d, err := os.Open(path)
	if err != nil {
		return err
	}
	return errors.Join(d.Sync(), d.Close())
}
