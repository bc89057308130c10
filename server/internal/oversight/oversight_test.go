package oversight_test

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/netip"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/uuid"

	"mais/ca/catest"
	camigrations "mais/ca/migrations"
	"mais/certs"
	"mais/config"
	"mais/internal/pg"
	"mais/internal/pg/pgtest"
	"mais/server/api"
	"mais/server/internal/audit"
	"mais/server/internal/authn"
	"mais/server/internal/authn/authntest"
	"mais/server/internal/authz"
	"mais/server/internal/lifecycle"
	"mais/server/internal/mail"
	"mais/server/internal/manage"
	"mais/server/internal/oversight"
	"mais/server/internal/people"
	"mais/server/migrations"
)

const (
	officer = "11111111-2222-4333-8444-555555555555"
	dana    = "11111111-2222-4333-8444-000000000001"
	person  = "5ad8b9f6-7c1e-4a52-9f0d-000000000001"
	session = "00112233445566ff"
)

type fixture struct {
	*oversight.Service
	t       *testing.T
	log     *audit.Log
	owner   *pg.DB
	source  pg.Source
	recheck error
	faulty  bool // Recheck panics
}

var errFault = errors.New("a fault")

func open(t *testing.T) *fixture {
	t.Helper()
	db := pgtest.New(t, camigrations.Set, migrations.Set)
	f := &fixture{t: t, owner: db.Owner(), source: db.Source()}
	f.log = audit.New(db.Open(t, pg.Audit), audit.Options{Node: "test", Logger: slog.New(slog.DiscardHandler)})
	ctx, stop := context.WithCancel(t.Context())
	var run sync.WaitGroup
	run.Go(func() { f.log.Run(ctx) })
	t.Cleanup(func() { stop(); run.Wait() })
	register, err := people.Open(t.Context(), db.Source(), catest.New(t, db))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { register.Close() })
	f.Service = oversight.New(oversight.Options{Log: f.log, Recheck: f, Register: register, Alerts: config.Default(t.TempDir()).Alerts, Post: (*mail.Service)(nil), Logger: slog.New(slog.DiscardHandler)})
	return f
}

// Recheck makes the fixture the service's rechecker.
func (f *fixture) Recheck(context.Context, authn.Principal, int64, int64) error {
	if f.faulty {
		panic(errFault)
	}
	return f.recheck
}

// as is an attempt by somebody with these roles, with a number of its own.
func (f *fixture) as(user string, roles ...string) oversight.Look {
	f.t.Helper()
	identity, err := certs.NewIdentity(certs.User, user)
	if err != nil {
		f.t.Fatal(err)
	}
	p := authntest.Principal(f.t, authntest.Facts{Identity: identity, Name: "Gwen Governor", Agency: "Northmoor Police", Roles: roles})
	return oversight.Look{Principal: p, Request: audit.Event{Request: uuid.NewString(), User: user, UserName: "Gwen Governor", Address: netip.MustParseAddr("127.0.0.1")}}
}

func (f *fixture) look() oversight.Look { return f.as(officer, authz.Reviewer) }

func (f *fixture) append(e audit.Event) int64 {
	f.t.Helper()
	r, err := f.log.Append(f.t.Context(), e)
	if err != nil {
		f.t.Fatal(err)
	}
	return r.ID()
}

// events returns the acts and outcomes of the entries of a request.
func (f *fixture) events(l oversight.Look) string {
	f.t.Helper()
	var all []string
	for e, err := range f.log.List(f.t.Context(), audit.Event{}, audit.Filter{Request: l.Request.Request}) {
		if err != nil {
			f.t.Fatal(err)
		}
		all = append(all, fmt.Sprintf("%s %s %s", e.Act, e.Outcome, e.Reason))
	}
	return strings.TrimSpace(strings.Join(all, ", "))
}

func shown(user, name, of string) audit.Event {
	return audit.Event{Act: "record.show", Outcome: audit.Allowed, User: user, UserName: name, Agency: "Northmoor Police", Session: session, Persons: []string{of},
		Detail: map[string]string{"reason": "custody"}}
}

