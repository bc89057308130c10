package authz_test

import (
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"sync"
	"testing"

	"mais/internal/pg"
	"mais/server/api"
	"mais/server/internal/audit"
	"mais/server/internal/authn"
	"mais/server/internal/authz"
)

func (f *fixture) numbers() (status, access int64) {
	f.t.Helper()
	err := f.db.Owner().QueryRow(f.t.Context(), `SELECT (SELECT number FROM ca.status_counter), (SELECT number FROM access.generation)`).
		Scan(&status, &access)
	if err != nil {
		f.t.Fatal(err)
	}
	return status, access
}

// A token that is revoked after the record was read and before the event is durable gets
// nothing: authn is asked with numbers that include the revocation.
func TestRevokedBetweenReadAndRelease(t *testing.T) {
	f := newFixture(t)
	before, _ := f.numbers()
	revoked := sync.OnceFunc(func() { f.exec(`UPDATE ca.status_counter SET number = number + 1`) })
	f.between = revoked
	f.recheck = func(_ authn.Principal, status, _ int64) error {
		if status > before {
			return &authn.Refusal{Kind: authn.Revoked}
		}
		t.Errorf("Recheck at status %d, want at least %d", status, before+1)
		return nil
	}
	l := f.look("clinician")
	shown, err := f.Show(t.Context(), l, f.person)
	if authn.KindOf(err) != authn.Revoked || shown.Sections != nil {
		t.Errorf("Show = %v, %v, want the refusal of a revoked token", shown, err)
	}
	f.wantEvents(l, "allowed", "refused revoked")
}

// Permissions that change while a record is read count before it is released.
func TestPermissionsChangeBetweenReadAndRelease(t *testing.T) {
	f := newFixture(t)
	f.between = sync.OnceFunc(func() {
		f.exec(`DELETE FROM access.permission WHERE role = 'police_officer' AND item LIKE 'risk_factors.%'`)
	})
	f.recheck = func(_ authn.Principal, _, access int64) error {
		if _, now := f.numbers(); access != now {
			t.Errorf("Recheck at access generation %d, want %d", access, now)
		}
		return nil
	}
	l := f.look("police_officer")
	shown, err := f.Show(t.Context(), l, f.person)
	if err != nil || shown.Sections["risk_factors"]["significant_dates"].State != api.StateWithheld ||
		shown.Sections["physical_health"]["epilepsy"].Value == nil {
		t.Errorf("Show = %v, %v, want all but risk_factors", shown, err)
	}
	events := f.wantEvents(l, "allowed", "allowed")
	if !slices.Contains(events[0].Items, "risk_factors.*") || slices.Contains(events[1].Items, "risk_factors.*") {
		t.Errorf("events name %v and then %v", events[0].Items, events[1].Items)
	}

	f.between = sync.OnceFunc(func() { f.exec(`DELETE FROM access.permission WHERE role = 'police_officer'`) })
	l = f.look("police_officer")
	if shown, err := f.Show(t.Context(), l, f.person); !errors.Is(err, authz.ErrDenied) || shown.Sections != nil {
		t.Errorf("Show = %v, %v, want ErrDenied", shown, err)
	}
	f.wantEvents(l, "allowed", "refused not-permitted")
}

// A change that leaves the caller's permissions as they are costs no second reading, and
// one that comes with every look does not go on for ever.
func TestPermissionsKeepChanging(t *testing.T) {
	f := newFixture(t)
	f.between = func() {
		f.exec(`INSERT INTO access.agency (name, kind) VALUES (gen_random_uuid()::text, 'police')`)
	}
	l := f.look("clinician")
	if _, err := f.Show(t.Context(), l, f.person); err != nil {
		t.Errorf("Show while something else changes = %v", err)
	}
	f.wantEvents(l, "allowed")

	n := 0
	f.between = func() {
		n++
		f.exec(fmt.Sprintf(`DELETE FROM access.permission WHERE (role, item, act) IN
			(SELECT role, item, act FROM access.permission WHERE role = 'clinician' ORDER BY item LIMIT %d)`, n))
	}
	l = f.look("clinician")
	if shown, err := f.Show(t.Context(), l, f.person); !errors.Is(err, authz.ErrUnavailable) || shown.Sections != nil {
		t.Errorf("Show while permissions keep changing = %v, %v, want ErrUnavailable", shown, err)
	}
	f.wantEvents(l, "allowed", "allowed", "allowed", "failed unavailable")
}

