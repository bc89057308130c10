package duty_test

import (
	"encoding/json"
	"fmt"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	camigrations "mais/ca/migrations"
	"mais/internal/pg"
	"mais/internal/pg/pgtest"
	"mais/server/api"
	"mais/server/internal/manage/internal/duty"
	"mais/server/migrations"
)

// Agencies and people, as both sides know them.
const (
	police = "aaaaaaaa-0000-4000-8000-000000000001"
	trust  = "aaaaaaaa-0000-4000-8000-000000000002"
	desk   = "aaaaaaaa-0000-4000-8000-000000000003" // of the police
	nobody = "bbbbbbbb-0000-4000-8000-00000000000f" // whom changes are about
)

// staff act: every office, twice where two have to meet, one of another agency, one without an
// office, and one who has left.
var staff = []struct {
	duty.Actor
	left bool
}{
	{duty.Actor{ID: id(1), Agency: police, Roles: []string{duty.Administrator}}, false},
	{duty.Actor{ID: id(2), Agency: trust, Roles: []string{duty.Administrator}}, false},
	{duty.Actor{ID: id(3), Agency: police, Roles: []string{duty.AgencyAdministrator}}, false},
	{duty.Actor{ID: id(4), Agency: police, Roles: []string{duty.AgencyAdministrator}}, false},
	{duty.Actor{ID: id(5), Agency: trust, Roles: []string{duty.AgencyAdministrator}}, false},
	{duty.Actor{ID: id(6), Agency: police, Roles: []string{duty.GovernanceOfficer}}, false},
	{duty.Actor{ID: id(7), Agency: police, Roles: []string{"police_officer"}}, false},
	{duty.Actor{ID: id(8), Agency: police, Roles: []string{duty.Administrator}}, true},
	{duty.Actor{ID: id(9), Agency: trust, Roles: []string{duty.Administrator}}, false},
}

func id(n int) string { return fmt.Sprintf("bbbbbbbb-0000-4000-8000-%012d", n) }

// TestSameAsDatabase compares the rules here with the database's over every kind of change, by
// and about everybody, with every mixture of roles and agencies.
func TestSameAsDatabase(t *testing.T) {
	db := pgtest.New(t, camigrations.Set, migrations.Set).Owner()
	populate(t, db)
	exec(t, db, judge)
	compared := 0
	for _, c := range changes() {
		row := store(t, db, c, staff[0].ID)
		if got, want := needs(t, db, row), duty.Needs(c); !slices.Equal(got, want) {
			t.Errorf("why a second person for %s: the database says %q, the rules %q", name(c), got, want)
		}
		made, decided := rulings(t, db, row)
		for m, maker := range staff {
			if want := duty.MayMake(present(maker.Actor, maker.left), c); made[m] != want {
				t.Errorf("%s by %s: the database says %v, the rules %v", name(c), maker.ID, made[m], want)
			}
			if m != 0 && m != 2 {
				continue
			}
			for n, second := range staff {
				want := duty.MayDecide(present(second.Actor, second.left), maker.ID, c)
				if got := decided[m/2*len(staff)+n]; got != want {
					t.Errorf("%s by %s decided by %s: the database says %v, the rules %v", name(c), maker.ID, second.ID, got, want)
				}
				compared++
			}
		}
	}
	t.Logf("%d changes, %d decisions", len(changes()), compared)
}

// judge asks the database's two checks for everybody who could make a change and everybody who
// could decide on it, and numbers what they say as the rules do.
const judge = `CREATE SCHEMA test;
CREATE FUNCTION test.ruling(c access.change, decider uuid) RETURNS integer LANGUAGE plpgsql AS $$
BEGIN
    IF decider IS NULL THEN PERFORM access.check_maker(c); ELSE PERFORM access.check_second(c, decider); END IF;
    RETURN 0;
EXCEPTION WHEN SQLSTATE 'MA001' THEN RETURN 1; WHEN SQLSTATE 'MA005' THEN RETURN 2;
END
$$;
CREATE FUNCTION test.rulings(which uuid, staff uuid[], OUT made integer[], OUT decided integer[]) LANGUAGE plpgsql AS $$
DECLARE
    c access.change;
    decider uuid;
BEGIN
    SELECT * INTO c FROM access.change WHERE id = which;
    FOREACH c.made_by IN ARRAY staff LOOP
        made := made || test.ruling(c, NULL);
        IF cardinality(made) IN (1, 3) THEN -- who decides asks of the maker only who it is
            FOREACH decider IN ARRAY staff LOOP
                decided := decided || test.ruling(c, decider);
            END LOOP;
        END IF;
    END LOOP;
END
$$`

