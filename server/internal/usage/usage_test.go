package usage

import (
	"context"
	"errors"
	"log/slog"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"mais/ca/catest"
	camigrations "mais/ca/migrations"
	"mais/certs"
	"mais/internal/pg"
	"mais/internal/pg/pgtest"
	"mais/server/api"
	"mais/server/internal/authn"
	"mais/server/internal/authn/authntest"
	"mais/server/internal/lifecycle"
	"mais/server/internal/people"
	"mais/server/migrations"
)

// now is a Wednesday in summer: London is an hour ahead.
var now = time.Date(2026, 8, 12, 12, 0, 0, 0, time.UTC)

// world is a service over a database with two agencies: of the police one has looked and one
// has not, at the trust somebody has registered and nobody looks.
type world struct {
	*Service
	owner                *pg.DB
	police, trust        string // agencies
	looker, idler, nurse string
}

func newWorld(t *testing.T) *world {
	t.Helper()
	database := pgtest.New(t, camigrations.Set, migrations.Set)
	register, err := people.Open(t.Context(), database.Source(), catest.New(t, database))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { register.Close() })
	w := &world{Service: New(register, slog.New(slog.DiscardHandler)), owner: database.Owner()}
	w.now = func() time.Time { return now }
	w.police, w.trust = w.agency(t, "Police"), w.agency(t, "Trust")
	w.looker, w.idler = w.user(t, "looker", w.police, "police_officer", "2026-06-10"), w.user(t, "idler", w.police, "police_officer", "2026-08-01")
	w.nurse = w.user(t, "nurse", w.trust, "administrator", "2026-08-02")
	w.user(t, "new", w.trust, "clinician", "")
	return w
}

func (w *world) agency(t *testing.T, name string) (id string) {
	t.Helper()
	if err := w.owner.QueryRow(t.Context(), `INSERT INTO access.agency (name, kind) VALUES ($1, 'x') RETURNING id`, name).Scan(&id); err != nil {
		t.Fatal(err)
	}
	return id
}

func (w *world) user(t *testing.T, name, agency, role, registered string) (id string) {
	t.Helper()
	row := w.owner.QueryRow(t.Context(), `INSERT INTO access.user_account (email, name, agency) VALUES ($1 || '@x.example', $1, $2) RETURNING id`, name, agency)
	if err := row.Scan(&id); err != nil {
		t.Fatal(err)
	}
	w.exec(t, `INSERT INTO access.user_role (user_id, role) VALUES ($1, $2)`, id, role)
	w.exec(t, `INSERT INTO access.registration (user_id, registered_at) VALUES ($1, nullif($2, '')::timestamptz)
		ON CONFLICT (user_id) DO UPDATE SET registered_at = excluded.registered_at`, id, registered)
	return id
}

func (w *world) exec(t *testing.T, query string, args ...any) {
	t.Helper()
	if _, err := w.owner.Exec(t.Context(), query, args...); err != nil {
		t.Fatal(err)
	}
}

// did enters an act into the ledger as of a time.
func (w *world) did(t *testing.T, user, agency, act, outcome, at string) {
	t.Helper()
	w.exec(t, `INSERT INTO audit.event (at, act, outcome, user_id, agency) VALUES ($1, $2, $3, $4, $5)`, at, act, outcome, user, agency)
}

func (w *world) as(t *testing.T, user, agency, id, role string) authn.Principal {
	t.Helper()
	who, err := certs.NewIdentity(certs.User, user)
	if err != nil {
		t.Fatal(err)
	}
	return authntest.Principal(t, authntest.Facts{Identity: who, Name: "N", Agency: agency, AgencyID: id, Roles: []string{role}, Session: "session of " + user})
}

// TestReport: the report counts what the ledger and the register hold, a look at ten past
// midnight on the day that London says, refusals not at all, and what comes later too.
func TestReport(t *testing.T) {
	w := newWorld(t)
	w.did(t, w.looker, "Police", "session.start", "allowed", "2026-08-02T23:05:00Z") // Monday in London
	w.did(t, w.looker, "Police", "record.show", "allowed", "2026-08-02T23:10:00Z")
	w.did(t, w.looker, "Police", "record.show", "refused", "2026-08-02T23:11:00Z")
	w.did(t, w.nurse, "Trust", "session.start", "allowed", "2026-08-11T10:00:00Z")
	boss := w.as(t, w.nurse, "Trust", w.trust, "administrator")
	got := w.report(t, boss)
	if diff := cmp.Diff(api.UsageWeek{From: "2026-08-03", Active: 1, Looked: 1, Looks: 1}, got.Weeks[11]); diff != "" || len(got.Weeks) != 13 {
		t.Errorf("the week before, of %d (-want +got):\n%s", len(got.Weeks), diff)
	}
	w.did(t, w.looker, "Police", "record.print", "allowed", "2026-08-11T11:00:00Z")
	got = w.report(t, boss)
	if diff := cmp.Diff(api.UsageWeek{From: "2026-08-10", Active: 2, Looked: 1, Looks: 1}, got.Weeks[12]); diff != "" {
		t.Errorf("this week (-want +got):\n%s", diff)
	}
	police, trust := got.Agencies[0], got.Agencies[1]
	if police.People != 2 || police.Registered != 2 || police.Readers != 2 || police.NeverLooked != 1 || police.Active != 1 || police.Looks != 2 || police.LooksByWeek[11] != 1 {
		t.Errorf("the police: %+v", police)
	}
	if trust.People != 2 || trust.Registered != 1 || trust.Readers != 0 || trust.NeverLooked != 0 || trust.RegisteredByMonth[11] != 1 {
		t.Errorf("the trust: %+v", trust)
	}
	if got.All.People != 4 || got.All.Looks != 2 || got.Months[11] != (api.UsageMonth{From: "2026-08-01", Registered: 2}) || got.Months[9].Registered != 1 {
		t.Errorf("all: %+v, months %+v", got.All, got.Months)
	}
}

