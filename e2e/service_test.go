package e2e_test

import (
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"
)

// service is one mais-server in the foreground: up or serve.
type service struct {
	program string // bin/mais-server, or another build of it
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

// launch starts a server and does not wait for anything.
func launch(dir string, args ...string) (*service, error) {
	return launchCommand(dir, exec.Command(filepath.Join(bin, "mais-server"), append(args, "--dir", dir)...))
}

func launchCommand(dir string, cmd *exec.Cmd) (*service, error) {
	s := &service{program: cmd.Args[0], dir: dir, exited: make(chan struct{})}
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

// keptPorts are the listeners of a demo that is to come back where it was: the kernel gives these to nobody meanwhile.
func keptPorts(t testing.TB) (args []string) {
	for _, listener := range []string{"public", "mutual", "plain", "ops"} {
		args = append(args, "--listen-"+listener, "127.0.0.1:"+freePort(t))
	}
	return args
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
	if err := s.whenReady(began); err != nil {
		return nil, err
	}
	return s, nil
}

// whenReady waits until a demo is ready, and reads what it tells. One that never is, is killed.
func (s *service) whenReady(began time.Time) error {
	if err := s.ready(began); err != nil {
		s.process.Kill()
		return err
	}
	text, err := os.ReadFile(filepath.Join(s.dir, "demo.json"))
	if err != nil {
		return err
	}
	return json.Unmarshal(text, &s.demo)
}

// up runs a demo of the test's own, which ends with the test.
func up(t testing.TB, args ...string) *service {
	t.Helper()
	return upIn(t, t.TempDir(), append(keptPorts(t), args...)...)
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