func rulings(t *testing.T, db *pg.DB, row string) (made, decided []duty.Ruling) {
	t.Helper()
	var who []string
	for _, s := range staff {
		who = append(who, s.ID)
	}
	var m, d []int64
	if err := db.QueryRow(t.Context(), `SELECT made, decided FROM test.rulings($1, $2::uuid[])`, row, pg.Array(who)).Scan(pg.Array(&m), pg.Array(&d)); err != nil {
		t.Fatal(err)
	}
	for _, n := range m {
		made = append(made, duty.Ruling(n))
	}
	for _, n := range d {
		decided = append(decided, duty.Ruling(n))
	}
	return made, decided
}

func present(a duty.Actor, left bool) duty.Actor {
	if left {
		a.Roles = nil
	}
	return a
}

func populate(t *testing.T, db *pg.DB) {
	t.Helper()
	exec(t, db, `INSERT INTO access.agency (id, name, kind) VALUES ($1, 'Police', 'police'), ($2, 'Trust', 'health')`, police, trust)
	exec(t, db, `INSERT INTO access.site (id, agency, name) VALUES ($1, $2, 'Desk')`, desk, police)
	for _, s := range staff {
		exec(t, db, `INSERT INTO access.user_account (id, email, name, agency, left_at) VALUES ($1::uuid, $1::text || '@a', 'N', $2, CASE WHEN $3 THEN now() END)`, s.ID, s.Agency, s.left)
		exec(t, db, `INSERT INTO access.user_role (user_id, role) VALUES ($1, $2)`, s.ID, s.Roles[0])
	}
	furnish(t, db)
}

// changes are of every kind, about everybody, from and to every mixture.
func changes() (all []duty.Change) {
	for _, kind := range []string{api.AgencyAdd, api.RoleAdd, api.RoleDelete} {
		all = append(all, duty.Change{Kind: kind, Target: "clinician"})
	}
	sponsor := api.AgencyFields{Name: "N", SponsorName: "S", SponsorEmail: "s@a", Domains: []string{"a", "b"}, Passwords: "limited"}
	for _, change := range []func(*api.AgencyFields){
		func(f *api.AgencyFields) { f.Name = "M" }, func(f *api.AgencyFields) { f.SponsorName = "T" }, func(f *api.AgencyFields) { f.SponsorEmail = "t@a" },
		func(f *api.AgencyFields) { f.Domains = []string{"b", "a"} }, func(f *api.AgencyFields) { f.Domains = []string{"a"} },
		func(f *api.AgencyFields) { f.Domains = []string{"a", "b", "c"} }, func(f *api.AgencyFields) { f.Domains = []string{"c"} },
		func(f *api.AgencyFields) { f.Domains = nil }, func(f *api.AgencyFields) { f.Passwords = "forbidden" }, func(f *api.AgencyFields) { f.Passwords = "allowed" },
	} {
		was, will := sponsor, sponsor
		change(&will)
		all = append(all, duty.Change{Kind: api.AgencyChange, Target: police, Agency: police, Before: api.ChangeRequest{Agency: &was}, After: api.ChangeRequest{Agency: &will}})
	}
	all = slices.Concat(all, roleChanges(), placeChanges(), addressChanges(), userChanges())
	for n := range all {
		all[n].Remaining = remaining(all[n].Target)
	}
	return all
}

func userChanges() (all []duty.Change) {
	mixtures := [][]string{{}, {"police_officer"}, {"clinician", "police_officer"}, {duty.AgencyAdministrator}, {duty.GovernanceOfficer}, {duty.Administrator}}
	whom := []string{nobody, staff[0].ID, staff[2].ID}
	for _, will := range mixtures {
		for _, agency := range []string{police, trust} {
			after := api.UserFields{Email: "x@a", Agency: agency, Roles: will}
			all = append(all, duty.Change{Kind: api.UserInvite, Agency: agency, After: api.ChangeRequest{User: &after}},
				duty.Change{Kind: api.UsersInvite, Agency: agency, People: []api.UserFields{after, {Email: "y@a", Agency: agency}}})
			for _, was := range mixtures {
				for _, target := range whom {
					before := api.UserFields{Email: "x@a", Agency: police, Roles: was}
					of := ""
					if agency == police {
						of = police
					}
					for _, kind := range []string{api.UserChange, api.UserReturn} {
						all = append(all, duty.Change{Kind: kind, Target: target, Agency: of, Before: api.ChangeRequest{User: &before}, After: api.ChangeRequest{User: &after}})
					}
				}
			}
		}
	}
	for _, was := range mixtures {
		for _, target := range whom {
			all = append(all, duty.Change{Kind: api.UserLeave, Target: target, Agency: police, Before: api.ChangeRequest{User: &api.UserFields{Email: "x@a", Agency: police, Roles: was}}})
		}
	}
	return append(all, dateChanges()...)
}

