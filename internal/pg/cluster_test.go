package pg_test

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	osexec "os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"

	"mais/internal/pg"
)

func startError(t *testing.T, dir string) error {
	t.Helper()
	c, err := pg.StartCluster(testContext(t), pg.ClusterOptions{Dir: dir})
	if err == nil {
		t.Error("StartCluster() succeeded")
		c.Stop()
	}
	return err
}

// killPostmaster kills PostgreSQL's main process and waits until there is another.
func killPostmaster(t *testing.T, c *pg.Cluster) {
	t.Helper()
	pid := c.Postmaster()
	if err := syscall.Kill(pid, syscall.SIGKILL); err != nil {
		t.Fatal(err)
	}
	eventually(t, func() error {
		if now := c.Postmaster(); now == 0 || now == pid {
			return errNotYet
		}
		return nil
	})
}

func gone(dir string) func() error {
	return func() error {
		pids, err := pg.PostgresIn(filepath.Join(dir, "data"))
		if err == nil && len(pids) > 0 {
			err = fmt.Errorf("PostgreSQL processes %v still run", pids)
		}
		return err
	}
}

func TestLifeOfACluster(t *testing.T) {
	t.Parallel()
	dir := reachableDir(t)
	c := start(t, dir)
	exec(t, superuser(t, c), `CREATE TABLE kept AS SELECT 42 AS n`)

	if os.Geteuid() == 0 {
		status, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", c.Postmaster()))
		if err != nil || strings.Contains(string(status), "Uid:\t0") {
			t.Errorf("PostgreSQL runs as root (%v):\n%s", err, status)
		}
	}
	if info, err := os.Stat(filepath.Join(dir, "run")); c.Sockets() != filepath.Join(dir, "run") || err != nil || info.Mode().Perm() != 0o700 {
		t.Errorf("the socket is in %s, run is %v, %v, want it there and 0700", c.Sockets(), info.Mode(), err)
	}
	for _, again := range []string{dir, dir + "/../" + filepath.Base(dir)} {
		err := startError(t, again)
		if !errors.Is(err, pg.ErrInUse) || !strings.Contains(err.Error(), fmt.Sprint("in use by process ", os.Getpid())) {
			t.Errorf("second StartCluster(%s) = %v, want that it is in use by us", again, err)
		}
	}
	first := c.Password(pg.CA)
	if err := c.Stop(); err != nil {
		t.Fatalf("Stop() = %v", err)
	}
	if err := errors.Join(c.Stop(), gone(dir)()); err != nil {
		t.Errorf("after Stop: %v", err)
	}
	if _, err := os.Stat(filepath.Join(dir, "data", "postmaster.pid")); !os.IsNotExist(err) {
		t.Errorf("postmaster.pid after a clean stop: %v", err)
	}

	c = start(t, dir)
	if got := value[int](t, superuser(t, c), `SELECT n FROM kept`); got != 42 {
		t.Errorf("kept row = %d, want 42", got)
	}
	if c.Password(pg.CA) == first {
		t.Error("the password is that of the last start")
	}
	db, err := c.Source().Open(testContext(t), pg.CA)
	if err != nil {
		t.Fatal(err)
	}
	db.Close()
}

