package e2e_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// TestKilledFirstStart kills the first start at one moment after another, each a state of
// the directory. The next start works, or says exactly what to do; then that works.
func TestKilledFirstStart(t *testing.T) {
	t.Parallel()
	exists := func(names ...string) func(t *testing.T, s *service) bool {
		return func(_ *testing.T, s *service) bool {
			for _, name := range names {
				if _, err := os.Lstat(filepath.Join(s.dir, name)); err != nil {
					return false
				}
			}
			return true
		}
	}
	for _, tt := range []struct {
		name string
		now  func(*testing.T, *service) bool
	}{
		{"the settings", exists("mais.toml")},
		{"the ceremony begins", exists("ca/UNFINISHED")},
		{"the root is written", exists("ca/root.crt")},
		{"the ceremony is over", exists("ca/sites-1.crt")},
		{"the cluster is made", exists("postgres/data/PG_VERSION")},
		{"PostgreSQL runs", exists("postgres/data/postmaster.pid")},
		{"the server has a key", exists("server.key")},
		{"people are loaded", func(t *testing.T, s *service) bool { return s.rows(t, "record.person") != "" }},
	} {
		t.Run(tt.name, func(t *testing.T) {
			dir := t.TempDir()
			s, err := launch(dir, append([]string{"up", "--people", "200"}, anyPorts...)...)
			if err != nil {
				t.Fatal(err)
			}
			at := until(t, s, func() bool { return tt.now(t, s) })
			s.kill(t)
			if !at {
				t.Fatal("the first start ended before its moment came")
			}
			s = startAgain(t, dir)
			if people, users := s.psql(t, "SELECT count(*) FROM record.person"), len(s.demo.Users); people != "200" || users != 8 {
				t.Errorf("the next start has %s people and %d users, want 200 and 8", people, users)
			}
			s.enrol(t, "officer@police.northshire.example") // by the CA that there is now
			s.stop(t)
		})
	}
}

// rows says whether a table of the starting service holds anything; "" as well while there is
// no such table.
func (s *service) rows(t *testing.T, table string) string {
	t.Helper()
	r := server(t, "psql", "--dir", s.dir, "--", "-X", "-q", "-A", "-t", "-c", "SELECT 1 FROM "+table+" LIMIT 1")
	return strings.TrimSpace(r.stdout)
}

// until looks as often as it can; false when the server has ended before.
func until(t *testing.T, s *service, there func() bool) bool {
	t.Helper()
	look := time.NewTicker(time.Millisecond)
	defer look.Stop()
	late := time.After(patience)
	for !there() {
		select {
		case <-look.C:
		case <-s.exited:
			return false
		case <-late:
			t.Fatal("the moment did not come")
		}
	}
	return true
}

// startAgain starts a demo after a crash. Where it refuses, it has to say which directory to
// remove; a person who does so gets a working demo.
func startAgain(t *testing.T, dir string) *service {
	t.Helper()
	s, err := startDemo(dir, append(anyPorts, "--people", "200")...)
	if err != nil {
		t.Logf("the next start refuses:\n%v", err)
		broken := ""
		for _, part := range []string{"ca", "postgres", filepath.Join("postgres", "data")} {
			if path := filepath.Join(dir, part); strings.Contains(err.Error(), path+" ") && strings.Contains(err.Error(), "remove") {
				broken = path
			}
		}
		if broken == "" {
			t.Fatal("the refusal does not say what to remove")
		}
		if err := os.RemoveAll(broken); err != nil {
			t.Fatal(err)
		}
		if s, err = startDemo(dir, append(anyPorts, "--people", "200")...); err != nil {
			t.Fatalf("after %s was removed: %v", broken, err)
		}
	}
	s.endWith(t)
	return s
}
