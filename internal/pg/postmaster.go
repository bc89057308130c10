package pg

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"
	"os/exec"
	"runtime"
	"strings"
	"sync"
	"syscall"
	"time"
)

// starter hands functions to a thread that never ends. Linux sends Pdeathsig when the thread that forked ends, not the
// process (prctl(2), PR_SET_PDEATHSIG), and Go ends threads as it sees fit.
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

// start starts a command that shall not outlive us.
func start(cmd *exec.Cmd) error {
	done := make(chan error)
	starter() <- func() { done <- cmd.Start() }
	return <-done
}

// postmaster is PostgreSQL's main process.
type postmaster struct {
	process *os.Process
	exited  chan struct{} // closed when it has ended
	err     error         // how; after exited

	mu   sync.Mutex
	last []string // its last words
}

// launch starts the postmaster and passes its log on.
func launch(cmd *exec.Cmd, log *slog.Logger) (*postmaster, error) {
	r, w, err := os.Pipe()
	if err != nil {
		return nil, err
	}
	cmd.Stderr = w
	err = start(cmd)
	w.Close()
	if err != nil {
		return nil, errors.Join(fmt.Errorf("start PostgreSQL: %w", err), r.Close())
	}
	p := &postmaster{process: cmd.Process, exited: make(chan struct{})}
	read := make(chan struct{})
	go func() {
		defer close(read)
		p.pass(r, log)
	}()
	go func() {
		p.err = cmd.Wait()
		select { // its last words may still be on their way; its orphaned children can hold the pipe open
		case <-read:
		case <-time.After(time.Second):
		}
		close(p.exited)
	}()
	return p, nil
}

// pass copies PostgreSQL's log into ours, by severity, and keeps the last lines that tell why it would not run.
func (p *postmaster) pass(r io.ReadCloser, log *slog.Logger) {
	defer r.Close()
	lines := bufio.NewReaderSize(r, 4<<10)
	for {
		b, cut, err := lines.ReadLine()
		if err != nil {
			return
		}
		severity, message, ok := strings.Cut(string(b), ":  ")
		if !ok && !strings.HasPrefix(severity, "\t") { // before its log is set up PostgreSQL writes without a severity
			severity, message = "FATAL", severity
		}
		if message == ownStop {
			severity = "LOG"
		}
		log.Log(context.Background(), level(severity), "postgres: "+message)
		if level(severity) >= slog.LevelWarn {
			p.mu.Lock()
			p.last = append(p.last[max(0, len(p.last)-4):], message)
			p.mu.Unlock()
		}
		for cut && err == nil {
			_, cut, err = lines.ReadLine()
		}
	}
}

// ownStop is FATAL for each session that is open when we stop the cluster: nothing is wrong.
const ownStop = "terminating connection due to administrator command"

func level(severity string) slog.Level {
	switch severity {
	case "PANIC":
		return slog.LevelError
	case "FATAL", "ERROR", "WARNING":
		return slog.LevelWarn
	}
	return slog.LevelDebug
}

// cause says why the postmaster ended.
func (p *postmaster) cause() error {
	p.mu.Lock()
	defer p.mu.Unlock()
	err := p.err
	if err == nil {
		err = errors.New("exit status 0")
	}
	if len(p.last) > 0 {
		return fmt.Errorf("PostgreSQL ended: %s (%w)", strings.Join(p.last, "; "), err)
	}
	return fmt.Errorf("PostgreSQL ended: %w", err)
}

// stop ends the postmaster: first by a fast shutdown, which ends sessions and writes a checkpoint, then less and less
// gently, which costs only time at the next start.
func (p *postmaster) stop() error {
	for _, step := range []struct {
		signal syscall.Signal
		wait   time.Duration
	}{
		{syscall.SIGINT, time.Minute},
		{syscall.SIGQUIT, 10 * time.Second},
		{syscall.SIGKILL, 10 * time.Second},
	} {
		p.process.Signal(step.signal) // an error says that it has ended
		select {
		case <-p.exited:
			if step.signal != syscall.SIGINT {
				return fmt.Errorf("PostgreSQL had to be stopped with %v; it will recover at the next start", step.signal)
			}
			return nil
		case <-time.After(step.wait):
		}
	}
	return errors.New("PostgreSQL does not end")
}