// recount counts all days anew, as after the hour in which entries of a past day were made by hand.
func (w *world) recount(t *testing.T) {
	t.Helper()
	w.exec(t, `UPDATE access.use_counted SET at = '-infinity'`)
	if _, err := w.register.CountUse(t.Context()); err != nil {
		t.Fatal(err)
	}
	clear(w.last)
}

func (w *world) report(t *testing.T, p authn.Principal) api.Usage {
	t.Helper()
	w.recount(t)
	u, err := w.Report(t.Context(), p)
	if err != nil {
		t.Fatal(err)
	}
	return u
}

// TestReach: each administrator sees their own, a governance officer the words too, and
// nobody else anything.
func TestReach(t *testing.T) {
	w := newWorld(t)
	officer := w.as(t, w.looker, "Police", w.police, "police_officer")
	if err := w.Answer(t.Context(), officer, "p", NotFound, "  no\nnumber\x00 for the night "); err != nil {
		t.Fatal(err)
	}
	for role, want := range map[string][2]int{"administrator": {2, 0}, "agency_administrator": {1, 0}, "governance_officer": {2, 1}} {
		got := w.report(t, w.as(t, w.idler, "Police", w.police, role))
		if len(got.Agencies) != want[0] || len(got.Words) != want[1] || got.All.Answers.NotFound != 1 {
			t.Errorf("%s sees %d agencies, %d words and the answers %+v", role, len(got.Agencies), len(got.Words), got.All.Answers)
		}
		if want[1] == 1 && got.Words[0].Words != "no number for the night" {
			t.Errorf("the words are %q", got.Words[0].Words)
		}
	}
	for _, role := range []string{"police_officer", "clinician"} {
		if _, err := w.Report(t.Context(), w.as(t, w.idler, "Police", w.police, role)); !errors.Is(err, lifecycle.ErrNotAllowed) {
			t.Errorf("%s: %v, want %v", role, err, lifecycle.ErrNotAllowed)
		}
	}
}

// TestAskedOnce: a look is asked about until it was answered, and answered once.
func TestAskedOnce(t *testing.T) {
	w := newWorld(t)
	p, ctx := w.as(t, w.looker, "Police", w.police, "police_officer"), t.Context()
	asks := func(person string) bool {
		is, err := w.Ask(ctx, p, person)
		if err != nil {
			t.Fatal(err)
		}
		return is
	}
	if !asks("p") {
		t.Error("nobody is asked")
	}
	for _, answer := range []string{Yes, No} {
		if err := w.Answer(ctx, p, "p", answer, strings.Repeat("ä", 300)); err != nil {
			t.Fatal(err)
		}
	}
	if asks("p") || !asks("q") {
		t.Error("asked again about the same look, or not about another")
	}
	var n, letters int
	if err := w.owner.QueryRow(ctx, `SELECT count(*) FILTER (WHERE answer = 'yes'), max(length(words)) FROM access.use_answer`).Scan(&n, &letters); err != nil || n != 1 || letters != maxWords {
		t.Errorf("%d answers, %d letters, %v; want 1, %d", n, letters, err, maxWords)
	}
	if err := w.Answer(ctx, p, "r", "perhaps", ""); !errors.Is(err, ErrAnswer) {
		t.Errorf("another answer: %v, want %v", err, ErrAnswer)
	}
}

// TestNobodysRecord: what is kept names no person, by whatever column.
func TestNobodysRecord(t *testing.T) {
	w := newWorld(t)
	const person = "6f2d6a0e-6a3d-4a43-9c55-5a0b7a1f2f01"
	p := w.as(t, w.looker, "Police", w.police, "police_officer")
	if err := w.Answer(context.Background(), p, person, Yes, ""); err != nil {
		t.Fatal(err)
	}
	var row string
	if err := w.owner.QueryRow(t.Context(), `SELECT a::text FROM access.use_answer a`).Scan(&row); err != nil || strings.Contains(row, person) {
		t.Errorf("kept is %s, %v", row, err)
	}
}
