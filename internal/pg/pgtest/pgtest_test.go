package pgtest_test

import (
	"context"
	"testing"
	"testing/fstest"

	"mais/internal/pg"
	"mais/internal/pg/pgtest"
)

func set(table, sql string) pg.MigrationSet {
	return pg.MigrationSet{Table: table, FS: fstest.MapFS{"00001_x.sql": {Data: []byte("-- +goose Up\n" + sql)}}}
}

func TestDatabasesAreApart(t *testing.T) {
	ctx := context.Background()
	things := set("things_migration", "CREATE SCHEMA s; CREATE TABLE s.thing (n int); GRANT USAGE ON SCHEMA s TO mais_ca; GRANT SELECT, INSERT ON s.thing TO mais_ca;")
	for range 3 {
		d := pgtest.New(t, things)
		db := d.Open(t, pg.CA)
		if _, err := db.Exec(ctx, `INSERT INTO s.thing (n) VALUES ($1)`, 1); err != nil {
			t.Fatal(err)
		}
		var n int
		if err := d.Owner().QueryRow(ctx, `SELECT count(*) FROM s.thing`).Scan(&n); err != nil || n != 1 {
			t.Errorf("rows in a fresh database = %d, %v, want 1", n, err)
		}
	}
	var n int
	if err := pgtest.New(t).Owner().QueryRow(ctx, `SELECT count(*) FROM pg_namespace WHERE nspname = 's'`).Scan(&n); err != nil || n != 0 {
		t.Errorf("schema s in a database without migrations = %d, %v, want 0", n, err)
	}
}

func BenchmarkNew(b *testing.B) {
	for b.Loop() {
		b.Run("", func(b *testing.B) { pgtest.New(b) })
	}
}
