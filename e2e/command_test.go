package e2e_test

import (
	"context"
	"encoding/json"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"
)

// patience is how long anything may take that a test waits for. It is generous: two cores
// may be shared by everything at once.
const patience = 2 * time.Minute

// result is how a command ended.
type result struct {
	line           string
	stdout, stderr string
	code           int
}

// tokenctl runs bin/tokenctl.
func tokenctl(t testing.TB, args ...string) result {
	t.Helper()
	return execute(t, exec.Command(filepath.Join(bin, "tokenctl"), args...))
}

// server runs a command of bin/mais-server that ends by itself.
func server(t testing.TB, args ...string) result {
	t.Helper()
	return execute(t, exec.Command(filepath.Join(bin, "mais-server"), args...))
}

// host runs a command on the service's directory, as its administrator does at the host.
func (s *service) host(t testing.TB, args ...string) result {
	t.Helper()
	return execute(t, exec.Command(s.program, append(args, "--dir", s.dir)...))
}

// execute runs a command to its end, without a terminal.
func execute(t testing.TB, cmd *exec.Cmd) result {
	t.Helper()
	var stdout, stderr strings.Builder
	cmd.Stdout, cmd.Stderr = &stdout, &stderr
	cmd.SysProcAttr = &syscall.SysProcAttr{Setsid: true}               // away from the terminal that the tests were started from
	ctx, cancel := context.WithTimeout(context.Background(), patience) // t.Context is over when a test cleans up
	defer cancel()
	if err := begin(cmd); err != nil {
		t.Fatal(err)
	}
	end := context.AfterFunc(ctx, func() { cmd.Process.Kill() })
	err := cmd.Wait()
	if !end() {
		t.Fatalf("%s did not end in time\n%s", cmd, stderr.String())
	}
	r := result{line: strings.Join(append([]string{filepath.Base(cmd.Path)}, cmd.Args[1:]...), " "),
		stdout: stdout.String(), stderr: stderr.String(), code: cmd.ProcessState.ExitCode()}
	var status *exec.ExitError
	if err != nil && !errors.As(err, &status) {
		t.Fatalf("%s: %v", r.line, err)
	}
	return r
}

// starter runs functions on a thread that never ends: Linux sends Pdeathsig when the
// thread that forked ends (prctl(2), PR_SET_PDEATHSIG).
var starter = sync.OnceValue(func() chan<- func() {
	work := make(chan func())
	go func() {
		runtime.LockOSThread()
		for f := range work {
			f()
		}
	}()
	return work
})

// begin starts a command that does not outlive the tests, however these end.
func begin(cmd *exec.Cmd) error {
	if cmd.SysProcAttr == nil {
		cmd.SysProcAttr = &syscall.SysProcAttr{}
	}
	cmd.SysProcAttr.Pdeathsig = syscall.SIGKILL
	done := make(chan error)
	starter() <- func() { done <- cmd.Start() }
	return <-done
}

// exits demands the exit code, and of a failure that it says what to do next.
func (r result) exits(t testing.TB, want int) result {
	t.Helper()
	if r.code != want {
		t.Fatalf("%s\nexit code = %d, want %d\nstdout: %s\nstderr: %s", r.line, r.code, want, r.stdout, r.stderr)
	}
	return r
}

// says demands words on stderr.
func (r result) says(t testing.TB, words ...string) result {
	t.Helper()
	for _, w := range words {
		if !strings.Contains(r.stderr, w) {
			t.Errorf("%s\nstderr = %s, want %q in it", r.line, r.stderr, w)
		}
	}
	return r
}

// shows demands words on stdout.
func (r result) shows(t testing.TB, words ...string) result {
	t.Helper()
	for _, w := range words {
		if !strings.Contains(r.stdout, w) {
			t.Errorf("%s\nstdout = %s, want %q in it", r.line, r.stdout, w)
		}
	}
	return r
}

// data decodes the envelope of a --json answer.
func data[T any](t testing.TB, r result) (v T) {
	t.Helper()
	envelope := struct {
		Schema int `json:"schema"`
		Data   *T  `json:"data"`
	}{Data: &v}
	if err := json.Unmarshal([]byte(r.stdout), &envelope); err != nil || envelope.Schema != 1 {
		t.Fatalf("%s\nschema = %d, want 1; %v\nstdout: %s", r.line, envelope.Schema, err, r.stdout)
	}
	return v
}

// trouble is the error of a command with --json.
type trouble struct {
	Code, Message, Next, Reference string
	Exit                           int
}

func failure(t testing.TB, r result) trouble {
	t.Helper()
	var envelope struct {
		Schema int     `json:"schema"`
		Error  trouble `json:"error"`
	}
	if err := json.Unmarshal([]byte(r.stderr), &envelope); err != nil || envelope.Schema != 1 {
		t.Fatalf("%s\nschema = %d, want 1; %v\nstderr: %s", r.line, envelope.Schema, err, r.stderr)
	}
	if envelope.Error.Exit != r.code {
		t.Errorf("%s\nexit code = %d, and the error says %d", r.line, r.code, envelope.Error.Exit)
	}
	return envelope.Error
}

// await polls for a state that nothing announces.
func await(t testing.TB, what string, there func() bool) {
	t.Helper()
	poll := time.NewTicker(10 * time.Millisecond)
	defer poll.Stop()
	late := time.After(patience)
	for !there() {
		select {
		case <-poll.C:
		case <-late:
			t.Fatalf("waited %s in vain for %s", patience, what)
		}
	}
}

// write makes a file that only we can read.
func write(t testing.TB, path, text string) string {
	t.Helper()
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

func read(t testing.TB, path string) string {
	t.Helper()
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}
