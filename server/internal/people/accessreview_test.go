package people_test

import (
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"mais/internal/pg"
	"mais/server/api"
	"mais/server/internal/people"
)

// force is an agency whose people are reviewed, in plain SQL: adm administers everything, local
// the agency, and officer and leaver have one role each.
type force struct {
	*people.Register
	owner                               *pg.DB
	agency, adm, local, officer, leaver string
}

func newForce(t *testing.T) force {
	t.Helper()
	register, owner := open(t)
	f := force{Register: register.Register, owner: owner, agency: "11111111-2222-4333-8444-000000000001", adm: "11111111-2222-4333-8444-000000000002",
		local: "11111111-2222-4333-8444-000000000003", officer: "11111111-2222-4333-8444-000000000004", leaver: "11111111-2222-4333-8444-000000000005"}
	f.exec(t, `INSERT INTO access.agency (id, name, kind) VALUES ($1, 'Northshire Police', 'police'), (gen_random_uuid(), 'Empty', 'police')`, f.agency)
	for id, role := range map[string]string{f.adm: "administrator", f.local: "agency_administrator", f.officer: "police_officer", f.leaver: "police_officer"} {
		f.exec(t, `INSERT INTO access.user_account (id, email, name, agency) VALUES ($1::uuid, $1::text || '@a', 'Name ' || $1::text, $2)`, id, f.agency)
		f.exec(t, `INSERT INTO access.user_role (user_id, role) VALUES ($1, $2)`, id, role)
	}
	return f
}

func (f force) exec(t *testing.T, sql string, args ...any) {
	t.Helper()
	if _, err := f.owner.Exec(t.Context(), sql, args...); err != nil {
		t.Fatalf("%s: %v", sql, err)
	}
}

// moveAway puts people into the other agency.
func (f force) moveAway(t *testing.T, users ...string) {
	t.Helper()
	f.exec(t, `UPDATE access.user_account SET agency = (SELECT id FROM access.agency WHERE name = 'Empty') WHERE id = ANY ($1::uuid[])`, pg.Array(users))
}

func (f force) decide(t *testing.T, review, who, decision string, users ...string) error {
	return f.DecideInReview(t.Context(), people.Reviewed{Review: review, Users: users, Decision: decision, By: who}, by)
}

// TestReviewsDue: an agency's first review opens when its months have passed, the next so many
// after that, and none for an agency without people.
func TestReviewsDue(t *testing.T) {
	f := newForce(t)
	due := func() []string {
		t.Helper()
		agencies, err := f.ReviewsDue(t.Context(), 6)
		if err != nil {
			t.Fatal(err)
		}
		return agencies
	}
	if got := due(); len(got) != 0 {
		t.Errorf("on the first day %v are due, want none", got)
	}
	f.exec(t, `UPDATE access.review_schedule SET next = now()::date`)
	if got := due(); !slices.Equal(got, []string{f.agency}) {
		t.Errorf("due are %v, want the one with people, %s", got, f.agency)
	}
	id, err := f.OpenReview(t.Context(), f.agency, 30, 6, by)
	if err != nil {
		t.Fatal(err)
	}
	if got := due(); len(got) != 0 {
		t.Errorf("while a review is open %v are due", got)
	}
	if _, err := f.OpenReview(t.Context(), f.agency, 30, 6, by); !errors.Is(err, people.ErrTaken) {
		t.Errorf("a second review = %v, want %v", err, people.ErrTaken)
	}
	w, err := f.AccessReview(t.Context(), id)
	if want := time.Now().UTC().AddDate(0, 0, 30).Format(time.DateOnly); err != nil || w.People != 4 || w.Undecided != 4 || w.Due != want || w.Overdue || w.OpenedBy != by.UserName {
		t.Errorf("the review = %+v, %v, want one of four people due on %s", w, err, want)
	}
	var next time.Time
	if err := f.owner.QueryRow(t.Context(), `SELECT next FROM access.review_schedule WHERE agency = $1`, f.agency).Scan(&next); err != nil || next.Before(time.Now().AddDate(0, 5, 0)) {
		t.Errorf("the next opens on %v, %v", next, err)
	}
}

