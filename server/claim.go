package server

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
)

// lostFound is what a volume has of itself.
const lostFound = "lost+found"

// claim takes a directory, which is made if it is not there, for a whole service. It refuses
// one that holds anything but what a restore that was killed left there.
func claim(dir string) (w *workspace, err error) {
	_, err = os.Lstat(dir)
	made := errors.Is(err, fs.ErrNotExist)
	if err != nil && !made {
		return nil, err
	}
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, err
	}
	held, err := holdDir(dir)
	if err != nil {
		return nil, err
	}
	if err := checkEmpty(dir); err != nil {
		return nil, errors.Join(err, held.Close())
	}
	if w, err = newWorkspace(dir, held); err != nil {
		return nil, err
	}
	w.fresh, w.made = true, made
	if err := os.WriteFile(w.path(freshName), nil, 0o600); err != nil {
		return nil, errors.Join(err, w.end(true))
	}
	return w, nil
}

// checkEmpty demands that nothing is in a directory, and clears what a killed restore had put
// there, where nothing was before.
func checkEmpty(dir string) error {
	there, err := os.ReadDir(dir)
	if err != nil {
		return err
	}
	_, err = os.Lstat(filepath.Join(dir, workspaceName, freshName))
	killed := err == nil
	for _, e := range there {
		if name := e.Name(); name != lostFound && !killed {
			return fmt.Errorf("%w: %s holds %s", ErrThere, dir, name)
		}
	}
	return emptyOut(dir)
}

// emptyOut removes everything from a directory but the workspace, and what was there before.
func emptyOut(dir string) error {
	there, err := os.ReadDir(dir)
	for _, e := range there {
		if name := e.Name(); name != lostFound && name != workspaceName {
			err = errors.Join(err, os.RemoveAll(filepath.Join(dir, name)))
		}
	}
	return err
}

// end lets go of the directory. After a failure nothing is left of what was put there.
func (w *workspace) end(failed bool) error {
	dir := filepath.Dir(w.dir)
	var err error
	if failed && w.fresh {
		err = emptyOut(dir)
	}
	err = errors.Join(err, os.RemoveAll(w.dir))
	if failed && w.made {
		err = errors.Join(err, os.Remove(dir))
	}
	return errors.Join(err, w.held.Close())
}

// moveIn moves a whole service to its place. Whoever is killed on the way leaves no service: the
// database comes before the keys, without which nobody serves, and the settings come last.
func (w *workspace) moveIn(from string) error {
	dir := filepath.Dir(w.dir)
	there, err := os.ReadDir(from)
	if err != nil {
		return err
	}
	move := func(name string) error { return os.Rename(filepath.Join(from, name), filepath.Join(dir, name)) }
	for _, e := range there {
		if name := e.Name(); name != keyDirName && name != settingsName {
			if err := move(name); err != nil {
				return err
			}
		}
	}
	err = errors.Join(syncDir(dir), move(keyDirName), syncDir(dir))
	if err == nil {
		err = os.Remove(w.path(freshName)) // from here on it is somebody's service
	}
	if err == nil {
		err = errors.Join(move(settingsName), syncDir(dir))
	}
	return err
}
