package datadir_test

import (
	"os"
	"path/filepath"
	"syscall"
	"testing"

	"mais/internal/datadir"
)

// TestGive: a file belongs to whoever its directory belongs to; of an account that isn't root both are its own.
func TestGive(t *testing.T) {
	dir := t.TempDir()
	if os.Geteuid() == 0 {
		if err := os.Chown(dir, 4711, 4712); err != nil {
			t.Fatal(err)
		}
	}
	f, err := os.Create(filepath.Join(dir, "file"))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	if err := datadir.Give(f); err != nil {
		t.Fatal(err)
	}
	want, got := owner(t, dir), owner(t, f.Name())
	if got.Uid != want.Uid || got.Gid != want.Gid {
		t.Errorf("the file belongs to %d:%d, its directory to %d:%d", got.Uid, got.Gid, want.Uid, want.Gid)
	}
}

func owner(t *testing.T, path string) *syscall.Stat_t {
	t.Helper()
	info, err := os.Stat(path)
	if err != nil {
		t.Fatal(err)
	}
	return info.Sys().(*syscall.Stat_t)
}