// readings are all there are, by their acts.
func (f *fixture) readings() map[string]func(oversight.Look) error {
	ctx, now := f.t.Context(), time.Now()
	id := f.append(shown(dana, "Dana Whitlock", person))
	return map[string]func(oversight.Look) error{
		oversight.ActSearch:   func(l oversight.Look) error { _, err := f.Search(ctx, l, api.AuditFilter{}); return err },
		oversight.ActEntry:    func(l oversight.Look) error { _, err := f.Entry(ctx, l, id); return err },
		oversight.ActSession:  func(l oversight.Look) error { _, err := f.Story(ctx, l, session); return err },
		oversight.ActPerson:   func(l oversight.Look) error { _, err := f.Looks(ctx, l, person, 0); return err },
		oversight.ActRefusals: func(l oversight.Look) error { _, err := f.Refusals(ctx, l, now.AddDate(0, 0, -1), now); return err },
		oversight.ActFigures:  func(l oversight.Look) error { _, err := f.Figures(ctx, l, now.AddDate(0, 0, -9), now); return err },
		oversight.ActAlerts:   func(l oversight.Look) error { _, err := f.Alerts(ctx, l, 0, true); return err },
		oversight.ActExport: func(l oversight.Look) error {
			_, err := f.Export(ctx, l, api.AuditFilter{From: now.AddDate(0, 0, -1)}, "json")
			return err
		},
	}
}

// TestWhoMay: a governance officer and nobody else, and each attempt is one entry.
func TestWhoMay(t *testing.T) {
	f := open(t)
	for act, read := range f.readings() {
		for _, role := range []string{"police_officer", "clinician", "administrator", "agency_administrator"} {
			l := f.as(officer, role)
			if err := read(l); !errors.Is(err, manage.ErrNotAllowed) {
				t.Errorf("%s by %s = %v, want ErrNotAllowed", act, role, err)
			}
			if got, want := f.events(l), act+" refused not-permitted"; got != want {
				t.Errorf("%s by %s is recorded as %q, want %q", act, role, got, want)
			}
		}
		l := f.look()
		if err := read(l); err != nil {
			t.Errorf("%s = %v", act, err)
		}
		if got, want := f.events(l), act+" allowed"; got != want {
			t.Errorf("%s is recorded as %q, want %q", act, got, want)
		}
	}
}

// TestNothingAfterTheFall: who lost their role or token meanwhile is given nothing.
func TestNothingAfterTheFall(t *testing.T) {
	f := open(t)
	readings := f.readings()
	f.recheck = &authn.Refusal{Kind: authn.AccessChanged}
	for act, read := range readings {
		l := f.look()
		if err := read(l); authn.KindOf(err) != authn.AccessChanged {
			t.Errorf("%s = %v, want a refusal", act, err)
		}
		if got := f.events(l); !strings.HasSuffix(got, act+" refused access-changed") {
			t.Errorf("%s is recorded as %q", act, got)
		}
	}
}

func TestBadQuestions(t *testing.T) {
	f := open(t)
	for field, filter := range map[string]api.AuditFilter{
		"user": {User: "dana"}, "person": {Person: "1"}, "request": {Request: "x"}, "act": {Act: "DROP TABLE"}, "outcome": {Outcome: "maybe"}, "session": {Session: "x"},
		"address": {Address: "10.1"}, "who": {Who: strings.Repeat("x", 201)}, "agency": {Agency: "a\x00"}, "per_page": {PerPage: 501}, "before": {Before: -1},
		"to": {From: time.Now(), To: time.Now().Add(-time.Hour)},
	} {
		l := f.look()
		_, err := f.Search(t.Context(), l, filter)
		var invalid *lifecycle.InvalidError
		if !errors.As(err, &invalid) || len(invalid.Fields) != 1 || invalid.Fields[0].Field != field {
			t.Errorf("Search of a bad %s = %v", field, err)
		}
		if got := f.events(l); !strings.HasPrefix(got, "audit.list failed invalid") {
			t.Errorf("a bad %s is recorded as %q", field, got)
		}
	}
	for name, read := range map[string]func() error{
		"entry":   func() error { _, err := f.Entry(t.Context(), f.look(), 999); return err },
		"session": func() error { _, err := f.Story(t.Context(), f.look(), strings.Repeat("0", 16)); return err },
		"settle":  func() error { return f.Settle(t.Context(), f.look(), 999, "nothing") },
	} {
		if err := read(); !errors.Is(err, manage.ErrUnknown) {
			t.Errorf("an unknown %s = %v, want ErrUnknown", name, err)
		}
	}
}

