package bench

import (
	"bufio"
	"bytes"
	"log/slog"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"mais/config"
	"mais/internal/pg"
	"mais/server"
)

// BenchmarkUp is the true binary's `up`: how long from its start to the line that says
// ready, the first time (CA, database, 31 people) and again, and what it and its PostgreSQL
// hold in memory when nobody calls; beside the same PostgreSQL alone.
func BenchmarkUp(b *testing.B) {
	binary := filepath.Join(b.TempDir(), "mais-server")
	out, err := exec.Command("go", "build", "-o", binary, "mais/server/cmd/mais-server").CombinedOutput()
	if err != nil {
		b.Fatalf("build: %v\n%s", err, out)
	}
	var ours, bare starts
	for b.Loop() {
		dir := b.TempDir()
		ours.add(func() start { return up(b, binary, dir) })
		dir = b.TempDir()
		bare.add(func() start { return cluster(b, dir) })
	}
	b.ReportMetric(0, "ns/op")
	ours.report(b, "")
	bare.report(b, "bare-")
	b.ReportMetric(median(ours.first)/median(bare.first), "first-cost")
	b.ReportMetric(median(ours.again)/median(bare.again), "again-cost")
}

// start is one start: how long until ready, and what lay in memory at rest, in MiB.
type start struct {
	took           time.Duration
	process, total float64
}

// starts are in milliseconds, memory as after the second.
type starts struct{ first, again, process, total []float64 }

func (s *starts) add(run func() start) {
	first, again := run(), run()
	s.first = append(s.first, float64(first.took.Microseconds())/1e3)
	s.again = append(s.again, float64(again.took.Microseconds())/1e3)
	s.process, s.total = append(s.process, again.process), append(s.total, again.total)
}

func (s *starts) report(b *testing.B, prefix string) {
	b.ReportMetric(median(s.first), prefix+"first-ms")
	b.ReportMetric(median(s.again), prefix+"again-ms")
	if process := median(s.process); process > 0 {
		b.ReportMetric(process, prefix+"server-MiB")
	}
	b.ReportMetric(median(s.total), prefix+"MiB")
}

// up starts the binary on dir, waits for ready and rest, and interrupts it.
func up(b *testing.B, binary, dir string) (s start) {
	b.Helper()
	const free = "127.0.0.1:0"
	cmd := exec.Command(binary, "up", "--dir", dir, "--listen-public", free, "--listen-mutual", free, "--listen-plain", free, "--listen-ops", free)
	cmd.SysProcAttr = &syscall.SysProcAttr{Pdeathsig: syscall.SIGINT}
	var log bytes.Buffer
	cmd.Stderr = &log
	stdout, err := cmd.StdoutPipe()
	must(b, err)
	began := time.Now()
	must(b, cmd.Start())
	lines := bufio.NewScanner(stdout)
	for lines.Scan() && !strings.HasPrefix(lines.Text(), "ready") {
	}
	s.took = time.Since(began)
	if !strings.HasPrefix(lines.Text(), "ready") {
		b.Fatalf("up ended before it was ready: %v\n%s", cmd.Wait(), &log)
	}
	go func() {
		for lines.Scan() { // what it says at its end
		}
	}()
	postmaster := postmasterOf(b, server.DatabaseDir(&config.Server{DataDir: dir}))
	rest(b, cmd.Process.Pid)
	s.process = resident(b, cmd.Process.Pid)
	s.total = s.process + resident(b, family(b, postmaster)...)
	must(b, cmd.Process.Signal(os.Interrupt))
	if err := cmd.Wait(); err != nil {
		b.Fatalf("up ended with %v\n%s", err, &log)
	}
	return s
}

// cluster starts the embedded PostgreSQL alone: same binaries, settings and login roles.
func cluster(b *testing.B, dir string) (s start) {
	b.Helper()
	began := time.Now()
	c, err := pg.StartCluster(b.Context(), pg.ClusterOptions{Dir: dir, Log: slog.New(slog.DiscardHandler)})
	must(b, err)
	s.took = time.Since(began)
	rest(b, c.Postmaster())
	s.total = resident(b, family(b, c.Postmaster())...)
	must(b, c.Stop())
	return s
}

// rest waits until a process and its descendants use less than a fiftieth of a core.
func rest(b *testing.B, root int) {
	b.Helper()
	const look = 500 * time.Millisecond
	tick := time.NewTicker(look)
	defer tick.Stop()
	for last := time.Duration(-1); ; {
		var used time.Duration
		for _, pid := range family(b, root) {
			used += ran(pid)
		}
		if last >= 0 && used-last < look/50 {
			return
		}
		last = used
		<-tick.C
	}
}