// auditDown returns a service whose ledger has no database.
func (f *fixture) auditDown() *authz.Service {
	f.t.Helper()
	pool, err := f.db.Source().Open(f.t.Context(), pg.Audit)
	if err != nil {
		f.t.Fatal(err)
	}
	if err := pool.Close(); err != nil {
		f.t.Fatal(err)
	}
	down := audit.New(pool, audit.Options{Logger: slog.New(slog.DiscardHandler)})
	var run sync.WaitGroup
	run.Go(func() { down.Run(f.t.Context()) })
	return f.service(down)
}

// Without the audit's database nothing is released, not even that there is nothing.
func TestAuditDown(t *testing.T) {
	f := newFixture(t)
	s := f.auditDown()
	for _, attempt := range []struct {
		role, id string
	}{
		{"clinician", f.person}, {"police_officer", f.person}, {"administrator", f.person},
		{"clinician", "5ad8b9f6-7c1e-4a52-9f0d-000000000001"}, {"clinician", "x"},
	} {
		shown, err := s.Show(t.Context(), f.look(attempt.role), attempt.id)
		if !errors.Is(err, authz.ErrUnavailable) || !errors.Is(err, audit.ErrUnavailable) || shown.Sections != nil ||
			errors.Is(err, authz.ErrDenied) || errors.Is(err, authz.ErrNotFound) {
			t.Errorf("%s: Show(%s) = %v, %v, want ErrUnavailable and no more", attempt.role, attempt.id, shown, err)
		}
	}
	for _, q := range []authz.Query{{Surname: "canary"}, {Surname: "Nobody"}, {}} {
		found, err := s.Search(t.Context(), f.look("clinician"), q)
		var invalid *authz.InvalidError
		if !errors.Is(err, authz.ErrUnavailable) || found.Results != nil || errors.As(err, &invalid) {
			t.Errorf("Search(%+v) = %v, %v, want ErrUnavailable and no more", q, found, err)
		}
	}
}

// A database that cannot be read is an attempt that failed, and the log has it.
func TestRecordsDown(t *testing.T) {
	f := newFixture(t)
	if err := f.Close(); err != nil {
		t.Fatal(err)
	}
	l := f.look("clinician")
	if _, err := f.Show(t.Context(), l, f.person); !errors.Is(err, authz.ErrUnavailable) || errors.Is(err, audit.ErrUnavailable) {
		t.Errorf("Show without the records = %v, want ErrUnavailable", err)
	}
	f.wantEvents(l, "failed unavailable")
}

// Whatever was served stands in the log, under concurrency too.
func TestServedIsAudited(t *testing.T) {
	f := newFixture(t)
	var clients sync.WaitGroup
	for n := range 40 {
		clients.Go(func() {
			l := f.look([]string{"police_officer", "clinician", "administrator"}[n%3])
			shown, err := f.Show(t.Context(), l, f.person)
			served := err == nil && shown.ID == f.person
			if served != (n%3 != 2) {
				t.Errorf("look %d: served = %v, %v", n, served, err)
			}
			events := f.events(l)
			if len(events) != 1 || served != (events[0].Outcome == audit.Allowed) || !slices.Equal(events[0].Persons, []string{f.person}) {
				t.Errorf("look %d: events = %+v", n, events)
			}
		})
	}
	clients.Wait()
}