// TestStory: a session in its order, with its gaps and its end, whoever else touched it.
func TestStory(t *testing.T) {
	f := open(t)
	f.append(audit.Event{Act: "session.start", Outcome: audit.Allowed, User: dana, UserName: "Dana Whitlock", Session: session, Address: netip.MustParseAddr("10.1.2.3")})
	f.append(shown(dana, "Dana Whitlock", person))
	f.append(shown(dana, "Dana Whitlock", person))
	f.append(audit.Event{Act: "session.hijack", Outcome: audit.Refused, UserName: "Thief", Session: session})
	f.append(audit.Event{Act: "session.end", Outcome: audit.Allowed, Reason: "mismatch", User: dana, Session: session})
	f.append(shown(dana, "Dana Whitlock", person[:35]+"2"))
	told, err := f.Story(t.Context(), f.look(), session)
	if err != nil || told.UserName != "Dana Whitlock" || told.Address != "10.1.2.3" || told.People != 2 || told.Ended == nil || told.Reason != "mismatch" || len(told.Steps) != 6 {
		t.Errorf("Story = %+v, %v", told, err)
	}
}

// TestWho: staff are found by their mail address, and by a name that only the ledger still has.
func TestWho(t *testing.T) {
	f := open(t)
	var id string
	err := f.owner.QueryRow(t.Context(), `WITH a AS (INSERT INTO access.agency (name, kind) VALUES ('Agency', 'police') RETURNING id)
		INSERT INTO access.user_account (email, name, agency) SELECT 'sam.sergeant@agency.example', 'Sam Sergeant', id FROM a RETURNING id::text`).Scan(&id)
	if err != nil {
		t.Fatal(err)
	}
	f.append(shown(id, "Sam Sergeant", person))
	f.append(shown(dana, "Dana Whitlock", person))
	for who, want := range map[string]int{"SAM.SERGEANT@agency.example": 1, "serge": 1, "whitlock": 1, "nobody": 0, "%": 0} {
		page, err := f.Search(t.Context(), f.look(), api.AuditFilter{Who: who, Act: "record.show"})
		if err != nil || len(page.Entries) != want || len(page.Users) != want {
			t.Errorf("Search of %q = %d entries of %d users, %v, want %d", who, len(page.Entries), len(page.Users), err, want)
		}
	}
}

func TestPagesAndLookers(t *testing.T) {
	f := open(t)
	for n := range 120 {
		user := dana
		if n%3 == 0 {
			user = dana[:35] + "2"
		}
		f.append(shown(user, "User "+user[35:], person))
	}
	seen, before := 0, int64(0)
	for pages := 0; pages < 4; pages++ {
		page, err := f.Search(t.Context(), f.look(), api.AuditFilter{Person: person, Act: "record.*", Before: before})
		if err != nil {
			t.Fatal(err)
		}
		if seen += len(page.Entries); page.Next == 0 {
			break
		}
		before = page.Next
	}
	if seen != 120 {
		t.Errorf("%d entries in all pages, want 120", seen)
	}
	looks, err := f.Looks(t.Context(), f.look(), person, 0)
	if err != nil || len(looks.Lookers) != 2 || looks.Lookers[0].Looks+looks.Lookers[1].Looks != 120 || len(looks.Entries) != 50 || looks.Next == 0 {
		t.Errorf("Looks = %+v, %v", looks.Lookers, err)
	}
}

