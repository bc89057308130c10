package people_test

import (
	"strings"
	"testing"

	camigrations "mais/ca/migrations"
	"mais/internal/pg"
	"mais/internal/pg/pgtest"
	"mais/server/migrations"
)

// TestRegisterWritesNothingItself: the login role that faces callers can write none of the tables
// that decide, nor call what applies a change.
func TestRegisterWritesNothingItself(t *testing.T) {
	db := pgtest.New(t, camigrations.Set, migrations.Set).Open(t, pg.Register)
	for _, sql := range []string{
		`INSERT INTO access.agency (name, kind) VALUES ('A', 'police')`, `UPDATE access.agency SET domains = '{evil.example}'`,
		`INSERT INTO access.site (agency, name) SELECT id, 'S' FROM access.agency`, `INSERT INTO access.subnet SELECT id, '10.0.0.0/8' FROM access.site`,
		`DELETE FROM access.subnet`, `INSERT INTO access.user_account (email, name, agency) SELECT 'x@a', 'X', id FROM access.agency`,
		`UPDATE access.user_account SET left_at = NULL`, `UPDATE access.user_account SET terms_due = false`, `DELETE FROM access.user_site`,
		`INSERT INTO access.user_role SELECT id, 'administrator' FROM access.user_account`, `DELETE FROM access.user_role`,
		`UPDATE access.role SET level = 'software'`, `INSERT INTO access.permission VALUES ('administrator', 'physical_health.epilepsy', 'read')`,
		`UPDATE access.change SET state = 'applied'`, `INSERT INTO access.change (kind) VALUES ('role.add')`, `UPDATE access.change_item SET fault = NULL`,
		`INSERT INTO access.errand (kind) VALUES ('revoke')`, `SELECT access.apply(c) FROM access.change c`, `SELECT access.carry_out(c) FROM access.change c`,
		`SELECT access.place_user(gen_random_uuid(), '{}')`, `SELECT access.write_user(gen_random_uuid(), '{}')`, `SELECT access.open_change(gen_random_uuid(), '{draft}')`,
	} {
		if _, err := db.Exec(t.Context(), sql); err == nil || !strings.Contains(err.Error(), "permission denied") {
			t.Errorf("%s: %v, want permission denied", sql, err)
		}
	}
}

// TestRulesHoldWhoeverWrites: the owner breaks none of them either.
func TestRulesHoldWhoeverWrites(t *testing.T) {
	_, owner := open(t)
	for _, sql := range []string{
		`INSERT INTO access.agency (id, name, kind) VALUES ('aaaaaaaa-0000-4000-8000-000000000001', 'A', 'police'), ('aaaaaaaa-0000-4000-8000-000000000002', 'B', 'health')`,
		`INSERT INTO access.site (id, agency, name) VALUES ('aaaaaaaa-0000-4000-8000-000000000003', 'aaaaaaaa-0000-4000-8000-000000000002', 'S')`,
		`INSERT INTO access.user_account (id, email, name, agency) VALUES ('aaaaaaaa-0000-4000-8000-000000000004', 'x@a', 'X', 'aaaaaaaa-0000-4000-8000-000000000001')`,
		`INSERT INTO access.user_role VALUES ('aaaaaaaa-0000-4000-8000-000000000004', 'administrator')`,
		`INSERT INTO access.role (name, description) VALUES ('reception', 'none')`,
		`UPDATE access.site SET closed_at = now()`,
	} {
		if _, err := owner.Exec(t.Context(), sql); err != nil {
			t.Fatalf("%s: %v", sql, err)
		}
	}
	for sql, want := range map[string]string{
		`INSERT INTO access.permission (role, item, act) VALUES ('administrator', 'physical_health.epilepsy', 'read')`:         "opens no record",
		`INSERT INTO access.user_role VALUES ('aaaaaaaa-0000-4000-8000-000000000004', 'clinician')`:                            "join an office",
		`INSERT INTO access.user_role VALUES ('aaaaaaaa-0000-4000-8000-000000000004', 'governance_officer')`:                   "join administration",
		`INSERT INTO access.user_site VALUES ('aaaaaaaa-0000-4000-8000-000000000004', 'aaaaaaaa-0000-4000-8000-000000000003')`: "not all of the user",
		`UPDATE access.site SET agency = 'aaaaaaaa-0000-4000-8000-000000000001'`:                                               "stays",
		`INSERT INTO access.subnet VALUES ('aaaaaaaa-0000-4000-8000-000000000003', '192.0.2.0/24')`:                            "is closed",
		`DELETE FROM access.user_role`:                                  "last administrator",
		`UPDATE access.user_account SET left_at = now()`:                "last administrator",
		`UPDATE access.user_account SET ends_on = '2020-01-01'`:         "last administrator",
		`UPDATE access.user_account SET ends_on = '2999-01-01'`:         "last administrator",
		`UPDATE access.user_account SET email = '"x@a"@evil'`:           "one_at",
		`UPDATE access.agency SET sponsor_email = 'x@a@evil'`:           "one_at",
		`UPDATE access.role SET office = true WHERE name = 'reception'`: "whether the role is an office",
		`DELETE FROM access.role WHERE name = 'governance_officer'`:     "built in",
	} {
		if _, err := owner.Exec(t.Context(), sql); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v, want %q", sql, err, want)
		}
	}
}
