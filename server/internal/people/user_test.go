package people_test

import (
	"errors"
	"slices"
	"strings"
	"testing"

	camigrations "mais/ca/migrations"
	"mais/internal/pg"
	"mais/internal/pg/pgtest"
	"mais/server/api"
	"mais/server/internal/people"
	"mais/server/migrations"
)

// crowd is a register with people at every stage.
const crowd = `
	INSERT INTO access.agency (id, name, kind) VALUES ('aaaaaaaa-0000-4000-8000-000000000001', 'Police', 'police'), ('aaaaaaaa-0000-4000-8000-000000000002', 'Trust', 'health');
	INSERT INTO access.site (id, agency, name) VALUES ('bbbbbbbb-0000-4000-8000-000000000001', 'aaaaaaaa-0000-4000-8000-000000000001', 'Custody'),
		('bbbbbbbb-0000-4000-8000-000000000002', 'aaaaaaaa-0000-4000-8000-000000000001', 'Annexe');
	INSERT INTO access.user_account (id, email, name, agency, left_at, starts_on, ends_on, vetting) VALUES
		('cccccccc-0000-4000-8000-000000000001', 'ann@police.example', 'Ann', 'aaaaaaaa-0000-4000-8000-000000000001', NULL, NULL, CURRENT_DATE + 30, 'NPPV 3'),
		('cccccccc-0000-4000-8000-000000000002', 'bob@police.example', 'bob', 'aaaaaaaa-0000-4000-8000-000000000001', NULL, CURRENT_DATE + 5, NULL, NULL),
		('cccccccc-0000-4000-8000-000000000003', 'cat@police.example', 'Cat 100%', 'aaaaaaaa-0000-4000-8000-000000000001', NULL, NULL, CURRENT_DATE - 5, NULL),
		('cccccccc-0000-4000-8000-000000000004', 'dan@trust.example', 'Dan', 'aaaaaaaa-0000-4000-8000-000000000002', now() - interval '1 day', NULL, NULL, NULL),
		('cccccccc-0000-4000-8000-000000000005', 'eve@trust.example', 'Eve', 'aaaaaaaa-0000-4000-8000-000000000002', NULL, NULL, NULL, NULL),
		('cccccccc-0000-4000-8000-000000000006', 'fay@trust.example', 'Fay', 'aaaaaaaa-0000-4000-8000-000000000002', NULL, NULL, NULL, NULL),
		('cccccccc-0000-4000-8000-000000000007', 'gil@trust.example', 'Gil', 'aaaaaaaa-0000-4000-8000-000000000002', NULL, NULL, NULL, NULL),
		('cccccccc-0000-4000-8000-000000000008', 'hal@trust.example', 'Hal', 'aaaaaaaa-0000-4000-8000-000000000002', NULL, NULL, NULL, NULL);
	INSERT INTO access.user_site SELECT 'cccccccc-0000-4000-8000-000000000001', id FROM access.site;
	INSERT INTO access.user_role VALUES ('cccccccc-0000-4000-8000-000000000001', 'police_officer'), ('cccccccc-0000-4000-8000-000000000005', 'clinician');
	INSERT INTO access.registration (user_id, sent_at, expires_at, bounced_at, registered_at, first_seen_at, last_seen_at) VALUES
		('cccccccc-0000-4000-8000-000000000001', now() - interval '9 days', now() - interval '2 days', NULL, now(), now(), now()),
		('cccccccc-0000-4000-8000-000000000005', now() - interval '1 hour', now() + interval '6 days', NULL, NULL, NULL, NULL),
		('cccccccc-0000-4000-8000-000000000006', now() - interval '1 hour', now() + interval '6 days', now(), NULL, NULL, NULL),
		('cccccccc-0000-4000-8000-000000000007', now() - interval '8 days', now() - interval '1 hour', NULL, NULL, NULL, NULL),
		('cccccccc-0000-4000-8000-000000000008', now() - interval '8 days', now() - interval '1 hour', NULL, now(), NULL, NULL)`

func openCrowd(t *testing.T) (*people.Register, *pg.DB) {
	t.Helper()
	register, owner := open(t)
	if _, err := owner.Exec(t.Context(), crowd); err != nil {
		t.Fatal(err)
	}
	return register.Register, owner
}

// names asks for a page and returns who is on it.
func names(t *testing.T, r *people.Register, w people.Wanted, limit, offset int) (string, int) {
	t.Helper()
	page, total, err := r.UsersPage(t.Context(), w, limit, offset)
	if err != nil {
		t.Fatalf("UsersPage(%+v): %v", w, err)
	}
	var got []string
	for _, u := range page {
		got = append(got, strings.Fields(u.Name)[0])
	}
	return strings.Join(got, " "), total
}