// TestExport: what the event counts is what comes, and nothing that is recorded later.
func TestExport(t *testing.T) {
	f := open(t)
	for range 10 {
		f.append(shown(dana, "Dana Whitlock", person))
	}
	l := f.look()
	out, err := f.Export(t.Context(), l, api.AuditFilter{From: time.Now().AddDate(0, 0, -1), Act: "record.show"}, "csv")
	if err != nil || out.Rows != 10 {
		t.Fatalf("Export = %d rows, %v, want 10", out.Rows, err)
	}
	f.append(shown(dana, "Dana Whitlock", person))
	n := 0
	for _, err := range out.Each(t.Context()) {
		if err != nil {
			t.Fatal(err)
		}
		n++
	}
	if n != 10 {
		t.Errorf("%d entries came, want 10", n)
	}
	for e, err := range f.log.List(t.Context(), audit.Event{}, audit.Filter{Request: l.Request.Request}) {
		if err != nil || e.Rows != 10 || e.Detail["act"] != "record.show" || e.Detail["format"] != "csv" || e.Detail["from"] == "" {
			t.Errorf("the export is recorded as %+v, %v", e, err)
		}
	}
	for name, filter := range map[string]api.AuditFilter{"no period": {}, "two years": {From: time.Now().AddDate(-2, 0, 0)}} {
		if _, err := f.Export(t.Context(), f.look(), filter, "csv"); !errors.Is(err, lifecycle.ErrInvalid) {
			t.Errorf("an export of %s = %v, want an invalid one", name, err)
		}
	}
}

// TestExportThatDoesNotBegin: whatever comes in between, a refusal or a fault, the turn is free again.
func TestExportThatDoesNotBegin(t *testing.T) {
	f := open(t)
	export := func() (err error) {
		defer func() {
			if recover() != nil {
				err = errFault
			}
		}()
		_, err = f.Export(t.Context(), f.look(), api.AuditFilter{From: time.Now().AddDate(0, 0, -1)}, "csv")
		return err
	}
	f.recheck = &authn.Refusal{Kind: authn.AccessChanged}
	if err := export(); authn.KindOf(err) != authn.AccessChanged {
		t.Errorf("the reader's role is gone: %v", err)
	}
	f.faulty = true
	if err := export(); !errors.Is(err, errFault) {
		t.Errorf("a fault of ours: %v", err)
	}
	if f.recheck, f.faulty = nil, false; export() != nil {
		t.Error("the turn of an export that never began is kept")
	}
}

// TestSettle: once, with a note, and by nobody about themselves.
func TestSettle(t *testing.T) {
	f := open(t)
	alarm := func(user string) int64 {
		return f.append(audit.Event{Act: "alarm.scraping", Outcome: audit.Allowed, User: user, Detail: map[string]string{"says": "Too many."}})
	}
	theirs, own, look := alarm(dana), alarm(officer), f.append(shown(dana, "Dana", person))
	long := strings.Repeat("note ", 150)
	for _, test := range []struct {
		name string
		id   int64
		note string
		is   error
	}{
		{"without a note", theirs, " ", lifecycle.ErrInvalid}, {"too long", theirs, long + long, lifecycle.ErrInvalid}, {"own", own, "mine", manage.ErrOwn},
		{"no alarm", look, "x", manage.ErrUnknown}, {"with a note", theirs, long, nil}, {"again", theirs, "again", manage.ErrState},
	} {
		l := f.look()
		if err := f.Settle(t.Context(), l, test.id, test.note); !errors.Is(err, test.is) {
			t.Errorf("%s: Settle = %v, want %v", test.name, err, test.is)
		}
		if got := f.events(l); strings.Count(got, "alarm.settled") != 1 || strings.Contains(got, "allowed") != (test.is == nil) {
			t.Errorf("%s: recorded as %q", test.name, got)
		}
	}
	waiting, err := f.Alerts(t.Context(), f.look(), 0, true)
	if err != nil || len(waiting.Alerts) != 1 || waiting.Alerts[0].ID != own || len(waiting.Alerts[0].May) != 0 {
		t.Errorf("what waits = %+v, %v; want the officer's own", waiting, err)
	}
	all, err := f.Alerts(t.Context(), f.look(), 0, false)
	if err != nil || len(all.Alerts) != 2 || all.Alerts[1].SettledBy != "Gwen Governor" || all.Alerts[1].Note != strings.TrimSpace(long) {
		t.Errorf("all = %+v, %v", all, err)
	}
}

