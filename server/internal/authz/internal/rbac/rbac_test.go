package rbac_test

import (
	"context"
	"errors"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	camigrations "mais/ca/migrations"
	"mais/internal/pg"
	"mais/internal/pg/pgtest"
	"mais/server/internal/authz/internal/policy"
	"mais/server/internal/authz/internal/policy/policytest"
	"mais/server/internal/authz/internal/rbac"
	"mais/server/migrations"
)

func newCache(t *testing.T) (*rbac.Cache, *pgtest.Database) {
	d := pgtest.New(t, camigrations.Set, migrations.Set)
	return rbac.New(d.Open(t, pg.Creds)), d
}

// The migrations' list of permissions is the matrix that follows from the dictionary.
func TestSeedsAreTheGoldenMatrix(t *testing.T) {
	cache, d := newCache(t)
	table, err := cache.At(t.Context(), 0)
	if err != nil {
		t.Fatal(err)
	}
	want, err := os.ReadFile("../policy/testdata/matrix.golden")
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), policytest.Matrix(table.Grants)); diff != "" {
		t.Errorf("the migrations do not make the golden matrix (-want +got):\n%s", diff)
	}
	rows, err := d.Owner().Query(t.Context(), `SELECT DISTINCT role FROM access.permission UNION SELECT name FROM access.role ORDER BY 1`)
	roles, err := pg.Collect(rows, err, func(r *pg.Rows) (name string, err error) {
		err = r.Scan(&name)
		return name, err
	})
	if diff := cmp.Diff([]string{"administrator", "agency_administrator", "clinician", "governance_officer", "police_officer", "record_clinician"}, roles); err != nil || diff != "" {
		t.Errorf("built-in roles, %v (-want +got):\n%s", err, diff)
	}
}

