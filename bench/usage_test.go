package bench

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"
)

// meter reads the processor time of PostgreSQL, given the postmaster's process number.
type meter int

// read returns the time used so far by the postmaster and all that it started. A session
// that ends between two readings takes its time with it, so pools must stay as they are
// meanwhile.
func (m meter) read(b *testing.B) (all time.Duration) {
	b.Helper()
	for _, pid := range family(b, int(m)) {
		all += ran(pid)
	}
	return all
}

// hereUsed returns the processor time used so far by this process.
func hereUsed(b *testing.B) time.Duration {
	b.Helper()
	var r syscall.Rusage
	must(b, syscall.Getrusage(syscall.RUSAGE_SELF, &r))
	return time.Duration(r.Utime.Nano() + r.Stime.Nano())
}

// ran is how long a process has run, all threads that live: the kernel counts it in
// nanoseconds (proc(5), schedstat), where /proc/PID/stat has hundredths of a second.
func ran(pid int) (all time.Duration) {
	threads, _ := filepath.Glob(fmt.Sprintf("/proc/%d/task/*/schedstat", pid))
	for _, path := range threads {
		text, err := os.ReadFile(path)
		if err != nil {
			continue // it has ended
		}
		first, _, _ := bytes.Cut(text, []byte(" "))
		n, _ := strconv.ParseInt(string(first), 10, 64)
		all += time.Duration(n)
	}
	return all
}

// family returns a process and its descendants.
func family(b *testing.B, root int) []int {
	b.Helper()
	stats, err := filepath.Glob("/proc/[0-9]*/stat")
	must(b, err)
	children := map[int][]int{}
	for _, path := range stats {
		text, err := os.ReadFile(path)
		if errors.Is(err, fs.ErrNotExist) || errors.Is(err, syscall.ESRCH) {
			continue
		}
		must(b, err)
		pid, _ := strconv.Atoi(filepath.Base(filepath.Dir(path)))
		// The name stands in brackets and may hold anything; after it: state, parent.
		rest := strings.Fields(string(text[bytes.LastIndexByte(text, ')')+1:]))
		parent, err := strconv.Atoi(rest[1])
		must(b, err)
		children[parent] = append(children[parent], pid)
	}
	all := []int{root}
	for n := 0; n < len(all); n++ {
		all = append(all, children[all[n]]...)
	}
	return all
}

// resident returns the memory of processes in MiB: pages that several share count once in
// all (Pss), pages of one fully.
func resident(b *testing.B, pids ...int) (mib float64) {
	b.Helper()
	for _, pid := range pids {
		text, err := os.ReadFile(fmt.Sprintf("/proc/%d/smaps_rollup", pid))
		if errors.Is(err, fs.ErrNotExist) || errors.Is(err, syscall.ESRCH) {
			continue
		}
		must(b, err)
		for line := range strings.Lines(string(text)) {
			if value, ok := strings.CutPrefix(line, "Pss:"); ok {
				kib, err := strconv.Atoi(strings.TrimSuffix(strings.TrimSpace(value), " kB"))
				must(b, err)
				mib += float64(kib) / 1024
			}
		}
	}
	return mib
}

// postmasterOf returns the process number of the PostgreSQL that runs on a cluster's
// directory.
func postmasterOf(b *testing.B, databaseDir string) int {
	b.Helper()
	text, err := os.ReadFile(filepath.Join(databaseDir, "data", "postmaster.pid"))
	must(b, err)
	first, _, _ := strings.Cut(string(text), "\n")
	pid, err := strconv.Atoi(first)
	must(b, err)
	return pid
}
