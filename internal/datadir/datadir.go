// Package datadir says whose the files of the service's directory are: its own account's, whoever
// writes them. A command at the host often runs as root, beside a service that does not, and what
// root left for itself would keep the service from starting again. Call Give on each file that is
// made there, before it gets its name. It does nothing for an account that isn't root.
package datadir

import (
	"fmt"
	"os"
	"path/filepath"
	"syscall"
)

// Give makes an open file belong to whoever the directory that it lies in belongs to.
func Give(f *os.File) error {
	if os.Geteuid() != 0 {
		return nil
	}
	dir, err := os.Stat(filepath.Dir(f.Name()))
	if err != nil {
		return fmt.Errorf("give %s to the account of its directory: %w", f.Name(), err)
	}
	owner := dir.Sys().(*syscall.Stat_t)
	if owner.Uid == 0 { // a medium without owners would refuse even what changes nothing
		return nil
	}
	return f.Chown(int(owner.Uid), int(owner.Gid))
}
