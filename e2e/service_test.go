package e2e_test

import (
	"bufio"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"
)

// service is one mais-server in the foreground: up or serve.
type service struct {
	dir     string
	demo    demo // of up
	process *os.Process
	stdout  *journal
	stderr  *journal
	took    time.Duration // from the start to "ready"
	exited  chan struct{}
	err     error // how it ended; after exited
	over    bool  // its end has been looked at
}

// demo is DIR/demo.json.
type demo struct {
	URLs            urls   `json:"urls"`
	RootFingerprint string `json:"root_fingerprint"`
	Users           []struct {
		Email, Name, Agency string
		Roles               []string
		Code, Enrol         *string
	} `json:"users"`
	Sites []struct {
		Name, Agency string
		Code, Enrol  *string
	} `json:"sites"`
}

type urls struct{ Public, Mutual, Plain, Ops string }

// journal is what a process writes, line by line.
type journal struct {
	mu      sync.Mutex
	lines   []string
	changed chan struct{} // closed at each change
	done    chan struct{} // closed when there will be no more
}

func newJournal(r io.Reader) *journal {
	j := &journal{changed: make(chan struct{}), done: make(chan struct{})}
	go func() {
		defer close(j.done)
		lines := bufio.NewReader(r)
		for {
			line, err := lines.ReadString('\n')
			if line != "" {
				j.mu.Lock()
				j.lines = append(j.lines, strings.TrimSuffix(line, "\n"))
				close(j.changed)
				j.changed = make(chan struct{})
				j.mu.Unlock()
			}
			if err != nil {
				return
			}
		}
	}()
	return j
}

// find returns the first line from the given one on that holds words, and a channel that is
// closed when there is more to look at.
func (j *journal) find(from int, fits func(string) bool) (line string, ok bool, more <-chan struct{}) {
	j.mu.Lock()
	defer j.mu.Unlock()
	for _, line := range j.lines[from:] {
		if fits(line) {
			return line, true, j.changed
		}
	}
	return "", false, j.changed
}

// await waits for a line with words among those from the given one on.
func (j *journal) await(t testing.TB, from int, words string) string {
	t.Helper()
	late := time.After(patience)
	for {
		line, ok, more := j.find(from, func(line string) bool { return strings.Contains(line, words) })
		if ok {
			return line
		}
		select {
		case <-more:
		case <-late:
			t.Fatalf("waited %s in vain for a line with %q in\n%s", patience, words, j.tail())
		}
	}
}

func (j *journal) tail() string {
	j.mu.Lock()
	defer j.mu.Unlock()
	return strings.Join(j.lines[max(0, len(j.lines)-60):], "\n")
}

func (j *journal) String() string {
	j.mu.Lock()
	defer j.mu.Unlock()
	return strings.Join(j.lines, "\n")
}

// launch starts a server and does not wait for anything.
func launch(dir string, args ...string) (*service, error) {
	return launchCommand(dir, exec.Command(filepath.Join(bin, "mais-server"), append(args, "--dir", dir)...))
}

func launchCommand(dir string, cmd *exec.Cmd) (*service, error) {
	s := &service{dir: dir, exited: make(chan struct{})}
	stdout, err := cmd.StdoutPipe()
	if err != nil {
		return nil, err
	}
	stderr, err := cmd.StderrPipe()
	if err != nil {
		return nil, err
	}
	cmd.SysProcAttr = &syscall.SysProcAttr{Setsid: true}
	if err := begin(cmd); err != nil {
		return nil, err
	}
	s.process = cmd.Process
	s.stdout, s.stderr = newJournal(stdout), newJournal(stderr)
	go func() {
		state, err := cmd.Process.Wait()
		if err == nil && !state.Success() {
			err = fmt.Errorf("%s", state)
		}
		s.err = err
		<-s.stdout.done
		<-s.stderr.done
		close(s.exited)
	}()
	return s, nil
}

// ready waits for the line that begins so.
func (s *service) ready(began time.Time) error {
	late := time.After(patience)
	for {
		_, ok, more := s.stdout.find(0, func(line string) bool { return strings.HasPrefix(line, "ready") })
		if ok {
			s.took = time.Since(began)
			return nil
		}
		select {
		case <-more:
		case <-s.exited:
			return fmt.Errorf("it ended before it was ready: %v\n%s", s.err, s.stderr.tail())
		case <-late:
			return fmt.Errorf("it was not ready after %s\n%s", patience, s.stderr.tail())
		}
	}
}