func TestFigures(t *testing.T) {
	f := open(t)
	f.append(shown(dana, "Dana", person))
	for _, reason := range []string{"wrong-network: no site", "not-permitted"} {
		f.append(audit.Event{Act: "record.show", Outcome: audit.Refused, Reason: reason, User: dana})
	}
	f.append(audit.Event{Act: "record.show", Outcome: audit.Failed, Reason: "not-found", User: dana})
	now := time.Now()
	got, err := f.Figures(t.Context(), f.look(), now.AddDate(0, 0, -27), now)
	if err != nil || len(got.Days) != 28 || len(got.Hours) != 24 {
		t.Fatalf("Figures = %+v, %v", got, err)
	}
	if last := got.Days[27]; last.Looks != 1 || last.Lookers != 1 || last.Door != 1 || last.Permission != 1 || last.Other != 1 {
		t.Errorf("today = %+v", last)
	}
	refused, err := f.Refusals(t.Context(), f.look(), now.Add(-time.Hour), now.Add(time.Hour))
	if err != nil || len(refused.Groups) != 3 || refused.Total != 3 {
		t.Errorf("Refusals = %+v, %v", refused, err)
	}
	if _, err := f.Figures(t.Context(), f.look(), now.AddDate(-1, 0, 0), now); !errors.Is(err, lifecycle.ErrInvalid) {
		t.Errorf("Figures of a year = %v, want an invalid period", err)
	}
}

// TestGaps: only what a restore recorded makes a gap. A standby that was promoted, and a database that was moved, end
// sessions too and lack nothing.
func TestGaps(t *testing.T) {
	f := open(t)
	for _, e := range []audit.Event{
		{Act: "journal.replay", Outcome: audit.Allowed, Detail: map[string]string{"note": "0 things that 0 entries took away; 3 sessions ended"}},
		{Act: "session.end", Outcome: audit.Allowed, Reason: "restored"}, {Act: "backup.make", Outcome: audit.Allowed},
	} {
		f.append(e)
	}
	list := func(a api.AuditFilter) []api.AuditGap {
		t.Helper()
		page, err := f.Search(t.Context(), f.look(), a)
		if err != nil {
			t.Fatal(err)
		}
		return page.Gaps
	}
	if got := list(api.AuditFilter{}); len(got) != 0 {
		t.Errorf("without a restore there are gaps: %+v", got)
	}
	made := time.Now().Add(-48 * time.Hour).UTC().Truncate(time.Second) // over a change of the clocks too it was another day
	restored := audit.Event{Act: "backup.restore", Outcome: audit.Allowed, Detail: map[string]string{"made": made.Format(time.RFC3339), "at": made.Format(time.RFC3339), "restored": "service"}}
	f.append(restored)
	got := list(api.AuditFilter{})
	if len(got) != 1 || !got[0].From.Equal(made) || !strings.Contains(got[0].Says, made.In(oversight.London).Format("15:04:05 on 2 January 2006")) || !strings.Contains(got[0].Says, "with the service that was there before") {
		t.Errorf("the gap is %+v", got)
	}
	if before, after := list(api.AuditFilter{To: made}), list(api.AuditFilter{From: time.Now()}); len(before)+len(after) != 0 {
		t.Errorf("a period beside the gap has %+v and %+v", before, after)
	}
	f.append(restored) // its note could not be taken away
	f.append(audit.Event{Act: "backup.restore", Outcome: audit.Allowed})
	if again := list(api.AuditFilter{}); len(again) != 1 || again[0] != got[0] {
		t.Errorf("recorded again, and once without when: %+v, want %+v", again, got)
	}
}

