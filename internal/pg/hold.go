package pg

import (
	"fmt"
	"os"
	"path/filepath"
)

// Hold takes the directory of an embedded cluster, as StartCluster does, without starting
// anything: until release no process of ours can run the cluster. The error is ErrInUse while
// one does. A directory that is not there is nobody's, and made.
func Hold(dir string) (release func() error, err error) {
	dir, err = filepath.Abs(dir)
	if err == nil {
		err = os.MkdirAll(dir, 0o700)
	}
	if err != nil {
		return nil, fmt.Errorf("hold the database: %w", err)
	}
	h, err := lock(dir)
	if err != nil {
		return nil, fmt.Errorf("hold the database: %w", err)
	}
	return h.Close, nil
}
