package pg_test

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"mais/internal/pg"
)

// The three programs of these tests: the present one, and those before and after it.
var (
	earlier = migrations("the_migration", `CREATE SCHEMA s;`)
	present = migrations("the_migration", `CREATE SCHEMA s;`, `CREATE TABLE s.a (n int);`)
	later   = migrations("the_migration", `CREATE SCHEMA s;`, `CREATE TABLE s.a (n int);`, `CREATE TABLE s.b (n int);`)
)

// checkRuntime sees that a source can do all that a running server needs, and no more.
func checkRuntime(t *testing.T, s pg.Source, where string) {
	t.Helper()
	if db, err := s.Open(testContext(t), pg.Migrator); !errors.Is(err, pg.ErrNoMigrator) {
		t.Errorf("%s: Open(migrator) = %v, want ErrNoMigrator", where, err)
		if err == nil {
			db.Close()
		}
	}
	if err := pg.Migrate(testContext(t), s, present); err != nil {
		t.Errorf("%s: Migrate() of what is up to date = %v", where, err)
	}
	if err := pg.Migrate(testContext(t), s, earlier); !errors.Is(err, pg.ErrNewer) {
		t.Errorf("%s: Migrate() of the earlier program = %v, want ErrNewer", where, err)
	}
	for _, sets := range [][]pg.MigrationSet{{later}, {present, migrations("another_migration", `CREATE SCHEMA another;`)}} {
		if err := pg.Migrate(testContext(t), s, sets...); !errors.Is(err, pg.ErrNoMigrator) || !strings.Contains(err.Error(), "not up to date") {
			t.Errorf("%s: Migrate() of the later program = %v, want ErrNoMigrator", where, err)
		}
	}
}

// TestWithoutMigrator: once it is given up, nobody logs in as the migrator until the next start.
func TestWithoutMigrator(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	c := startFilled(t, dir)
	before := c.Source()
	if err := pg.Migrate(testContext(t), before, present); err != nil {
		t.Fatal(err)
	}
	after, err := before.WithoutMigrator(testContext(t))
	if err != nil {
		t.Fatal(err)
	}
	checkRuntime(t, after, "embedded")
	if db, err := before.Open(testContext(t), pg.Migrator); err == nil {
		t.Error("Open(migrator) with its password of this start succeeded")
		db.Close()
	}
	if value[bool](t, superuser(t, c), `SELECT rolcanlogin OR rolpassword IS NOT NULL FROM pg_authid WHERE rolname = 'mais_migrate'`) {
		t.Error("the migrator may log in, or has a password")
	}
	db, err := after.Open(testContext(t), pg.CA)
	if err != nil {
		t.Fatal(err)
	}
	db.Close()

	beside, stop, err := pg.Attach(testContext(t), pg.ClusterOptions{Dir: dir})
	if err != nil {
		t.Fatal(err)
	}
	defer stop()
	if beside, err = beside.WithoutMigrator(testContext(t)); err != nil {
		t.Fatal(err)
	}
	checkRuntime(t, beside, "attached")

	if err := c.Stop(); err != nil {
		t.Fatal(err)
	}
	if err := pg.Migrate(testContext(t), start(t, dir).Source(), later); err != nil {
		t.Errorf("Migrate() after the next start = %v", err)
	}
	if _, err := (pg.Source{}).WithoutMigrator(testContext(t)); err == nil {
		t.Error("WithoutMigrator() of no database succeeded")
	}
}

// TestExternalMigrator: the migrator's password is asked for when there is something to migrate, and then only.
func TestExternalMigrator(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	c := startFilled(t, dir)
	cfg := pg.ExternalConfig{Host: c.Sockets(), PasswordDir: filepath.Join(dir, "passwords")}
	writePasswords(t, cfg.PasswordDir, c.Password)
	file := filepath.Join(cfg.PasswordDir, string(pg.Migrator))
	if err := os.Rename(file, file+".away"); err != nil {
		t.Fatal(err)
	}
	s, err := pg.External(cfg)
	if err != nil {
		t.Fatal(err)
	}
	if err := pg.Migrate(testContext(t), s, present); !errors.Is(err, pg.ErrNoMigrator) || !strings.Contains(err.Error(), file) {
		t.Errorf("Migrate() without the file = %v, want ErrNoMigrator with %s", err, file)
	}
	if err := os.Rename(file+".away", file); err != nil {
		t.Fatal(err)
	}
	if err := pg.Migrate(testContext(t), s, present); err != nil {
		t.Fatal(err)
	}
	runtime, err := s.WithoutMigrator(testContext(t)) // although the file is there
	if err != nil {
		t.Fatal(err)
	}
	checkRuntime(t, runtime, "given up")
	if err := os.Remove(file); err != nil {
		t.Fatal(err)
	}
	checkRuntime(t, s, "file taken away")
}
