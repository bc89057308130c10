package e2e_test

import (
	"bufio"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
)

// postgresOf returns the PostgreSQL processes of a data directory: it is their working
// directory.
func postgresOf(dir string) (pids []int) {
	data, err := os.Stat(filepath.Join(dir, "postgres", "data"))
	if err != nil {
		return nil
	}
	processes, _ := filepath.Glob("/proc/[0-9]*") // the pattern is good
	for _, p := range processes {
		exe, err := os.Readlink(filepath.Join(p, "exe"))
		cwd, err2 := os.Stat(filepath.Join(p, "cwd"))
		if err == nil && err2 == nil && filepath.Base(exe) == "postgres" && os.SameFile(cwd, data) {
			pid, _ := strconv.Atoi(filepath.Base(p))
			pids = append(pids, pid)
		}
	}
	return pids
}

// postmaster is PostgreSQL's main process in the demo's directory.
func (s *service) postmaster(t testing.TB) int {
	t.Helper()
	first, _, _ := strings.Cut(read(t, filepath.Join(s.dir, "postgres", "data", "postmaster.pid")), "\n")
	pid, err := strconv.Atoi(first)
	if err != nil {
		t.Fatal(err)
	}
	return pid
}

// psql runs SQL in the embedded database as its superuser.
func (s *service) psql(t testing.TB, sql string) string {
	t.Helper()
	r := server(t, "psql", "--dir", s.dir, "--", "-X", "-q", "-A", "-t", "-v", "ON_ERROR_STOP=1", "-c", sql).exits(t, 0)
	return strings.TrimSpace(r.stdout)
}

// event is an entry of the audit, as far as the journeys look at it.
type event struct {
	ID                                      int64
	Act, Outcome, Reason, Listener, Address string
	Method, URI, Login, Request, Site       string
	User                                    string `json:"user_id"`
	UserName                                string `json:"user_name"`
	Session, Issuer, Serial                 string
	Roles, Persons, Items                   []string
	Rows                                    int
	Detail                                  map[string]string
}

func (e event) String() string {
	return fmt.Sprintf("%d %s %s by %q from %s at %s %s: %s %v", e.ID, e.Act, e.Outcome, e.UserName, e.Address, e.Listener, e.URI, e.Reason, e.Detail)
}

// audit returns the events that fit, oldest first.
func (s *service) audit(t testing.TB, fits func(event) bool, args ...string) (events []event) {
	t.Helper()
	r := server(t, append([]string{"audit", "list", "--json", "--limit", "1000000", "--dir", s.dir}, args...)...).exits(t, 0)
	for _, e := range data[[]event](t, r) {
		if fits(e) {
			events = append(events, e)
		}
	}
	return events
}

// audited demands that so many events fit.
func (s *service) audited(t testing.TB, want int, what string, fits func(event) bool) []event {
	t.Helper()
	events := s.audit(t, fits)
	if len(events) != want {
		t.Errorf("the audit has %d events of %s, want %d: %v", len(events), what, want, events)
	}
	return events
}

// metric returns the value of a metric by its name and labels as they are printed, 0 when
// it is not there.
func (s *service) metric(t testing.TB, series string) int {
	t.Helper()
	resp, err := http.Get(s.demo.URLs.Ops + "/metrics")
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	lines := bufio.NewScanner(resp.Body)
	for lines.Scan() {
		if value, ok := strings.CutPrefix(lines.Text(), series+" "); ok {
			n, err := strconv.ParseFloat(value, 64)
			if err != nil {
				t.Fatal(err)
			}
			return int(n)
		}
	}
	return 0
}