// dateChanges move the first and the last day, of an administrator too.
func dateChanges() (all []duty.Change) {
	days := []string{"", "2026-01-01", "2027-01-01"}
	for _, roles := range [][]string{nil, {duty.Administrator}} {
		for _, s1 := range days {
			for _, s2 := range days {
				for _, e1 := range days {
					for _, e2 := range days {
						was := api.UserFields{Email: "x@a", Agency: police, Starts: s1, Ends: e1, Roles: roles}
						will := api.UserFields{Email: "x@a", Agency: police, Starts: s2, Ends: e2, Roles: roles}
						all = append(all, duty.Change{Kind: api.UserChange, Target: staff[1].ID, Agency: police, Before: api.ChangeRequest{User: &was}, After: api.ChangeRequest{User: &will}})
					}
				}
			}
		}
	}
	return all
}

// store writes a change as the database keeps it and returns its UUID.
func store(t *testing.T, db *pg.DB, c duty.Change, maker string) (row string) {
	t.Helper()
	err := db.QueryRow(t.Context(), `INSERT INTO access.change (kind, target, agency, before, after, subject, made_by, expires_at)
		VALUES ($1, nullif($2, ''), nullif($3, '')::uuid, $4, $5, 's', $6, now() + interval '1 day') RETURNING id`,
		c.Kind, c.Target, c.Agency, fields(t, c.Before), fields(t, c.After), maker).Scan(&row)
	if err != nil {
		t.Fatal(err)
	}
	for n, p := range c.People {
		exec(t, db, `INSERT INTO access.change_item (change, n, after) VALUES ($1, $2, $3)`, row, n+1, fields(t, api.ChangeRequest{User: &p}))
	}
	return row
}

func fields(t *testing.T, r api.ChangeRequest) string {
	t.Helper()
	var one any = struct{}{}
	switch {
	case r.User != nil:
		one = r.User
	case r.Agency != nil:
		one = r.Agency
	case r.Network != nil:
		one = r.Network
	case r.Role != nil:
		one = r.Role
	}
	text, err := json.Marshal(one)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

func exec(t *testing.T, db *pg.DB, sql string, args ...any) {
	t.Helper()
	if _, err := db.Exec(t.Context(), sql, args...); err != nil {
		t.Fatalf("%s: %v", sql, err)
	}
}

func needs(t *testing.T, db *pg.DB, row string) (why []string) {
	t.Helper()
	if err := db.QueryRow(t.Context(), `SELECT access.needs(c) FROM access.change c WHERE id = $1`, row).Scan(pg.Array(&why)); err != nil {
		t.Fatal(err)
	}
	return why
}

func name(c duty.Change) string {
	text, _ := json.Marshal([]any{c.Kind, c.Target, c.Agency, c.Before.User, c.After.User, c.After.Network, c.Before.Role, c.After.Role})
	return string(text)
}

// TestOfficesAreTheDatabases: what the service asks of the database, who holds an office, is
// asked of the same roles as here.
func TestOfficesAreTheDatabases(t *testing.T) {
	db := pgtest.New(t, camigrations.Set, migrations.Set).Owner()
	var got []string
	if err := db.QueryRow(t.Context(), `SELECT array_agg(name ORDER BY name) FROM access.role WHERE office`).Scan(pg.Array(&got)); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(slices.Sorted(slices.Values(duty.Offices)), got); diff != "" {
		t.Errorf("the offices (-rules +database):\n%s", diff)
	}
}

// TestConflictsAreTheDatabases: the same mixtures of roles are refused by both.
func TestConflictsAreTheDatabases(t *testing.T) {
	db := pgtest.New(t, camigrations.Set, migrations.Set).Owner()
	roles := []string{duty.Administrator, duty.AgencyAdministrator, duty.GovernanceOfficer, "police_officer", "clinician"}
	for mixture := range 1 << len(roles) {
		has := []string{}
		for n, r := range roles {
			if mixture>>n&1 == 1 {
				has = append(has, r)
			}
		}
		var got string
		if err := db.QueryRow(t.Context(), `SELECT coalesce(access.role_conflict($1), '')`, pg.Array(has)).Scan(&got); err != nil {
			t.Fatal(err)
		}
		want := duty.Conflict(has, func(r string) bool { return !duty.IsOffice(r) })
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%v (-rules +database):\n%s", has, diff)
		}
	}
}