// Every commit that was acknowledged is there once after the postmaster was killed, twice over, among running writers; and
// the writers' pools come back without being told.
func TestPostmasterKilled(t *testing.T) {
	t.Parallel()
	c := startFilled(t, t.TempDir())
	db := superuser(t, c)
	exec(t, db, `CREATE TABLE entry (id bigint); CREATE SEQUENCE id`)

	ctx, stop := context.WithCancel(testContext(t))
	var mu sync.Mutex
	acknowledged := map[int64]bool{}
	var wrote atomic.Int64
	var writers sync.WaitGroup
	for range 8 {
		writers.Go(func() {
			for ctx.Err() == nil {
				var id int64
				// Outside a transaction, where database/sql would like to send it again.
				err := db.QueryRow(context.WithoutCancel(ctx), `INSERT INTO entry SELECT nextval('id') WHERE $1 RETURNING id`, true).Scan(&id)
				if err == nil {
					wrote.Add(1)
					mu.Lock()
					acknowledged[id] = true
					mu.Unlock()
				}
			}
		})
	}
	for range 2 {
		had := wrote.Load()
		eventually(t, func() error { // in the middle of it
			if wrote.Load() < had+200 || c.Postmaster() == 0 {
				return errNotYet
			}
			return nil
		})
		killPostmaster(t, c)
	}
	had := wrote.Load()
	eventually(t, func() error {
		if wrote.Load() < had+200 {
			return errNotYet
		}
		return nil
	})
	stop()
	writers.Wait()

	rows, err := db.Query(testContext(t), `SELECT id, count(*) FROM entry GROUP BY id`)
	type entry struct{ id, n int64 }
	entries, err := pg.Collect(rows, err, func(r *pg.Rows) (e entry, err error) { err = r.Scan(&e.id, &e.n); return e, err })
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range entries {
		delete(acknowledged, e.id)
		if e.n != 1 {
			t.Errorf("entry %d is there %d times", e.id, e.n)
		}
	}
	if len(acknowledged) > 0 {
		t.Errorf("%d acknowledged entries are lost", len(acknowledged))
	}
	if extra := int64(len(entries)) - wrote.Load(); extra > 2*8 { // each kill leaves at most one unanswered commit a writer
		t.Errorf("entries that nobody was told of = %d, want at most 16", extra)
	}
}

// child is the process that TestParentKilled kills: it prints each number that it has committed.
func child(dir string) {
	c, err := pg.StartCluster(context.Background(), pg.ClusterOptions{Dir: dir, Log: slog.Default()})
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	db, err := c.Superuser(context.Background(), "mais")
	if err == nil {
		_, err = db.Exec(context.Background(), `CREATE TABLE entry (id int)`)
	}
	for i := 1; err == nil; i++ {
		_, err = db.Exec(context.Background(), `INSERT INTO entry VALUES ($1)`, i)
		fmt.Println(i)
	}
	fmt.Fprintln(os.Stderr, err)
	os.Exit(1)
}

func TestParentKilled(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	fill(t, dir)
	cmd := osexec.CommandContext(testContext(t), os.Args[0])
	cmd.Env = append(os.Environ(), childDir+"="+dir)
	cmd.Stderr = os.Stderr
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	last := 0
	for lines := bufio.NewScanner(out); lines.Scan(); {
		if last, err = strconv.Atoi(lines.Text()); err != nil {
			t.Fatal(err)
		}
		if last == 100 {
			if err := startError(t, dir); !errors.Is(err, pg.ErrInUse) || !strings.Contains(err.Error(), fmt.Sprint(cmd.Process.Pid)) {
				t.Errorf("StartCluster() beside another process = %v, want that process %d has it", err, cmd.Process.Pid)
			}
			cmd.Process.Kill()
		}
	}
	cmd.Wait()
	if last < 100 {
		t.Fatalf("the child committed %d rows, want 100 and more", last)
	}
	left, linked := os.Readlink(filepath.Join(dir, "run")) // the sockets, when PostgreSQL's user cannot come to dir
	// At once, while the postmaster it has left behind is still going.
	c := start(t, dir)
	if _, err := os.Stat(left); linked == nil && err == nil {
		t.Errorf("the killed parent's directory of sockets, %s, is there still", left)
	}
	if got := value[int](t, superuser(t, c), `SELECT count(*) FROM entry WHERE id <= $1`, last); got != last {
		t.Errorf("rows of the killed parent = %d, want %d", got, last)
	}
	if err := c.Stop(); err != nil {
		t.Error(err)
	}
	eventually(t, gone(dir))
}