// anyPorts are the listeners of a demo that may run beside others.
var anyPorts = []string{
	"--listen-public", "127.0.0.1:0", "--listen-mutual", "127.0.0.1:0", "--listen-plain", "127.0.0.1:0", "--listen-ops", "127.0.0.1:0",
}

// samePorts makes a demo listen where it did before, so that its tokens go on.
func samePorts(u urls) (args []string) {
	for _, l := range []struct{ name, url string }{{"public", u.Public}, {"mutual", u.Mutual}, {"plain", u.Plain}, {"ops", u.Ops}} {
		args = append(args, "--listen-"+l.name, "127.0.0.1"+l.url[strings.LastIndex(l.url, ":"):])
	}
	return args
}

// startDemo runs `mais-server up` until it is ready.
func startDemo(dir string, args ...string) (*service, error) {
	began := time.Now()
	s, err := launch(dir, append([]string{"up"}, args...)...)
	if err != nil {
		return nil, err
	}
	if err := s.ready(began); err != nil {
		s.process.Kill()
		return nil, err
	}
	text, err := os.ReadFile(filepath.Join(dir, "demo.json"))
	if err == nil {
		err = json.Unmarshal(text, &s.demo)
	}
	return s, err
}

// up runs a demo of the test's own, which ends with the test.
func up(t testing.TB, args ...string) *service {
	t.Helper()
	return upIn(t, t.TempDir(), append(anyPorts, args...)...)
}

func upIn(t testing.TB, dir string, args ...string) *service {
	t.Helper()
	s, err := startDemo(dir, args...)
	if err != nil {
		t.Fatal(err)
	}
	s.endWith(t)
	return s
}

// endWith stops the server when the test ends, unless the test has done so.
func (s *service) endWith(t testing.TB) {
	t.Cleanup(func() {
		if t.Failed() {
			t.Logf("the server's last lines:\n%s", s.stderr.tail())
		}
		if !s.over {
			s.stop(t)
		}
	})
}

// stop interrupts the server, as ^C does, and demands a clean end.
func (s *service) stop(t testing.TB) {
	t.Helper()
	if err := s.end(); err != nil {
		t.Errorf("%v\n%s", err, s.stderr.tail())
	}
}

func (s *service) end() error {
	s.over = true
	s.process.Signal(os.Interrupt) // an error says that it has ended, which is looked at below
	select {
	case <-s.exited:
	case <-time.After(patience):
		s.process.Kill()
		return fmt.Errorf("the server did not end in %s", patience)
	}
	if s.err != nil {
		return fmt.Errorf("the server ended with %w, want success", s.err)
	}
	if left := postgresOf(s.dir); len(left) > 0 {
		return fmt.Errorf("the server has left PostgreSQL processes %v", left)
	}
	return nil
}

// kill ends the server as a power cut does, and waits until its PostgreSQL is gone as well.
func (s *service) kill(t testing.TB) {
	t.Helper()
	s.over = true
	s.process.Kill()
	<-s.exited
	await(t, "PostgreSQL to follow the server that was killed", func() bool { return len(postgresOf(s.dir)) == 0 })
}

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

// The demo that tests share which only look, and bring users of their own.
var shared struct {
	sync.Once
	dir     string
	service *service
	err     error
}

func sharedDemo(t testing.TB) *service {
	t.Helper()
	shared.Do(func() {
		if shared.dir, shared.err = os.MkdirTemp("", "mais-e2e-shared-"); shared.err == nil {
			shared.service, shared.err = startDemo(shared.dir, anyPorts...)
		}
	})
	if shared.err != nil {
		t.Fatal(shared.err)
	}
	return shared.service
}

func stopShared() error {
	if shared.dir == "" {
		return nil
	}
	var err error
	if shared.service != nil {
		if err = shared.service.end(); err != nil {
			err = fmt.Errorf("%w\n%s", err, shared.service.stderr.tail())
		}
	}
	return errors.Join(err, os.RemoveAll(shared.dir))
}
