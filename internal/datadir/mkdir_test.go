package datadir

import (
	"errors"
	"os"
	"path/filepath"
	"syscall"
	"testing"
)

// TestGiveDirectoryRefuses: what a hostile account puts in the place of the directory that was just made is given to nobody, and
// holds nobody up.
func TestGiveDirectoryRefuses(t *testing.T) {
	for name, put := range map[string]func(path string) error{
		"a pipe":           func(path string) error { return syscall.Mkfifo(path, 0o600) },
		"a file":           func(path string) error { return os.WriteFile(path, nil, 0o600) },
		"a link elsewhere": func(path string) error { return os.Symlink("/", path) },
		"a full directory": func(path string) error {
			return errors.Join(os.Mkdir(path, 0o700), os.Mkdir(filepath.Join(path, "in"), 0o700))
		},
		"somebody's":         func(path string) error { return errors.Join(os.Mkdir(path, 0o700), giveAway(path)) },
		"nothing whatsoever": func(string) error { return nil },
	} {
		t.Run(name, func(t *testing.T) {
			above := t.TempDir()
			if err := put(filepath.Join(above, "made")); err != nil {
				t.Fatal(err)
			}
			dir, err := os.OpenRoot(above)
			if err != nil {
				t.Fatal(err)
			}
			defer dir.Close()
			if err := giveDirectory(dir, "made", &syscall.Stat_t{Uid: 4711, Gid: 4712}); err == nil {
				t.Error("it was given away")
			}
		})
	}
}

// giveAway makes somebody else's of a directory, as it is already where we are not root.
func giveAway(path string) error {
	if os.Geteuid() != 0 {
		return nil
	}
	return os.Chown(path, 4713, 4714)
}