func TestPostgresGoesWithItsParent(t *testing.T) {
	t.Parallel()
	dir := reachableDir(t)
	fill(t, dir)
	cmd := osexec.CommandContext(testContext(t), os.Args[0])
	cmd.Env = append(os.Environ(), childDir+"="+dir)
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	bufio.NewScanner(out).Scan()
	if err := gone(dir)(); err == nil {
		t.Error("found no PostgreSQL process of the running child")
	}
	cmd.Process.Kill()
	cmd.Wait()
	eventually(t, gone(dir))
}

func TestStalePostmasterPid(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	c := startFilled(t, dir)
	if err := c.Stop(); err != nil {
		t.Fatal(err)
	}
	data, err := os.Stat(filepath.Join(dir, "data"))
	if err != nil {
		t.Fatal(err)
	}
	// A process of PostgreSQL's user that has got the number since: PostgreSQL alone would refuse to start.
	owner := data.Sys().(*syscall.Stat_t)
	other := osexec.CommandContext(testContext(t), "sleep", "600")
	other.Dir = "/"
	if os.Geteuid() == 0 {
		other.SysProcAttr = &syscall.SysProcAttr{Credential: &syscall.Credential{Uid: owner.Uid, Gid: owner.Gid}}
	}
	if err := other.Start(); err != nil {
		t.Fatal(err)
	}
	defer func() { other.Process.Kill(); other.Wait() }()
	for _, content := range []string{
		fmt.Sprintf("%d\n%s\n1700000000\n5432\n%s\n\n  1 1\nready   \n", other.Process.Pid, filepath.Join(dir, "data"), filepath.Join(dir, "run")),
		fmt.Sprint(other.Process.Pid), // cut off
		"",
		"not a number\n",
	} {
		path := filepath.Join(dir, "data", "postmaster.pid")
		if err := errors.Join(os.WriteFile(path, []byte(content), 0o600), os.Chown(path, int(owner.Uid), int(owner.Gid))); err != nil {
			t.Fatal(err)
		}
		c, err := pg.StartCluster(testContext(t), pg.ClusterOptions{Dir: dir})
		if err != nil {
			t.Errorf("StartCluster() with postmaster.pid %q = %v", content, err)
			continue
		}
		if err := c.Stop(); err != nil {
			t.Error(err)
		}
	}
	if err := other.Process.Signal(syscall.Signal(0)); err != nil {
		t.Errorf("the other process: %v, want it alive", err)
	}
}

func TestUnfinishedInitdb(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	half := filepath.Join(dir, "data.new-123")
	if err := errors.Join(os.Mkdir(half, 0o700), os.WriteFile(filepath.Join(half, "PG_VERSION"), []byte("15\n"), 0o600)); err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if c, err := pg.StartCluster(ctx, pg.ClusterOptions{Dir: dir}); err == nil {
		t.Error("StartCluster(cancelled) succeeded")
		c.Stop()
	}
	start(t, dir)
	if left, _ := filepath.Glob(filepath.Join(dir, "data.new-*")); left != nil {
		t.Errorf("left over: %v", left)
	}
}

func TestDataThatCannotBeUsed(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	version := filepath.Join(dir, "data", "PG_VERSION")
	write := func(text string) {
		if err := errors.Join(os.MkdirAll(filepath.Dir(version), 0o700), os.WriteFile(version, []byte(text), 0o600)); err != nil {
			t.Fatal(err)
		}
	}
	write("99\n")
	err := startError(t, dir)
	for _, want := range []string{"PostgreSQL 99", "postgresql-99"} {
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("StartCluster(data of version 99) = %v, want %q", err, want)
		}
	}
	write("rubbish")
	if err := startError(t, dir); err == nil || !strings.Contains(err.Error(), "not a whole database") {
		t.Errorf("StartCluster(rubbish) = %v, want that the data is not whole", err)
	}
	os.Remove(version)
	if err := startError(t, dir); err == nil || !strings.Contains(err.Error(), "not a whole database") {
		t.Errorf("StartCluster(half-written) = %v, want that the data is not whole", err)
	}

	dir = t.TempDir()
	if err := startFilled(t, dir).Stop(); err != nil {
		t.Fatal(err)
	}
	if err := os.Remove(filepath.Join(dir, "data", "global", "pg_control")); err != nil {
		t.Fatal(err)
	}
	if err := startError(t, dir); err == nil || !strings.Contains(err.Error(), "pg_control") {
		t.Errorf("StartCluster(without pg_control) = %v, want PostgreSQL's own words", err)
	}
}

