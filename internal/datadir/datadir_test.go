package datadir_test

import (
	"errors"
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

// TestGiveKeepsWhatIsNotNew: the account that a directory belongs to gets no file of root's by a link to it,
// nor one in a directory that its own one is put in the place of once the file is open.
func TestGiveKeepsWhatIsNotNew(t *testing.T) {
	for name, plant := range map[string]func(secret, path string) error{
		"symbolic link": os.Symlink,
		"hard link":     os.Link,
		"other directory": func(secret, path string) error {
			dir := filepath.Dir(path)
			return errors.Join(os.Rename(dir, dir+".away"), os.Symlink(filepath.Dir(secret), dir))
		},
	} {
		t.Run(name, func(t *testing.T) {
			roots, theirs := t.TempDir(), filepath.Join(t.TempDir(), "theirs")
			secret, path := filepath.Join(roots, "file"), filepath.Join(theirs, "file")
			if err := errors.Join(os.WriteFile(secret, nil, 0o600), os.Mkdir(theirs, 0o700)); err != nil {
				t.Fatal(err)
			}
			if os.Geteuid() == 0 {
				if err := os.Chown(theirs, 4711, 4712); err != nil {
					t.Fatal(err)
				}
			}
			before := *owner(t, secret)
			if err := plant(secret, path); err != nil {
				t.Fatal(err)
			}
			f, err := os.OpenFile(path, os.O_RDWR, 0)
			if err != nil {
				t.Fatal(err)
			}
			defer f.Close()
			if name == "other directory" { // and back, with a file of the same name
				err := errors.Join(os.Remove(theirs), os.Rename(theirs+".away", theirs), os.WriteFile(path, nil, 0o600))
				if err != nil {
					t.Fatal(err)
				}
			}
			if err := datadir.Give(f); (err == nil) == (os.Geteuid() == 0) {
				t.Errorf("Give = %v", err)
			}
			if got := *owner(t, secret); got.Uid != before.Uid || got.Gid != before.Gid {
				t.Errorf("the file of root's was given to %d:%d", got.Uid, got.Gid)
			}
		})
	}
}

// TestMkdirAll: what is made belongs to whoever the directory above belongs to, each of several, and is
// for its owner alone; what was there stays as it was.
func TestMkdirAll(t *testing.T) {
	dir := t.TempDir()
	there := filepath.Join(dir, "there")
	if err := os.Mkdir(there, 0o755); err != nil {
		t.Fatal(err)
	}
	if os.Geteuid() == 0 {
		if err := os.Chown(there, 4711, 4712); err != nil {
			t.Fatal(err)
		}
	}
	path := filepath.Join(there, "journals", "here")
	for range 2 {
		if err := datadir.MkdirAll(path); err != nil {
			t.Fatal(err)
		}
	}
	want := owner(t, there)
	for _, made := range []string{path, filepath.Dir(path)} {
		if got := owner(t, made); got.Uid != want.Uid || got.Gid != want.Gid || got.Mode&0o777 != 0o700 {
			t.Errorf("%s belongs to %d:%d, mode %o; want %d:%d, 700", made, got.Uid, got.Gid, got.Mode&0o777, want.Uid, want.Gid)
		}
	}
	file := filepath.Join(dir, "file")
	if err := os.WriteFile(file, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	for _, no := range []string{file, filepath.Join(file, "below")} {
		if err := datadir.MkdirAll(no); err == nil {
			t.Errorf("MkdirAll of %s, where a file is, succeeded", no)
		}
	}
	if err := errors.Join(os.Symlink(filepath.Join(dir, "elsewhere"), filepath.Join(there, "link")), datadir.MkdirAll(filepath.Join(there, "link"))); err == nil {
		t.Error("MkdirAll went after a link that leads nowhere")
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
