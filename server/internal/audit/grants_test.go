package audit_test

import (
	"slices"
	"testing"

	"mais/internal/pg"
)

// Every login role but mais_mail appends; only mais_audit reads; none changes anything.
func TestLoginRoles(t *testing.T) {
	l, d := newLog(t)
	if _, err := l.Append(t.Context(), shown(person1)); err != nil {
		t.Fatal(err)
	}
	for _, role := range pg.Roles() {
		if role == pg.Migrator {
			continue // it works as the owner; see TestAppendOnly
		}
		db := d.Open(t, role)
		var id int64
		err := db.QueryRow(t.Context(), `SELECT id FROM audit.append('[{"act": "test", "outcome": "allowed"}]')`).Scan(&id)
		if appends := err == nil && id != 0; appends != (role != pg.Mail) {
			t.Errorf("%s: append = %d, %v", role, id, err)
		}
		var n int
		err = db.QueryRow(t.Context(), `SELECT count(*) FROM audit.event`).Scan(&n)
		if reads := err == nil; reads != (role == pg.Audit) {
			t.Errorf("%s: reads the log = %v (%v)", role, reads, err)
		}
		for _, sql := range []string{
			`INSERT INTO audit.event (act, outcome) VALUES ('x', 'allowed')`,
			`INSERT INTO audit.event DEFAULT VALUES`,
			`UPDATE audit.event SET act = 'x'`,
			`DELETE FROM audit.event`,
			`TRUNCATE audit.event`,
			`ALTER TABLE audit.event DISABLE TRIGGER ALL`,
			`DROP TABLE audit.event`,
			`CREATE OR REPLACE FUNCTION audit.append(events jsonb) RETURNS int LANGUAGE sql AS 'SELECT 1'`,
			`CREATE FUNCTION audit.f() RETURNS int LANGUAGE sql AS 'SELECT 1'`,
			`SELECT nextval(pg_get_serial_sequence('audit.event', 'id'))`,
		} {
			if _, err := db.Exec(t.Context(), sql); err == nil {
				t.Errorf("%s may %s", role, sql)
			}
		}
	}
}

// The log is append-only to its owner and to a superuser, replication's back door included.
func TestAppendOnly(t *testing.T) {
	l, d := newLog(t)
	if _, err := l.Append(t.Context(), shown(person1)); err != nil {
		t.Fatal(err)
	}
	for _, as := range []string{`SET LOCAL ROLE mais_owner`, `SET LOCAL session_replication_role = replica`, `SELECT 1`} {
		for _, sql := range []string{`UPDATE audit.event SET act = 'x'`, `DELETE FROM audit.event`, `TRUNCATE audit.event`} {
			err := d.Owner().Transact(t.Context(), func(tx *pg.Tx) error {
				if _, err := tx.Exec(t.Context(), as); err != nil {
					t.Fatal(err)
				}
				_, err := tx.Exec(t.Context(), sql)
				return err
			})
			if err == nil {
				t.Errorf("after %s one may %s", as, sql)
			}
		}
	}
	// Even without the trigger the owner's changes find no row.
	err := d.Owner().Transact(t.Context(), func(tx *pg.Tx) error {
		if _, err := tx.Exec(t.Context(), `SET LOCAL ROLE mais_owner; ALTER TABLE audit.event DISABLE TRIGGER append_only`); err != nil {
			return err
		}
		for _, sql := range []string{`UPDATE audit.event SET act = 'x'`, `DELETE FROM audit.event`} {
			if n, err := tx.Exec(t.Context(), sql); err != nil || n != 0 {
				t.Errorf("%s without the trigger touched %d rows, %v, want none", sql, n, err)
			}
		}
		return nil
	})
	if err != nil {
		t.Error(err)
	}
}

// What runs with the owner's rights must not look names up where a caller can put some.
func TestSecurityDefinerHasFixedSearchPath(t *testing.T) {
	_, d := newLog(t)
	rows, err := d.Owner().Query(t.Context(), `
		SELECT n.nspname || '.' || p.proname, coalesce(p.proconfig, '{}')
		FROM pg_proc p JOIN pg_namespace n ON n.oid = p.pronamespace
		WHERE p.prosecdef AND n.nspname NOT IN ('pg_catalog', 'information_schema')`)
	type function struct {
		name   string
		config []string
	}
	functions, err := pg.Collect(rows, err, func(r *pg.Rows) (f function, err error) {
		err = r.Scan(&f.name, pg.Array(&f.config))
		return f, err
	})
	if err != nil || len(functions) < 2 {
		t.Fatalf("SECURITY DEFINER functions = %v, %v, want audit.append and more", functions, err)
	}
	for _, f := range functions {
		if !slices.Contains(f.config, "search_path=pg_catalog, pg_temp") {
			t.Errorf("%s has %v, want search_path=pg_catalog, pg_temp", f.name, f.config)
		}
	}
}