func TestPathTooLongForASocket(t *testing.T) {
	t.Parallel()
	dir := filepath.Join(t.TempDir(), strings.Repeat("long/", 30))
	c := startFilled(t, dir)
	checkTemporarySockets(t, c)
	// A restart keeps the socket where the pools look for it.
	db := superuser(t, c)
	killPostmaster(t, c)
	if err := db.Ping(testContext(t)); err != nil {
		t.Errorf("Ping() after the restart = %v", err)
	}
	sockets := c.Sockets()
	if err := c.Stop(); err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat(sockets); !os.IsNotExist(err) {
		t.Errorf("the socket's directory after Stop: %v", err)
	}
}

func TestParentDirectoryOfSomebodyElse(t *testing.T) {
	t.Parallel()
	private := filepath.Join(t.TempDir(), "private")
	if err := os.Mkdir(private, 0o700); err != nil {
		t.Fatal(err)
	}
	dir := filepath.Join(private, "database")
	c := start(t, dir)
	if os.Geteuid() == 0 { // PostgreSQL's user cannot get there
		checkTemporarySockets(t, c)
	}
	db := superuser(t, c)
	exec(t, db, `CREATE TABLE kept AS SELECT 42 AS n`)
	killPostmaster(t, c)
	if err := db.Ping(testContext(t)); err != nil {
		t.Errorf("Ping() after the restart = %v", err)
	}
	if got := value[int](t, db, `SELECT n FROM kept`); got != 42 {
		t.Errorf("kept row = %d, want 42", got)
	}
	if info, err := os.Stat(private); err != nil || info.Mode().Perm() != 0o700 {
		t.Errorf("the parent is %v, %v, want it 0700 as before", info.Mode(), err)
	}
}

func checkTemporarySockets(t *testing.T, c *pg.Cluster) {
	t.Helper()
	info, err := os.Stat(c.Sockets())
	if err != nil || info.Mode().Perm() != 0o700 || filepath.Dir(c.Sockets()) != filepath.Clean(os.TempDir()) {
		t.Errorf("the socket is in %s, %v, %v, want a private directory among the temporary files", c.Sockets(), info.Mode(), err)
	}
}

func TestPsql(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	if _, _, err := pg.ClientCommand(testContext(t), dir, "psql"); err == nil || !strings.Contains(err.Error(), "no database") {
		t.Errorf("ClientCommand(nothing there) = %v, want that there is none", err)
	}
	if entries, _ := os.ReadDir(dir); len(entries) > 0 {
		t.Errorf("ClientCommand made %v", entries)
	}
	ask := func(when string) {
		cmd, stop, err := pg.ClientCommand(testContext(t), dir, "psql", "-XAtc", "SELECT current_user || ' in ' || current_database()")
		if err != nil {
			t.Fatalf("ClientCommand(%s) = %v", when, err)
		}
		out, err := cmd.CombinedOutput()
		if err := errors.Join(err, stop()); err != nil || string(out) != "mais_bootstrap in mais\n" {
			t.Errorf("psql, %s = %q, %v", when, out, err)
		}
	}
	c := startFilled(t, dir)
	ask("running")
	if c.Postmaster() == 0 {
		t.Error("psql stopped the running cluster")
	}
	if err := c.Stop(); err != nil {
		t.Fatal(err)
	}
	ask("stopped")
	if err := gone(dir)(); err != nil {
		t.Errorf("after psql: %v", err)
	}
}