// TestGapsOfLists: without a first day a list warns of the gaps that reach into what it shows, each on one page, and of
// those of the last thirty days; for ever only who asks from the beginning is warned.
func TestGapsOfLists(t *testing.T) {
	f := open(t)
	ago := func(days int) time.Time { return time.Now().AddDate(0, 0, -days) }
	who := person
	add := func(days int, act, detail string) {
		t.Helper()
		_, err := f.owner.Exec(t.Context(), `INSERT INTO audit.event (at, act, outcome, user_id, persons, detail) VALUES ($1, $2, 'allowed', $3, $4, $5)`, ago(days), act, dana, []string{who}, detail)
		if err != nil {
			t.Fatal(err)
		}
	}
	restore := func(days int) {
		t.Helper()
		add(days, "backup.restore", fmt.Sprintf(`{"made": %q, "at": "%d"}`, ago(days+1).Format(time.RFC3339), days))
	}
	add(300, "record.show", "{}")
	restore(200)
	add(100, "record.show", "{}")
	add(100, "alarm.spraying", "{}")
	restore(60)
	add(50, "record.show", "{}")
	add(40, "user.add", "{}")
	restore(10)
	who = person[:35] + "3" // looked at once, and long after that on every page
	add(300, "record.show", "{}")
	for range 60 {
		add(5, "record.show", "{}")
	}
	list := func(a api.AuditFilter) api.AuditPage {
		t.Helper()
		page, err := f.Search(t.Context(), f.look(), a)
		if err != nil {
			t.Fatal(err)
		}
		return page
	}
	first := list(api.AuditFilter{Act: "record.show", Person: person, PerPage: 2})
	second := list(api.AuditFilter{Act: "record.show", Person: person, PerPage: 2, Before: first.Next})
	looks, err := f.Looks(t.Context(), f.look(), person, 0)
	if err != nil {
		t.Fatal(err)
	}
	often, err := f.Looks(t.Context(), f.look(), who, 0)
	if err != nil {
		t.Fatal(err)
	}
	nobody, err := f.Looks(t.Context(), f.look(), person[:35]+"2", 0)
	if err != nil {
		t.Fatal(err)
	}
	alerts, err := f.Alerts(t.Context(), f.look(), 0, false)
	if err != nil {
		t.Fatal(err)
	}
	for what, test := range map[string]struct {
		gaps []api.AuditGap
		want int
	}{
		"a first page": {first.Gaps, 2}, "the page after it": {second.Gaps, 1}, "what is newer than the gaps": {list(api.AuditFilter{Act: "user.add"}).Gaps, 1},
		"nothing found": {list(api.AuditFilter{Act: "token.enrol"}).Gaps, 1}, "before the last gap": {list(api.AuditFilter{Act: "user.add", To: ago(20)}).Gaps, 0},
		"a period": {list(api.AuditFilter{Act: "user.add", From: ago(400)}).Gaps, 3}, "who looked": {looks.Gaps, 3}, "who looked often": {often.Gaps, 3}, "nobody looked": {nobody.Gaps, 1},
		"alerts": {alerts.Gaps, 2},
	} {
		if len(test.gaps) != test.want {
			t.Errorf("%s: gaps %+v, want %d", what, test.gaps, test.want)
		}
	}
}

// TestGapsOfNothing: what cannot be answered tells no gap.
func TestGapsOfNothing(t *testing.T) {
	f := open(t)
	f.append(audit.Event{Act: "backup.restore", Outcome: audit.Allowed, Detail: map[string]string{"made": time.Now().Add(-time.Hour).UTC().Format(time.RFC3339)}})
	f.recheck = &authn.Refusal{Kind: authn.AccessChanged}
	gaps, err := oversight.GapsOf(t.Context(), f.Service, f.look())
	if authn.KindOf(err) != authn.AccessChanged || gaps != 0 {
		t.Errorf("a reader whose role is gone is told %d gaps, %v", gaps, err)
	}
}
