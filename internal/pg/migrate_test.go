package pg_test

import (
	"errors"
	"strings"
	"sync"
	"testing"
	"testing/fstest"

	"mais/internal/pg"
	"mais/internal/pg/pgtest"
)

func migrations(table string, sql ...string) pg.MigrationSet {
	files := fstest.MapFS{}
	for i, text := range sql {
		files["0000"+string(rune('1'+i))+"_step.sql"] = &fstest.MapFile{Data: []byte("-- +goose Up\n" + text)}
	}
	return pg.MigrationSet{FS: files, Table: table}
}

func TestMigrate(t *testing.T) {
	t.Parallel()
	d := pgtest.New(t)
	first := migrations("first_migration", `CREATE SCHEMA first; CREATE TABLE first.a (n int);`,
		"-- +goose StatementBegin\nCREATE FUNCTION first.f() RETURNS int LANGUAGE sql BEGIN ATOMIC; SELECT 1; END;\n-- +goose StatementEnd")
	second := migrations("second_migration", `CREATE SCHEMA second; CREATE TABLE second.b (n int);`)

	var servers sync.WaitGroup
	for range 4 {
		servers.Go(func() {
			if err := pg.Migrate(testContext(t), d.Source(), first, second); err != nil {
				t.Errorf("Migrate() beside others = %v", err)
			}
		})
	}
	servers.Wait()
	if got := value[string](t, d.Owner(), `SELECT (SELECT max(version_id) FROM migration.first_migration) || ' ' || (SELECT max(version_id) FROM migration.second_migration)`); got != "2 1" {
		t.Errorf("versions = %s, want 2 1", got)
	}
	if got := value[string](t, d.Owner(), `SELECT string_agg(DISTINCT tableowner, ',') FROM pg_tables WHERE schemaname IN ('first', 'second', 'migration')`); got != "mais_owner" {
		t.Errorf("owner of the tables = %s, want mais_owner", got)
	}
	if value[bool](t, d.Owner(), `SELECT has_function_privilege('mais_ca', 'first.f()', 'EXECUTE')`) {
		t.Error("a role may execute a function that nobody has granted it")
	}

	newer := migrations("second_migration", `CREATE SCHEMA second; CREATE TABLE second.b (n int);`, `CREATE TABLE second.c (n int);`, `CREATE TABLE second.d (n int);`)
	if err := pg.Migrate(testContext(t), d.Source(), first, newer); err != nil {
		t.Fatal(err)
	}
	err := pg.Migrate(testContext(t), d.Source(), first, second)
	if !errors.Is(err, pg.ErrNewer) || !strings.Contains(err.Error(), "version 3") || !strings.Contains(err.Error(), "up to 1") {
		t.Errorf("Migrate() of the earlier program = %v, want ErrNewer with 3 and 1", err)
	}

	broken := migrations("third_migration", "CREATE TABLE first.half (n int);\nCREATE TABLE first.half (n nonsense);")
	if err := pg.Migrate(testContext(t), d.Source(), first, newer, broken); err == nil || !strings.Contains(err.Error(), "nonsense") {
		t.Errorf("Migrate(broken) = %v, want the place", err)
	}
	if got := value[int](t, d.Owner(), `SELECT count(*) FROM pg_tables WHERE tablename = 'half'`); got != 0 {
		t.Errorf("tables of a broken migration = %d, want 0", got)
	}
}