// The cache answers from memory until somebody knows of a later generation.
func TestAt(t *testing.T) {
	cache, d := newCache(t)
	first, err := cache.At(t.Context(), 0)
	if err != nil {
		t.Fatal(err)
	}
	const key = "physical_health.epilepsy"
	police := func(table rbac.Table) bool {
		return table.Grants.Decide([]string{"police_officer"}, policy.Read).Allows(key)
	}
	if !police(first) {
		t.Fatalf("police may not read %s to begin with", key)
	}
	_, err = d.Owner().Exec(t.Context(), `DELETE FROM access.permission WHERE role = 'police_officer' AND item = '`+key+`'`)
	if err != nil {
		t.Fatal(err)
	}
	if again, err := cache.At(t.Context(), first.Generation); err != nil || again.Generation != first.Generation {
		t.Errorf("At(%d) = generation %d, %v, want the one in memory", first.Generation, again.Generation, err)
	}
	next, err := cache.At(t.Context(), first.Generation+1)
	if err != nil || next.Generation != first.Generation+1 || police(next) {
		t.Errorf("At(%d) = generation %d, %v, allows %v, want the changed one", first.Generation+1, next.Generation, err, police(next))
	}
	if _, err := cache.At(t.Context(), next.Generation+1); err == nil {
		t.Error("At of a generation yet to come = nil error")
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := cache.At(ctx, next.Generation+1); !errors.Is(err, context.Canceled) {
		t.Errorf("At with an ended context = %v, want Canceled", err)
	}
}

func TestDescribe(t *testing.T) {
	cache, _ := newCache(t)
	got, err := cache.Describe(t.Context(), []string{"police_officer", "clinician", "no_such_role", "'"})
	want := []rbac.Role{{Name: "clinician", Description: "sees the whole record"}, {Name: "police_officer", Description: "sees the risks, needs and contacts that the dataset has for police"}}
	if diff := cmp.Diff(want, got); err != nil || diff != "" {
		t.Errorf("Describe, %v (-want +got):\n%s", err, diff)
	}
	if got, err := cache.Describe(t.Context(), nil); err != nil || len(got) != 0 {
		t.Errorf("Describe of no role = %v, %v", got, err)
	}
}

// Every change of access raises the generation once, in plain SQL too; sessions do not.
func TestGeneration(t *testing.T) {
	_, d := newCache(t)
	number := func() (n int64) {
		if err := d.Owner().QueryRow(t.Context(), `SELECT number FROM access.generation`).Scan(&n); err != nil {
			t.Fatal(err)
		}
		return n
	}
	const id = `'11111111-2222-4333-8444-555555555555'`
	for _, test := range []struct {
		sql  string
		rise int64
	}{
		{`INSERT INTO access.agency (id, name, kind) VALUES (` + id + `, 'A', 'police'), (gen_random_uuid(), 'B', 'health')`, 1},
		{`INSERT INTO access.site (id, agency, name) VALUES (` + id + `, ` + id + `, 'S')`, 1},
		{`INSERT INTO access.subnet (site, cidr) VALUES (` + id + `, '10.0.0.0/8')`, 1},
		{`INSERT INTO access.user_account (id, email, name, agency) VALUES (` + id + `, 'a@b', 'A', ` + id + `)`, 1},
		{`INSERT INTO access.user_site (user_id, site) VALUES (` + id + `, ` + id + `)`, 1},
		{`INSERT INTO access.user_role (user_id, role) VALUES (` + id + `, 'clinician')`, 1},
		{`INSERT INTO access.session (id_hash, user_id, issuer, serial, listener, site)
			VALUES (sha256('x'), ` + id + `, 'people-1', '4f', 'mutual', ` + id + `)`, 0},
		{`INSERT INTO record.person (id, source, source_reference) VALUES (` + id + `, 'S', '1')`, 0},
		{`INSERT INTO access.purpose (session, person, reason) VALUES (sha256('x'), ` + id + `, 'custody')`, 0},
		{`INSERT INTO access.emergency (session, user_id, person, why, reason) VALUES (sha256('x'), ` + id + `, ` + id + `, 'ten or more', 'custody')`, 0},
		{`UPDATE access.role SET level = 'card'`, 1},
		{`UPDATE access.user_account SET left_at = now()`, 1},
		{`SET session_replication_role = replica; DELETE FROM access.user_role`, 1},
		{`TRUNCATE access.user_site`, 1},
		{`INSERT INTO access.role (name, description) VALUES ('probation', '')`, 1},
		{`INSERT INTO access.permission (role, item, act) VALUES ('probation', 'risk_factors.significant_dates', 'read')`, 1},
	} {
		before := number()
		if _, err := d.Owner().Exec(t.Context(), test.sql); err != nil {
			t.Errorf("%s: %v", test.sql, err)
		}
		if rise := number() - before; rise != test.rise {
			t.Errorf("%s: the generation rose by %d, want %d", test.sql, rise, test.rise)
		}
	}
	before := number()
	err := d.Owner().Transact(t.Context(), func(tx *pg.Tx) error {
		if _, err := tx.Exec(t.Context(), `DELETE FROM access.subnet`); err != nil {
			return err
		}
		return errors.New("rolled back")
	})
	if err == nil || number() != before {
		t.Errorf("after a rollback (%v) the generation is %d, want %d", err, number(), before)
	}
}

func TestRefusedRows(t *testing.T) {
	_, d := newCache(t)
	const id = `'11111111-2222-4333-8444-555555555555'`
	_, err := d.Owner().Exec(t.Context(), `INSERT INTO access.agency (id, name, kind) VALUES (`+id+`, 'A', 'police');
		INSERT INTO access.site (id, agency, name) VALUES (`+id+`, `+id+`, 'S')`)
	if err != nil {
		t.Fatal(err)
	}
	for _, sql := range []string{
		`INSERT INTO access.subnet (site, cidr) VALUES (` + id + `, '0.0.0.0/0')`,
		`INSERT INTO access.subnet (site, cidr) VALUES (` + id + `, '::/0')`,
		`INSERT INTO access.subnet (site, cidr) VALUES (` + id + `, '::ffff:10.0.0.0/104')`,
		`INSERT INTO access.user_account (email, name, agency) VALUES ('A@b', 'A', ` + id + `)`,
		`INSERT INTO access.user_account (email, name, agency) VALUES ('nobody', 'A', ` + id + `)`,
		`INSERT INTO access.permission (role, item, act) VALUES ('clinician', 'risk_factors.significant_dates', 'delete')`,
		`INSERT INTO access.permission (role, item, act) VALUES ('clinician', 'risk_factors', 'read')`,
		`UPDATE access.role SET level = 'gold'`,
		`INSERT INTO access.permission (role, item, act) VALUES ('nobody', 'risk_factors.significant_dates', 'read')`,
		`INSERT INTO access.generation (number) VALUES (1)`,
	} {
		if _, err := d.Owner().Exec(t.Context(), sql); err == nil {
			t.Errorf("the database takes %s", sql)
		}
	}
}

// What the two login roles of schema access may do to it, and what they may not.
func TestGrants(t *testing.T) {
	_, d := newCache(t)
	const id = `'11111111-2222-4333-8444-555555555555'`
	decides := []string{ // what access.apply alone does, for the register too
		`INSERT INTO access.agency (id, name, kind) VALUES (` + id + `, 'A', 'police')`,
		`INSERT INTO access.site (id, agency, name) VALUES (` + id + `, ` + id + `, 'S')`,
		`INSERT INTO access.subnet (site, cidr) VALUES (` + id + `, '10.0.0.0/8')`,
		`INSERT INTO access.user_account (id, email, name, agency) VALUES (` + id + `, 'a@b', 'A', ` + id + `)`,
		`INSERT INTO access.user_site (user_id, site) VALUES (` + id + `, ` + id + `)`,
		`INSERT INTO access.user_role (user_id, role) VALUES (` + id + `, 'clinician')`,
		`UPDATE access.user_account SET left_at = now()`,
		`DELETE FROM access.user_role`, `DELETE FROM access.user_site`, `DELETE FROM access.subnet`,
	}
	creds := []string{
		`INSERT INTO access.session (id_hash, user_id, issuer, serial, listener, site) VALUES (sha256('x'), ` + id + `, 'people-1', '4f', 'mutual', ` + id + `)`,
		`UPDATE access.session SET seen_at = now()`,
		`UPDATE access.session SET ended_at = now(), end_reason = 'sign-out'`,
	}
	neither := []string{
		`INSERT INTO access.role (name, description) VALUES ('x', '')`,
		`INSERT INTO access.permission (role, item, act) VALUES ('administrator', 'risk_factors.significant_dates', 'read')`,
		`DELETE FROM access.permission`, `UPDATE access.permission SET act = 'read'`, `UPDATE access.role SET description = ''`,
		`UPDATE access.role SET level = 'software'`,
		`UPDATE access.user_account SET email = 'x@y'`, `DELETE FROM access.user_account`, `UPDATE access.user_role SET role = 'clinician'`,
		`UPDATE access.site SET agency = agency`, `DELETE FROM access.site`, `DELETE FROM access.agency`,
		`UPDATE access.session SET user_id = user_id`, `UPDATE access.session SET created_at = now()`, `DELETE FROM access.session`,
		`INSERT INTO access.session (id_hash, user_id, issuer, serial, listener, site, created_at)
			VALUES (sha256('y'), ` + id + `, 'people-1', '4f', 'mutual', ` + id + `, 'infinity')`,
		`UPDATE access.generation SET number = 1`, `SELECT access.bump()`,
	}
	for _, sql := range decides[:4] {
		if _, err := d.Owner().Exec(t.Context(), sql); err != nil {
			t.Fatal(err)
		}
	}
	for _, test := range []struct {
		role     pg.Role
		may, not []string
	}{
		{pg.Register, nil, slices.Concat(neither, decides, creds)},
		{pg.Creds, creds, slices.Concat(neither, decides)},
		{pg.Mail, nil, slices.Concat(neither, decides, creds)},
	} {
		db := d.Open(t, test.role)
		for _, sql := range test.may {
			if _, err := db.Exec(t.Context(), sql); err != nil {
				t.Errorf("%s may not %s: %v", test.role, sql, err)
			}
		}
		for _, sql := range test.not {
			if _, err := db.Exec(t.Context(), sql); !denied(err) {
				t.Errorf("%s: %s = %v, want permission denied", test.role, sql, err)
			}
		}
	}
	reads := map[pg.Role][]string{
		pg.Creds:    {"agency", "site", "subnet", "user_account", "user_site", "role", "permission", "user_role", "session", "generation"},
		pg.Register: {"agency", "site", "subnet", "user_account", "user_site", "role", "permission", "user_role", "session"}, // but of no session what proves it
		pg.Mail:     {"agency", "site", "user_account", "user_role"},                                                         // whom to write to
	}
	for _, role := range pg.Roles() {
		if role == pg.Migrator {
			continue
		}
		db := d.Open(t, role)
		for _, table := range reads[pg.Creds] {
			_, err := db.Exec(t.Context(), `SELECT FROM access.`+table)
			if may := slices.Contains(reads[role], table); may != (err == nil) || !may && !denied(err) {
				t.Errorf("%s reads access.%s: %v, want allowed %v", role, table, err, may)
			}
		}
	}
}

func denied(err error) bool { return err != nil && strings.Contains(err.Error(), "permission denied") }
