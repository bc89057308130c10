package pg_test

import (
	"context"
	"errors"
	"os"
	osexec "os/exec"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"mais/internal/pg"
)

// childDir makes the test binary the child of TestParentKilled instead of a test.
const childDir = "MAIS_PG_TEST_CHILD"

func TestMain(m *testing.M) {
	if dir := os.Getenv(childDir); dir != "" {
		child(dir)
	}
	code := m.Run()
	os.RemoveAll(made.dir)
	os.Exit(code)
}

// made is a stopped cluster to copy, since initdb is the slowest part of a first start.
var made struct {
	sync.Once
	dir string
	err error
}

// fill puts a stopped cluster into an empty directory.
func fill(t *testing.T, dir string) {
	t.Helper()
	made.Do(func() {
		if made.dir, made.err = os.MkdirTemp("", "mais-pg-made-"); made.err != nil {
			return
		}
		var c *pg.Cluster
		if c, made.err = pg.StartCluster(testContext(t), pg.ClusterOptions{Dir: made.dir}); made.err == nil {
			made.err = c.Stop()
		}
	})
	if made.err != nil {
		t.Fatal(made.err)
	}
	if out, err := osexec.Command("cp", "-a", made.dir+"/.", dir).CombinedOutput(); err != nil {
		t.Fatalf("copy a cluster: %v: %s", err, out)
	}
}

// startFilled is start without the time of initdb.
func startFilled(t *testing.T, dir string) *pg.Cluster {
	t.Helper()
	if err := os.MkdirAll(dir, 0o700); err != nil {
		t.Fatal(err)
	}
	fill(t, dir)
	return start(t, dir)
}

// within is how long anything in these tests may take.
const within = time.Minute

func testContext(t *testing.T) context.Context {
	ctx, cancel := context.WithTimeout(context.Background(), within)
	t.Cleanup(cancel)
	return ctx
}

// reachableDir is a directory that PostgreSQL's user can get to. It cannot get to that of t.TempDir when we are root.
func reachableDir(t *testing.T) string {
	t.Helper()
	dir := t.TempDir()
	if err := os.Chmod(filepath.Dir(dir), 0o711); err != nil {
		t.Fatal(err)
	}
	return dir
}

// start starts a cluster in dir and stops it when the test ends.
func start(t *testing.T, dir string) *pg.Cluster {
	t.Helper()
	c, err := pg.StartCluster(testContext(t), pg.ClusterOptions{Dir: dir})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := c.Stop(); err != nil {
			t.Errorf("Stop() = %v", err)
		}
	})
	return c
}

func superuser(t *testing.T, c *pg.Cluster) *pg.DB {
	t.Helper()
	db, err := c.Superuser(testContext(t), "mais")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { db.Close() })
	return db
}

func exec(t *testing.T, q pg.Querier, sql string, args ...any) {
	t.Helper()
	if _, err := q.Exec(testContext(t), sql, args...); err != nil {
		t.Fatalf("Exec(%q) = %v", sql, err)
	}
}

func value[T any](t *testing.T, q pg.Querier, sql string, args ...any) T {
	t.Helper()
	var v T
	if err := q.QueryRow(testContext(t), sql, args...).Scan(&v); err != nil {
		t.Fatalf("QueryRow(%q) = %v", sql, err)
	}
	return v
}

// eventually polls until ok returns nil.
func eventually(t *testing.T, ok func() error) {
	t.Helper()
	tick := time.NewTicker(5 * time.Millisecond)
	defer tick.Stop()
	timeout := time.After(within)
	for {
		err := ok()
		if err == nil {
			return
		}
		select {
		case <-timeout:
			t.Fatalf("after %v still: %v", within, err)
		case <-tick.C:
		}
	}
}

var errNotYet = errors.New("not yet")
