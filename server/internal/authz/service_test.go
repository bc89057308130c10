package authz_test

import (
	"context"
	"log/slog"
	"net/netip"
	"sync"
	"testing"
	"time"

	"github.com/google/uuid"

	camigrations "mais/ca/migrations"
	"mais/certs"
	"mais/internal/pg"
	"mais/internal/pg/pgtest"
	"mais/server/internal/audit"
	"mais/server/internal/authn"
	"mais/server/internal/authn/authntest"
	"mais/server/internal/authz"
	"mais/server/internal/authz/internal/data"
	"mais/server/internal/authz/internal/policy"
	"mais/server/internal/record"
	"mais/server/internal/record/recordtest"
	"mais/server/migrations"
)

// fixture is a service over a database of its own with one person, the canary, in it.
type fixture struct {
	*authz.Service
	t       *testing.T
	db      *pgtest.Database
	log     *audit.Log
	person  string // the canary's id
	between func() // runs after reading and before the event is appended
	recheck func(p authn.Principal, status, access int64) error
}

func newFixture(t *testing.T) *fixture {
	f := &fixture{t: t, db: pgtest.New(t, camigrations.Set, migrations.Set), between: func() {},
		recheck: func(authn.Principal, int64, int64) error { return nil }}
	f.log = audit.New(f.db.Open(t, pg.Audit), audit.Options{Node: "test", Logger: slog.New(slog.DiscardHandler)})
	ctx, stop := context.WithCancel(t.Context())
	var run sync.WaitGroup
	run.Go(func() { f.log.Run(ctx) })
	t.Cleanup(func() { stop(); run.Wait() })
	f.load(recordtest.Canary())
	f.Service = f.service(f)
	if err := f.db.Owner().QueryRow(t.Context(), `SELECT id FROM record.person`).Scan(&f.person); err != nil {
		t.Fatal(err)
	}
	return f
}

func (f *fixture) service(ledger authz.Ledger) *authz.Service {
	s, err := authz.New(f.t.Context(), authz.Options{Source: f.db.Source(), Ledger: ledger, Recheck: f})
	if err != nil {
		f.t.Fatal(err)
	}
	f.t.Cleanup(func() {
		if err := s.Close(); err != nil {
			f.t.Errorf("Close: %v", err)
		}
	})
	return s
}

// Append, Recheck and the questions to the trail make the fixture the service's ledger and rechecker.
func (f *fixture) Append(ctx context.Context, e audit.Event) (audit.Receipt, error) {
	f.between()
	return f.log.Append(ctx, e)
}

func (f *fixture) About(ctx context.Context, e audit.Event, person string, limit int) (audit.Sealed[[]audit.Entry], error) {
	return f.log.About(ctx, e, person, limit)
}

func (f *fixture) Of(ctx context.Context, e audit.Event, user string, since time.Time, limit int) (audit.Sealed[[]audit.Visit], error) {
	return f.log.Of(ctx, e, user, since, limit)
}

func (f *fixture) Looks(ctx context.Context, e audit.Event, spans []audit.Span) (audit.Sealed[[]int], error) {
	return f.log.Looks(ctx, e, spans)
}

func (f *fixture) Numbered(ctx context.Context, e audit.Event, number string, limit int) (audit.Sealed[[]string], error) {
	return f.log.Numbered(ctx, e, number, limit)
}

func (f *fixture) Tried(ctx context.Context, user, act string, since time.Time) (int, time.Time, error) {
	return f.log.Tried(ctx, user, act, since)
}

func (f *fixture) Recheck(_ context.Context, p authn.Principal, status, access int64) error {
	return f.recheck(p, status, access)
}

// load puts people into the database without asking the service.
func (f *fixture) load(people ...record.Person) {
	f.t.Helper()
	store, err := data.Open(f.t.Context(), f.db.Source())
	if err != nil {
		f.t.Fatal(err)
	}
	defer store.Close()
	all := func(yield func(record.Person, error) bool) {
		for _, p := range people {
			if !yield(p, nil) {
				return
			}
		}
	}
	unaudited := func(*pg.Tx, data.Loaded) error { return nil }
	if _, err := store.Load(f.t.Context(), policy.DecideSystem("import", policy.Create), all, unaudited, nil); err != nil {
		f.t.Fatal(err)
	}
}

func (f *fixture) exec(sql string) {
	f.t.Helper()
	if _, err := f.db.Owner().Exec(f.t.Context(), sql); err != nil {
		f.t.Fatalf("%s: %v", sql, err)
	}
}

// look is an attempt by a user with these roles, with a number of its own.
func (f *fixture) look(roles ...string) authz.Look {
	f.t.Helper()
	identity, err := certs.NewIdentity(certs.User, "11111111-2222-4333-8444-555555555555")
	if err != nil {
		f.t.Fatal(err)
	}
	p := authntest.Principal(f.t, authntest.Facts{Identity: identity, Name: "Ann Other", Agency: "Northmoor Police", Site: "Custody",
		Roles: roles, Certificate: certs.Ref{Issuer: "people-1", Serial: "4f00"}, Session: "session-1"})
	return authz.Look{Principal: p, Request: audit.Event{Request: uuid.NewString(), Listener: "mutual", Method: "POST",
		URI: "/api/v1/people/search", Address: netip.MustParseAddr("127.0.0.1")}}
}

// events returns what the log says of an attempt, in order.
func (f *fixture) events(l authz.Look) []audit.Entry {
	f.t.Helper()
	var entries []audit.Entry
	for e, err := range f.log.List(f.t.Context(), audit.Event{}, audit.Filter{Request: l.Request.Request}) {
		if err != nil {
			f.t.Fatal(err)
		}
		entries = append(entries, e)
	}
	return entries
}

// wantEvents compares the attempt's events by "outcome reason".
func (f *fixture) wantEvents(l authz.Look, want ...string) []audit.Entry {
	f.t.Helper()
	entries := f.events(l)
	var got []string
	for _, e := range entries {
		text := string(e.Outcome)
		if e.Reason != "" {
			text += " " + e.Reason
		}
		got = append(got, text)
	}
	if len(got) != len(want) {
		f.t.Fatalf("events = %q, want %q", got, want)
	}
	for n := range got {
		if got[n] != want[n] {
			f.t.Fatalf("events = %q, want %q", got, want)
		}
	}
	return entries
}
