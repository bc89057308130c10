package pg

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"time"
)

const (
	// evictPatience is how long PostgreSQL processes that somebody left behind get to end by themselves.
	evictPatience = 20 * time.Second
	evictPoll     = 10 * time.Millisecond
)

// pidFile is what postmaster.pid tells of a running or crashed postmaster.
type pidFile struct {
	pid     int
	sockets string
	ready   bool // it lets clients in
}

func readPidFile(data string) (pidFile, error) {
	text, err := os.ReadFile(filepath.Join(data, "postmaster.pid"))
	if err != nil {
		return pidFile{}, err
	}
	lines := strings.Split(string(text), "\n")
	pid, err := strconv.Atoi(strings.TrimSpace(lines[0]))
	if err != nil || pid <= 0 {
		return pidFile{}, fmt.Errorf("postmaster.pid begins with %.20q", lines[0])
	}
	f := pidFile{pid: pid}
	// Lines 5 and 8 are LOCK_FILE_LINE_SOCKET_DIR and LOCK_FILE_LINE_PM_STATUS of PostgreSQL's pidfile.h.
	if len(lines) > 4 {
		f.sockets = lines[4]
	}
	f.ready = len(lines) > 7 && strings.TrimSpace(lines[7]) == "ready"
	return f, nil
}

// socketsOf returns the directory of the socket of a cluster that another process runs.
func socketsOf(data string) (string, error) {
	f, err := readPidFile(data)
	if err == nil && !f.ready {
		err = errors.New("it is not ready")
	}
	if err != nil {
		return "", fmt.Errorf("the database is starting or stopping, try again: %w", err)
	}
	return f.sockets, nil
}

// clearLeftovers ends the PostgreSQL processes that work in the data directory, then removes postmaster.pid. The caller
// holds the directory's lock, so whoever started them is gone: they are on their way out after a kill -9 of that process or
// of the postmaster.
//
// PostgreSQL itself believes a postmaster.pid whose number any process of its user has got since. We look at each
// process: what has no process needs no postmaster.pid, and only then is removing it safe, since it also guards against
// backends that have outlived their postmaster.
func (l layout) clearLeftovers(ctx context.Context) error {
	left, _ := readPidFile(l.data()) // missing, or cut off by a crash: then it names nobody
	if err := l.evict(ctx, left.pid); err != nil {
		return err
	}
	if err := os.Remove(filepath.Join(l.data(), "postmaster.pid")); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	return nil
}

func (l layout) evict(ctx context.Context, postmaster int) error {
	signalled := map[int]bool{}
	giveUp := time.Now().Add(evictPatience)
	for {
		pids, err := postgresIn(l.data())
		if err != nil || len(pids) == 0 {
			return err
		}
		for _, pid := range pids {
			signal := syscall.SIGQUIT // an orphan: recovery is due anyway
			if pid == postmaster {
				signal = syscall.SIGINT // a fast shutdown, of its children too
			} else if isAmong(postmaster, pids) {
				continue
			}
			if time.Now().After(giveUp) {
				signal = syscall.SIGKILL
			} else if signalled[pid] {
				continue
			}
			signalled[pid] = true
			syscall.Kill(pid, signal) // an error says that it has ended
		}
		select {
		case <-ctx.Done():
			return fmt.Errorf("PostgreSQL still runs in %s (process %d): %w", l.dir, pids[0], ctx.Err())
		case <-time.After(evictPoll):
		}
	}
}

func isAmong(pid int, pids []int) bool {
	for _, p := range pids {
		if p == pid {
			return true
		}
	}
	return false
}

// postgresIn returns the PostgreSQL processes that work in a data directory: each of them has it as its working directory.
// Without /proc it returns none, and PostgreSQL's own checks remain.
func postgresIn(data string) ([]int, error) {
	dir, err := os.Stat(data)
	if err != nil {
		return nil, err
	}
	processes, err := filepath.Glob("/proc/[0-9]*")
	if err != nil {
		return nil, err
	}
	var pids []int
	for _, p := range processes {
		exe, err := os.Readlink(filepath.Join(p, "exe"))
		// An upgrade of the package leaves the running program's file deleted.
		if err != nil || filepath.Base(strings.TrimSuffix(exe, " (deleted)")) != "postgres" {
			continue
		}
		cwd, err := os.Stat(filepath.Join(p, "cwd"))
		if err != nil || !os.SameFile(cwd, dir) {
			continue
		}
		pid, err := strconv.Atoi(filepath.Base(p))
		if err != nil {
			return nil, err
		}
		pids = append(pids, pid)
	}
	return pids, nil
}