func TestUsersPage(t *testing.T) {
	r, _ := openCrowd(t)
	const police = "aaaaaaaa-0000-4000-8000-000000000001"
	for _, test := range []struct {
		want people.Wanted
		who  string
	}{
		{people.Wanted{}, "Ann bob Cat Eve Fay Gil Hal"},
		{people.Wanted{Within: police}, "Ann bob Cat"},
		{people.Wanted{Within: police, UserFilter: api.UserFilter{Agency: "aaaaaaaa-0000-4000-8000-000000000002"}}, ""},
		{people.Wanted{UserFilter: api.UserFilter{Stage: "all", Sort: "-name"}}, "Hal Gil Fay Eve Dan Cat bob Ann"},
		{people.Wanted{UserFilter: api.UserFilter{Stage: api.StageLeft}}, "Dan"},
		{people.Wanted{UserFilter: api.UserFilter{Stage: api.StageDue}}, "bob"},
		{people.Wanted{UserFilter: api.UserFilter{Stage: api.StageEnded}}, "Cat"},
		{people.Wanted{UserFilter: api.UserFilter{Stage: api.StageActive}}, "Ann"},
		{people.Wanted{UserFilter: api.UserFilter{Stage: api.StageInvited}}, "Eve"},
		{people.Wanted{UserFilter: api.UserFilter{Stage: api.StageBounced}}, "Fay"},
		{people.Wanted{UserFilter: api.UserFilter{Stage: api.StageLapsed}}, "Gil"},
		{people.Wanted{UserFilter: api.UserFilter{Stage: api.StageRegistered}}, "Hal"},
		{people.Wanted{UserFilter: api.UserFilter{Role: "clinician"}}, "Eve"},
		{people.Wanted{UserFilter: api.UserFilter{Site: "bbbbbbbb-0000-4000-8000-000000000001"}}, "Ann"},
		{people.Wanted{UserFilter: api.UserFilter{Query: " POLICE.exam "}}, "Ann bob Cat"},
		{people.Wanted{UserFilter: api.UserFilter{Query: "100%"}}, "Cat"},
		{people.Wanted{UserFilter: api.UserFilter{Query: "%"}}, "Cat"},
		{people.Wanted{UserFilter: api.UserFilter{Query: "_a_"}}, ""},
		{people.Wanted{UserFilter: api.UserFilter{Query: "' OR true --"}}, ""},
	} {
		got, total := names(t, r, test.want, 50, 0)
		if got != test.who || total != len(strings.Fields(test.who)) {
			t.Errorf("%+v chooses %q, %d in all, want %q", test.want, got, total, test.who)
		}
	}
}

// Pages neither repeat nor omit anybody, in every order.
func TestUsersPages(t *testing.T) {
	r, _ := openCrowd(t)
	for _, order := range []string{"name", "-name", "email", "-email", "agency", "-agency", "seen", "-seen", "invited", "-invited"} {
		if !people.KnowsOrder(order) {
			t.Errorf("the order %s is not known", order)
		}
		var all []string
		for offset := 0; offset < 9; offset += 3 {
			page, _ := names(t, r, people.Wanted{UserFilter: api.UserFilter{Stage: "all", Sort: order}}, 3, offset)
			all = append(all, strings.Fields(page)...)
		}
		slices.Sort(all)
		if want := "Ann Cat Dan Eve Fay Gil Hal bob"; strings.Join(all, " ") != want {
			t.Errorf("by %s the pages show %q, want %s", order, all, want)
		}
	}
	if people.KnowsOrder("") || people.KnowsOrder("u.id; DROP TABLE access.user_account") {
		t.Error("an order is known that there is not")
	}
}

func TestUserOf(t *testing.T) {
	r, owner := openCrowd(t)
	const ann = "cccccccc-0000-4000-8000-000000000001"
	if _, err := owner.Exec(t.Context(), `INSERT INTO access.session (id_hash, user_id, issuer, serial, listener, site)
		VALUES (sha256('x'), $1, 'people-1', '4f', 'mutual', 'bbbbbbbb-0000-4000-8000-000000000001')`, ann); err != nil {
		t.Fatal(err)
	}
	u, err := r.UserOf(t.Context(), ann)
	if err != nil {
		t.Fatal(err)
	}
	if u.Email != "ann@police.example" || u.AgencyName != "Police" || !slices.Equal(u.SiteNames, []string{"Annexe", "Custody"}) || !slices.Equal(u.Roles, []string{"police_officer"}) ||
		u.Stage != api.StageActive || u.Sessions != 1 || u.Password || u.Vetting != "NPPV 3" || u.Starts != "" || len(u.Ends) != len("2026-01-01") || u.Version != 1 || u.LastSeen == nil {
		t.Errorf("UserOf = %+v", u)
	}
	if _, err := r.UserOf(t.Context(), "cccccccc-0000-4000-8000-0000000000ff"); !errors.Is(err, people.ErrUnknown) {
		t.Errorf("UserOf of nobody = %v, want %v", err, people.ErrUnknown)
	}
}