// TestReviewRules: the database itself holds who decides on whom, and when a review is signed.
func TestReviewRules(t *testing.T) {
	f := newForce(t)
	id, err := f.OpenReview(t.Context(), f.agency, 30, 6, by)
	if err != nil {
		t.Fatal(err)
	}
	for name, refused := range map[string]error{
		"oneself":                       f.decide(t, id, f.adm, api.ReviewKeep, f.adm),
		"an office by the agency's own": f.decide(t, id, f.local, api.ReviewKeep, f.adm),
		"by who administers nothing":    f.decide(t, id, f.officer, api.ReviewKeep, f.leaver),
		"signed while some are left":    f.SignReview(t.Context(), id, f.adm, by),
		"an unknown decision":           f.decide(t, id, f.adm, "perhaps", f.officer),
	} {
		if refused == nil {
			t.Errorf("the database takes: %s", name)
		}
	}
	for _, err := range []error{
		f.decide(t, id, f.local, api.ReviewKeep, f.officer), f.decide(t, id, f.local, api.ReviewLeave, f.leaver),
		f.decide(t, id, f.adm, api.ReviewKeep, f.local),
	} {
		if err != nil {
			t.Fatal(err)
		}
	}
	if err := f.SignReview(t.Context(), id, f.local, by); err == nil || !strings.Contains(err.Error(), "not everybody") {
		t.Errorf("signed with one left = %v", err)
	}
	f.moveAway(t, f.adm) // who is another agency's need not be decided on
	if err := f.SignReview(t.Context(), id, f.local, by); err != nil {
		t.Fatal(err)
	}
	if err := f.decide(t, id, f.local, api.ReviewLeave, f.officer); err == nil {
		t.Error("a review that was signed off changes")
	}
	if err := f.SignReview(t.Context(), id, f.local, by); err == nil {
		t.Error("a review is signed off twice")
	}
	items, total, err := f.ReviewItems(t.Context(), id, api.AccessReviewFilter{Page: 1, PerPage: 2})
	if err != nil || total != 4 || len(items) != 2 || !items[0].Gone || items[1].Decision != api.ReviewKeep || items[1].DecidedBy.ID != f.adm {
		t.Errorf("items = %+v of %d, %v", items, total, err)
	}
	if open, left, err := f.ReviewItems(t.Context(), id, api.AccessReviewFilter{Undecided: true, Page: 1, PerPage: 9}); err != nil || left != 0 || len(open) != 0 {
		t.Errorf("undecided are %+v, %v", open, err)
	}
	acts := actsIn(t, f.owner)
	if want := []string{"access-review.open", "access-review.decide", "access-review.decide", "access-review.decide", "access-review.sign"}; !slices.Equal(acts, want) {
		t.Errorf("events = %v, want %v", acts, want)
	}
}

// TestWhoWasDecidedOn: who was decided on at once stands in the audit, each by id, however many they are.
func TestWhoWasDecidedOn(t *testing.T) {
	f := newForce(t)
	var agency string
	if err := f.owner.QueryRow(t.Context(), `SELECT agency FROM access.user_account WHERE id = $1`, f.local).Scan(&agency); err != nil {
		t.Fatal(err)
	}
	f.exec(t, `INSERT INTO access.user_account (email, name, agency) SELECT 'many' || n || '@a.example', 'Many ' || n, $1 FROM generate_series(1, 130) n`, agency)
	review, err := f.OpenReview(t.Context(), agency, 14, 0, by)
	if err != nil {
		t.Fatal(err)
	}
	items, _, err := f.ReviewItems(t.Context(), review, api.AccessReviewFilter{Page: 1, PerPage: 500})
	if err != nil {
		t.Fatal(err)
	}
	var users, named []string
	for _, i := range items {
		if i.User != f.adm {
			users = append(users, i.User)
		}
	}
	if err := f.decide(t, review, f.adm, api.ReviewKeep, users...); err != nil {
		t.Fatal(err)
	}
	rows, err := f.owner.Query(t.Context(), `SELECT d.value, e.detail ->> 'subject' FROM audit.event e, jsonb_each_text(e.detail) d
		WHERE e.act = 'access-review.decide' AND d.key LIKE 'users%'`)
	_, err = pg.Collect(rows, err, func(r *pg.Rows) (string, error) {
		var ids, subject string
		err := r.Scan(&ids, &subject)
		if named = append(named, strings.Fields(ids)...); !strings.Contains(subject, " more") || len(ids) > 512 {
			t.Errorf("an event is about %q, %d bytes of ids", subject, len(ids))
		}
		return "", err
	})
	slices.Sort(users)
	slices.Sort(named)
	if err != nil || len(users) < 130 || !slices.Equal(users, named) {
		t.Errorf("of %d people %d are named, %v", len(users), len(named), err)
	}
}

// TestReviewOfOneself: who is the only one of an agency does not sign its review off.
func TestReviewOfOneself(t *testing.T) {
	f := newForce(t)
	f.moveAway(t, f.adm, f.officer, f.leaver)
	id, err := f.OpenReview(t.Context(), f.agency, 30, 0, by)
	if err != nil {
		t.Fatal(err)
	}
	if err := f.decide(t, id, f.adm, api.ReviewKeep, f.local); err != nil {
		t.Fatal(err)
	}
	if err := f.SignReview(t.Context(), id, f.local, by); err == nil || !strings.Contains(err.Error(), "themselves alone") {
		t.Errorf("signed off by the only one in it = %v", err)
	}
	if err := f.SignReview(t.Context(), id, f.adm, by); err != nil {
		t.Error(err)
	}
}

// TestMoverInReview: whoever has moved to another agency stands in the old one's review as they were,
// and nothing is told of what they are now.
func TestMoverInReview(t *testing.T) {
	f := newForce(t)
	id, err := f.OpenReview(t.Context(), f.agency, 30, 6, by)
	if err != nil {
		t.Fatal(err)
	}
	before, err := f.ReviewItemsOf(t.Context(), id, []string{f.officer})
	if err != nil {
		t.Fatal(err)
	}
	f.moveAway(t, f.officer)
	f.exec(t, `UPDATE access.user_account SET name = 'New Name', email = 'new@elsewhere.example' WHERE id = '`+f.officer+`'`)
	f.exec(t, `UPDATE access.user_role SET role = 'clinician' WHERE user_id = '`+f.officer+`'`)
	got, err := f.ReviewItemsOf(t.Context(), id, []string{f.officer})
	if err != nil || len(got) != 1 {
		t.Fatalf("the mover is %+v, %v", got, err)
	}
	want := before[0]
	want.Gone, want.Email, want.Roles, want.LastSeen = true, "", []string{}, nil
	if diff := cmp.Diff(want, got[0], cmpopts.EquateEmpty()); diff != "" {
		t.Errorf("the mover (-want +got):\n%s", diff)
	}
}
