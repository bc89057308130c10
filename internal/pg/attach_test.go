package pg_test

import (
	"context"
	"log/slog"
	"testing"

	"mais/internal/pg"
)

// TestAttach: a command beside the running server has the rights of the role it asks for, and
// no more.
func TestAttach(t *testing.T) {
	ctx := context.Background()
	o := pg.ClusterOptions{Dir: t.TempDir(), Log: slog.New(slog.DiscardHandler)}
	cluster, err := pg.StartCluster(ctx, o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { cluster.Stop() })
	source, stop, err := pg.Attach(ctx, o)
	if err != nil {
		t.Fatal(err)
	}
	defer stop()
	for _, role := range pg.Roles() {
		db, err := source.Open(ctx, role)
		if err != nil {
			t.Fatalf("Open as %s: %v", role, err)
		}
		var user string
		var super bool
		err = db.QueryRow(ctx, `SELECT current_user, rolsuper FROM pg_roles WHERE rolname = current_user`).Scan(&user, &super)
		want := string(role)
		if role == pg.Migrator {
			want = "mais_owner"
		}
		if err != nil || user != want || super {
			t.Errorf("attached as %s works as %s, superuser %v, %v", role, user, super, err)
		}
		db.Close()
	}
	if err := stop(); err != nil {
		t.Fatal(err)
	}
	if err := cluster.Stop(); err != nil {
		t.Fatal(err)
	}
	source, stop, err = pg.Attach(ctx, o) // starts one
	if err != nil {
		t.Fatal(err)
	}
	db, err := source.Open(ctx, pg.Creds)
	if err != nil {
		t.Errorf("Open on a cluster started for the purpose: %v", err)
	} else {
		db.Close()
	}
	if err := stop(); err != nil {
		t.Error(err)
	}
}
