package audit_test

import (
	"context"
	"errors"
	"log/slog"
	"sync"
	"syscall"
	"testing"
	"time"

	camigrations "mais/ca/migrations"
	"mais/internal/pg"
	"mais/server/internal/audit"
	"mais/server/migrations"
)

// A receipt survives kill -9 of the whole of PostgreSQL, although the session runs with
// synchronous_commit off: the guard trigger sees to it. The negative control shows that
// the test can tell: without the trigger, receipts are lost.
func TestKilledDatabaseKeepsWhatItAcknowledged(t *testing.T) {
	cluster := careless(t)
	for _, test := range []struct {
		name  string
		guard string
		lost  bool
	}{
		{"with the guard", `ALTER TABLE audit.event ENABLE ALWAYS TRIGGER durable`, false},
		{"negative control", `ALTER TABLE audit.event DISABLE TRIGGER durable`, true},
	} {
		admin(t, cluster, test.guard)
		stopWriter(t, cluster)
		acknowledged := appendUntilKilled(t, cluster)
		lost := missing(t, cluster, acknowledged)
		t.Logf("%s: %d of %d acknowledged entries lost", test.name, lost, len(acknowledged))
		if (lost > 0) != test.lost {
			t.Errorf("%s: %d of %d acknowledged entries are lost, want some lost = %v", test.name, lost, len(acknowledged), test.lost)
		}
	}
}

// careless starts a cluster of the test's own in which sessions of the log commit without
// waiting for the disk.
func careless(t *testing.T) *pg.Cluster {
	cluster, err := pg.StartCluster(t.Context(), pg.ClusterOptions{Dir: t.TempDir(), Log: slog.New(slog.DiscardHandler)})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := cluster.Stop(); err != nil {
			t.Errorf("Stop: %v", err)
		}
	})
	if err := pg.Migrate(t.Context(), cluster.Source(), camigrations.Set, migrations.Set); err != nil {
		t.Fatal(err)
	}
	admin(t, cluster, `ALTER ROLE mais_audit SET synchronous_commit = off`)
	return cluster
}

// admin runs sql as the superuser, once the database is up.
func admin(t *testing.T, cluster *pg.Cluster, sql string) {
	t.Helper()
	db := superuser(t, cluster)
	defer db.Close()
	if _, err := db.Exec(t.Context(), sql); err != nil {
		t.Fatal(err)
	}
}

func superuser(t *testing.T, cluster *pg.Cluster) *pg.DB {
	t.Helper()
	for {
		db, err := cluster.Superuser(t.Context(), "mais")
		if err == nil {
			return db
		}
		if t.Context().Err() != nil {
			t.Fatal(err)
		}
	}
}

// appendUntilKilled appends from several clients, kills every process of PostgreSQL in the
// midst of it, and returns the IDs of the receipts given until then. The log must say that
// it is unavailable, and then recover by itself.
func appendUntilKilled(t *testing.T, cluster *pg.Cluster) []int64 {
	db, err := cluster.Source().Open(t.Context(), pg.Audit)
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	l := audit.New(db, audit.Options{Logger: slog.New(slog.DiscardHandler)})
	ctx, stop := context.WithCancel(t.Context())
	var run, clients sync.WaitGroup
	defer run.Wait()
	defer stop()
	run.Go(func() { l.Run(ctx) })

	receipts := make(chan int64)
	for range 8 {
		clients.Go(func() {
			for {
				r, err := l.Append(t.Context(), shown(person1))
				if err != nil {
					if !errors.Is(err, audit.ErrUnavailable) {
						t.Errorf("Append on a dying database: %v, want ErrUnavailable", err)
					}
					return
				}
				receipts <- r.ID()
			}
		})
	}
	var acknowledged []int64
	for len(acknowledged) < 1000 {
		acknowledged = append(acknowledged, <-receipts)
	}
	go func() { clients.Wait(); close(receipts) }()
	run.Go(func() { kill(t, cluster) })
	for id := range receipts {
		acknowledged = append(acknowledged, id)
	}
	for until := time.Now().Add(time.Minute); ; {
		if _, err := l.Append(t.Context(), shown(person2)); err == nil {
			return acknowledged
		} else if time.Now().After(until) {
			t.Fatalf("the log did not recover: %v", err)
		}
	}
}

// stopWriter stops the process that writes what nobody waits for. Otherwise it does so for
// each 8 KiB, and how much is lost is chance.
func stopWriter(t *testing.T, cluster *pg.Cluster) {
	for _, pid := range processes(t, cluster, "walwriter") {
		if err := syscall.Kill(pid, syscall.SIGSTOP); err != nil {
			t.Fatal(err)
		}
	}
}

// kill ends the postmaster first, so that it starts nothing anew, and then its children.
func kill(t *testing.T, cluster *pg.Cluster) {
	for _, pid := range append([]int{cluster.Postmaster()}, processes(t, cluster, "%")...) {
		if err := syscall.Kill(pid, syscall.SIGKILL); err != nil && !errors.Is(err, syscall.ESRCH) {
			t.Errorf("kill %d: %v", pid, err)
		}
	}
}

func processes(t *testing.T, cluster *pg.Cluster, kind string) []int {
	db := superuser(t, cluster)
	defer db.Close()
	rows, err := db.Query(t.Context(), `SELECT pid FROM pg_stat_activity WHERE backend_type LIKE $1`, kind)
	pids, err := pg.Collect(rows, err, func(r *pg.Rows) (pid int, err error) {
		err = r.Scan(&pid)
		return pid, err
	})
	if err != nil || len(pids) == 0 {
		t.Errorf("processes of PostgreSQL: %v, %v", pids, err)
	}
	return pids
}

func missing(t *testing.T, cluster *pg.Cluster, ids []int64) (n int) {
	db := superuser(t, cluster)
	defer db.Close()
	err := db.QueryRow(t.Context(), `SELECT count(*) FROM unnest($1::bigint[]) AS id WHERE NOT EXISTS (
		SELECT FROM audit.event e WHERE e.id = id.id)`, pg.Array(ids)).Scan(&n)
	if err != nil {
		t.Fatal(err)
	}
	return n
}
