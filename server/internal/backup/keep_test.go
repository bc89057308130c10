package backup_test

import (
	"errors"
	"os"
	"path/filepath"
	"slices"
	"syscall"
	"testing"
	"time"

	"mais/server/internal/backup"
)

// TestSave keeps the newest archives of a node, and nothing half written; another node's, and
// another service's, are none of its business.
func TestSave(t *testing.T) {
	by, other, dir, key := newAuthor(t), newAuthor(t), filepath.Join(t.TempDir(), "backups"), identity(t)
	made := time.Date(2026, 3, 1, 2, 0, 0, 0, time.UTC)
	save := func(by author, node string, weeks int) (string, error) {
		s := by.source(key.Recipient())
		s.Manifest.Made, s.Manifest.Node = made.AddDate(0, 0, 7*weeks), "urn:mais:server:"+node
		return backup.Save(t.Context(), dir, 3, s)
	}
	var want []string
	for n, of := range []struct {
		by   author
		node string
	}{{by, "0198c0de-7"}, {by, "0298c0de-7"}, {other, "0198c0de-7"}} {
		for week := range 5 {
			path, err := save(of.by, of.node, week)
			if err != nil {
				t.Fatal(err)
			}
			if week >= 2 {
				want = append(want, filepath.Base(path))
			}
		}
		if _, err := save(of.by, of.node, 4); err == nil {
			t.Errorf("%d: Save writes over an archive", n)
		}
	}
	if got := listed(t, dir); !slices.Equal(got, sorted(want)) {
		t.Errorf("the directory holds %q, want %q", got, sorted(want))
	}
}

// TestSaveFutureDate: an archive that a wrong clock dated ahead costs none made now.
func TestSaveFutureDate(t *testing.T) {
	by, dir, key := newAuthor(t), t.TempDir(), identity(t)
	now := time.Date(2026, 3, 1, 2, 0, 0, 0, time.UTC)
	var want []string
	for n, at := range []time.Time{now.AddDate(9, 0, 0), now.AddDate(9, 0, 1), now, now.Add(time.Hour), now.Add(2 * time.Hour)} {
		s := by.source(key.Recipient())
		s.Manifest.Made = at
		path, err := backup.Save(t.Context(), dir, 2, s)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := os.Stat(path); err != nil {
			t.Errorf("%d: the archive that was just made is gone: %v", n, err)
		}
		if n != 2 { // the oldest of those up to now
			want = append(want, filepath.Base(path))
		}
	}
	if got := listed(t, dir); !slices.Equal(got, sorted(want)) {
		t.Errorf("the directory holds %q, want %q", got, sorted(want))
	}
}

// TestSaveSweeps: what a killed backup left goes with the next, what one writes stays.
func TestSaveSweeps(t *testing.T) {
	by, dir, key := newAuthor(t), t.TempDir(), identity(t)
	s := by.source(key.Recipient())
	s.Manifest.Made = time.Now()
	path, err := backup.Save(t.Context(), dir, 0, s)
	if err != nil {
		t.Fatal(err)
	}
	prefix := "." + filepath.Base(path)[:len("mais-12345678-12345678-")]
	killed, busy := filepath.Join(dir, prefix+"1.part"), filepath.Join(dir, prefix+"2.part")
	if err := errors.Join(os.WriteFile(killed, []byte("half"), 0o600), os.WriteFile(busy, []byte("half"), 0o600)); err != nil {
		t.Fatal(err)
	}
	f, err := os.Open(busy)
	if err == nil {
		defer f.Close()
		err = syscall.Flock(int(f.Fd()), syscall.LOCK_EX)
	}
	s.Manifest.Made = s.Manifest.Made.Add(time.Minute)
	if _, err2 := backup.Save(t.Context(), dir, 0, s); err != nil || err2 != nil {
		t.Fatal(err, err2)
	}
	if _, err := os.Stat(killed); !os.IsNotExist(err) {
		t.Errorf("a half archive of a process that is gone: %v", err)
	}
	if _, err := os.Stat(busy); err != nil {
		t.Errorf("a half archive of another process: %v", err)
	}
}

func listed(t *testing.T, dir string) (names []string) {
	t.Helper()
	entries, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range entries {
		names = append(names, e.Name())
	}
	return names
}

func sorted(names []string) []string {
	slices.Sort(names)
	return names
}
