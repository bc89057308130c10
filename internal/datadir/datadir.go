// Package datadir says whose the files of the service's directory are: its own account's, whoever
// writes them. A command at the host often runs as root, beside a service that does not, and what
// root left for itself would keep the service from starting again. Call Give on each file that was
// just made there, and on no other, before it gets its name, and make directories by MkdirAll. Neither
// gives anything away for an account that isn't root.
package datadir

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"syscall"
)

// Give makes an open file that this process has made belong to whoever the directory that it lies in
// belongs to. That account may be hostile, and move what the path leads to: so the file must be root's
// own, have no other name, and lie in the very directory that is asked whose it is.
func Give(f *os.File) error {
	if os.Geteuid() != 0 {
		return nil
	}
	if err := give(f); err != nil {
		return fmt.Errorf("give %s to the account of its directory: %w", f.Name(), err)
	}
	return nil
}

func give(f *os.File) error {
	dir, err := os.OpenRoot(filepath.Dir(f.Name()))
	if err != nil {
		return err
	}
	defer dir.Close()
	whole, err := dir.Stat(".")
	if err != nil {
		return err
	}
	to := whole.Sys().(*syscall.Stat_t)
	if to.Uid == 0 { // a medium without owners would refuse even what changes nothing
		return nil
	}
	if err := isNew(f, dir); err != nil {
		return err
	}
	return f.Chown(int(to.Uid), int(to.Gid))
}

// isNew refuses what root did not just make in the directory.
func isNew(f *os.File, dir *os.Root) error {
	there, err := dir.Lstat(filepath.Base(f.Name()))
	if err != nil {
		return err
	}
	info, err := f.Stat()
	if err != nil {
		return err
	}
	if is := info.Sys().(*syscall.Stat_t); !os.SameFile(there, info) || !info.Mode().IsRegular() || is.Nlink != 1 || is.Uid != 0 {
		return errors.New("it is no new file there")
	}
	return nil
}