// Who accepts the terms does so for themselves, is due no longer, and access changes with it: the next request knows.
func TestAcceptTerms(t *testing.T) {
	r, owner := openCrowd(t)
	const eve, dan = "cccccccc-0000-4000-8000-000000000005", "cccccccc-0000-4000-8000-000000000004"
	if _, err := owner.Exec(t.Context(), `UPDATE access.user_account SET terms_due = true`); err != nil {
		t.Fatal(err)
	}
	generation := func() (n int64) {
		if err := owner.QueryRow(t.Context(), `SELECT number FROM access.generation`).Scan(&n); err != nil {
			t.Fatal(err)
		}
		return n
	}
	before := generation()
	for _, shown := range [][]string{nil, {}, {"police_officer"}, {"clinician", "police_officer"}} { // one was given or taken since
		if err := r.AcceptTerms(t.Context(), eve, "2026-11", shown, by); !errors.Is(err, people.ErrChanged) {
			t.Errorf("shown %q AcceptTerms = %v, want %v", shown, err, people.ErrChanged)
		}
	}
	if err := r.AcceptTerms(t.Context(), eve, "2026-11", []string{"clinician"}, by); err != nil {
		t.Fatal(err)
	}
	a, err := r.AcceptanceOf(t.Context(), eve)
	if err != nil || a.Due || a.Version != "2026-11" || a.At == nil || !slices.Equal(a.Roles, []string{"clinician"}) || generation() <= before {
		t.Errorf("AcceptanceOf = %+v, %v; the generation went from %d to %d", a, err, before, generation())
	}
	for _, test := range []struct{ user, version string }{{dan, "2026-11"}, {"cccccccc-0000-4000-8000-0000000000ff", "2026-11"}, {eve, ""}} {
		if err := r.AcceptTerms(t.Context(), test.user, test.version, nil, by); !errors.Is(err, people.ErrUnknown) {
			t.Errorf("AcceptTerms(%s, %q) = %v, want %v", test.user, test.version, err, people.ErrUnknown)
		}
	}
	var n int
	if err := owner.QueryRow(t.Context(), `SELECT count(*) FROM audit.event WHERE act = 'terms.accept'`).Scan(&n); err != nil || n != 1 {
		t.Errorf("%d events of an acceptance, %v, want 1", n, err)
	}
}

// To be here decides nothing: access does not change by it.
func TestSeen(t *testing.T) {
	r, owner := openCrowd(t)
	const bob = "cccccccc-0000-4000-8000-000000000002"
	var before, after int64
	if err := owner.QueryRow(t.Context(), `SELECT number FROM access.generation`).Scan(&before); err != nil {
		t.Fatal(err)
	}
	for range 2 {
		if err := r.Seen(t.Context(), bob); err != nil {
			t.Fatal(err)
		}
	}
	u, err := r.UserOf(t.Context(), bob)
	if err != nil || u.FirstSeen == nil || u.LastSeen == nil || u.LastSeen.Before(*u.FirstSeen) {
		t.Errorf("after two days UserOf = %+v, %v", u, err)
	}
	if err := owner.QueryRow(t.Context(), `SELECT number FROM access.generation`).Scan(&after); err != nil || after != before {
		t.Errorf("the generation went from %d to %d, %v", before, after, err)
	}
}

// Who is past their last day has what they hold ended, once for each last day.
func TestEndOverdue(t *testing.T) {
	r, owner := openCrowd(t)
	const cat = "cccccccc-0000-4000-8000-000000000003"
	sweep := func(want int) {
		t.Helper()
		if n, err := r.EndOverdue(t.Context()); err != nil || n != want {
			t.Errorf("EndOverdue = %d, %v, want %d", n, err, want)
		}
	}
	sweep(1)
	sweep(0)
	var kinds string
	if err := owner.QueryRow(t.Context(), `SELECT string_agg(kind || ' ' || (detail ->> 'reason'), ', ' ORDER BY kind) FROM access.errand WHERE user_id = $1`, cat).Scan(&kinds); err != nil || kinds != "end ended, revoke cessationOfOperation" {
		t.Errorf("the errands are %q, %v", kinds, err)
	}
	if _, err := owner.Exec(t.Context(), `UPDATE access.user_account SET ends_on = CURRENT_DATE - 1, version = version + 1 WHERE id = $1`, cat); err != nil {
		t.Fatal(err)
	}
	sweep(1)
}

// The functions are the register's alone, and it cannot write what they write.
func TestTermsGrants(t *testing.T) {
	d := pgtest.New(t, camigrations.Set, migrations.Set)
	for _, role := range []pg.Role{pg.Creds, pg.CA, pg.Audit} {
		for _, sql := range []string{`SELECT access.accept_terms(gen_random_uuid(), 'x', '{}')`, `SELECT access.end_overdue()`} {
			if _, err := d.Open(t, role).Exec(t.Context(), sql); err == nil {
				t.Errorf("%s may %s", role, sql)
			}
		}
	}
	if _, err := d.Open(t, pg.Register).Exec(t.Context(), `UPDATE access.user_account SET terms_due = false`); err == nil {
		t.Error("the register changes accounts by itself")
	}
}
