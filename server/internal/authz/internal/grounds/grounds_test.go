package grounds_test

import (
	"crypto/sha256"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	camigrations "mais/ca/migrations"
	"mais/internal/pg"
	"mais/internal/pg/pgtest"
	"mais/server/internal/authz/internal/grounds"
	"mais/server/migrations"
)

const (
	officer  = "11111111-2222-4333-8444-000000000001"
	reviewer = "11111111-2222-4333-8444-000000000002" // a governance officer
	gone     = "11111111-2222-4333-8444-000000000003" // was one
	clerk    = "11111111-2222-4333-8444-000000000004" // an administrator
	away     = "11111111-2222-4333-8444-000000000005" // a governance officer of another agency
	person   = "5ad8b9f6-7c1e-4a52-9f0d-000000000001"
	person2  = "5ad8b9f6-7c1e-4a52-9f0d-000000000002"
	why      = "He is unconscious in cell 4"
)

var custody = grounds.Purpose{Reason: "custody", Number: "50KY/1234/26"}

// session is a user's session of this name.
func session(user, name string) grounds.Caller {
	return grounds.Caller{Session: sha256.Sum256([]byte(name)), User: user}
}

type fixture struct {
	*grounds.Store
	t *testing.T
	d *pgtest.Database
}

// newFixture returns a store with users and sessions: two live ones of the officer, "one" and
// "two", one that has ended, "over", and one of the reviewer, "review".
func newFixture(t *testing.T) fixture {
	d := pgtest.New(t, camigrations.Set, migrations.Set)
	f := fixture{t: t, d: d}
	f.exec(`INSERT INTO access.agency (id, name, kind) VALUES ('` + officer + `', 'Northmoor Police', 'police'), ('` + away + `', 'Eastvale Trust', 'health');
		INSERT INTO access.site (id, agency, name) VALUES ('` + officer + `', '` + officer + `', 'Custody')`)
	for id, u := range map[string]struct{ name, agency, role, left string }{
		officer: {"Ann Other", officer, "police_officer", "NULL"}, reviewer: {"Rae Viewer", officer, "governance_officer", "NULL"},
		gone: {"Gone Before", officer, "governance_officer", "now()"}, clerk: {"Cle Rk", officer, "administrator", "NULL"},
		away: {"Far Away", away, "governance_officer", "now() + interval '1 day'"},
	} {
		f.exec(fmt.Sprintf(`INSERT INTO access.user_account (id, email, name, agency, left_at) VALUES ('%[1]s', '%[1]s@a', '%[2]s', '%[3]s', %[5]s);
			INSERT INTO access.user_role (user_id, role) VALUES ('%[1]s', '%[4]s')`, id, u.name, u.agency, u.role, u.left))
	}
	for name, user := range map[string]string{"one": officer, "two": officer, "over": officer, "review": reviewer} {
		f.exec(`INSERT INTO access.session (id_hash, user_id, issuer, serial, listener, site)
			VALUES (sha256('` + name + `'), '` + user + `', 'people-1', '4f', 'mutual', '` + officer + `')`)
	}
	f.endSession("over")
	f.people(person, person2)
	store, err := grounds.Open(t.Context(), d.Source())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := store.Close(); err != nil {
			t.Errorf("Close: %v", err)
		}
	})
	f.Store = store
	return f
}

func (f fixture) exec(sql string) {
	f.t.Helper()
	if _, err := f.d.Owner().Exec(f.t.Context(), sql); err != nil {
		f.t.Fatalf("%s: %v", sql, err)
	}
}

// people makes that there are people with these ids.
func (f fixture) people(ids ...string) {
	f.t.Helper()
	for _, id := range ids {
		f.exec(`INSERT INTO record.person (id, source, source_reference) VALUES ('` + id + `', 'test', '` + id + `')`)
	}
}

func (f fixture) endSession(name string) {
	f.t.Helper()
	f.exec(`UPDATE access.session SET ended_at = now(), end_reason = 'sign-out' WHERE id_hash = sha256('` + name + `')`)
}

// expire moves every emergency access 31 minutes back, as if so much time had passed.
func (f fixture) expire() {
	f.t.Helper()
	f.exec(`ALTER TABLE access.emergency DISABLE TRIGGER guard;
		UPDATE access.emergency SET began_at = began_at - interval '31 minutes', ends_at = ends_at - interval '31 minutes',
			ended_at = ended_at - interval '31 minutes';
		ALTER TABLE access.emergency ENABLE ALWAYS TRIGGER guard`)
}

func settled(*pg.Tx) error { return nil }

func (f fixture) give(c grounds.Caller, person string) {
	f.t.Helper()
	if err := f.Give(f.t.Context(), c, person, custody, settled); err != nil {
		f.t.Fatal(err)
	}
}

func (f fixture) begin(c grounds.Caller, person string) (e grounds.Emergency, began bool) {
	f.t.Helper()
	e, err := f.Begin(f.t.Context(), c, person, why, custody, func(_ *pg.Tx, _ grounds.Emergency, b bool) error {
		began = b
		return nil
	})
	if err != nil {
		f.t.Fatal(err)
	}
	return e, began
}

// found is the grounds that a session has: "none", or the reason and whether an emergency is on.
func (f fixture) found(c grounds.Caller, person string) string {
	f.t.Helper()
	p, e, err := f.Find(f.t.Context(), c, person)
	switch {
	case errors.Is(err, grounds.ErrNone) && p == (grounds.Purpose{}) && e == (grounds.Emergency{}):
		return "none"
	case err != nil:
		f.t.Fatal(err)
	}
	on, err := f.On(f.t.Context(), c, e)
	if e.ID == "" {
		return p.Reason + " " + p.Number
	}
	if err != nil || !on || e.Person != person {
		f.t.Fatalf("Find gives %+v, which On says is on = %v, %v", e, on, err)
	}
	return p.Reason + " " + p.Number + ", emergency"
}

// A reason is good for one person in one session of one user, and ends with the session.
func TestReason(t *testing.T) {
	f := newFixture(t)
	one, two := session(officer, "one"), session(officer, "two")
	f.give(one, person)
	for name, test := range map[string]struct {
		c      grounds.Caller
		person string
		want   string
	}{
		"its own":            {one, person, "custody 50KY/1234/26"},
		"another person":     {one, person2, "none"},
		"another session":    {two, person, "none"},
		"another user":       {session(reviewer, "one"), person, "none"},
		"a session not ours": {session(officer, "none"), person, "none"},
	} {
		if got := f.found(test.c, test.person); got != test.want {
			t.Errorf("%s: grounds = %q, want %q", name, got, test.want)
		}
	}
	if err := f.Give(t.Context(), one, person, grounds.Purpose{Reason: "other", Explanation: "asked by the duty solicitor"}, settled); err != nil {
		t.Errorf("a second reason: %v", err)
	}
	if got := f.found(one, person); got != "other " {
		t.Errorf("after a second reason the grounds = %q, want the second alone", got)
	}
	f.endSession("one")
	if got := f.found(one, person); got != "none" {
		t.Errorf("after the session's end the grounds = %q, want none", got)
	}
	for name, c := range map[string]grounds.Caller{"over": session(officer, "over"), "another's": session(reviewer, "two"), "unknown": session(officer, "x")} {
		if err := f.Give(t.Context(), c, person, custody, settled); !errors.Is(err, grounds.ErrOver) {
			t.Errorf("Give in a session that is %s = %v, want ErrOver", name, err)
		}
		_, err := f.Begin(t.Context(), c, person, why, custody, func(*pg.Tx, grounds.Emergency, bool) error { return nil })
		if !errors.Is(err, grounds.ErrOver) {
			t.Errorf("Begin in a session that is %s = %v, want ErrOver", name, err)
		}
	}
}

// What settle refuses is not there.
func TestNothingWithoutSettling(t *testing.T) {
	f := newFixture(t)
	one, no := session(officer, "one"), errors.New("no")
	if err := f.Give(t.Context(), one, person, custody, func(*pg.Tx) error { return no }); !errors.Is(err, no) || f.found(one, person) != "none" {
		t.Errorf("Give = %v, grounds %q", err, f.found(one, person))
	}
	f.give(one, person)
	_, err := f.Begin(t.Context(), one, person, why, custody, func(*pg.Tx, grounds.Emergency, bool) error { return no })
	if !errors.Is(err, no) || strings.Contains(f.found(one, person), "emergency") {
		t.Errorf("Begin = %v, grounds %q", err, f.found(one, person))
	}
	e, _ := f.begin(one, person)
	if err := f.End(t.Context(), one, person, func(*pg.Tx, string) error { return no }); !errors.Is(err, no) || !strings.Contains(f.found(one, person), "emergency") {
		t.Errorf("End = %v, grounds %q", err, f.found(one, person))
	}
	f.end(one, person)
	err = f.Review(t.Context(), e.ID, reviewer, true, "", func(*pg.Tx, string) error { return no })
	if review, rerr := f.ReviewOf(t.Context(), e.ID); !errors.Is(err, no) || rerr != nil || review.ReviewedAt != nil {
		t.Errorf("Review = %v, and then %+v, %v", err, review, rerr)
	}
}

func TestEmergency(t *testing.T) {
	f := newFixture(t)
	one, two := session(officer, "one"), session(officer, "two")
	for _, c := range []grounds.Caller{one, two} {
		f.give(c, person)
		f.give(c, person2)
	}
	e, began := f.begin(one, person)
	if !began || e.Person != person || e.Ends.Sub(e.Began) != 30*time.Minute || time.Since(e.Began).Abs() > time.Minute {
		t.Errorf("Begin = %+v, began %v, want half an hour from now", e, began)
	}
	if again, began := f.begin(one, person); began || again != e {
		t.Errorf("a second Begin = %+v, began %v, want the first", again, began)
	}
	for name, test := range map[string]struct {
		c      grounds.Caller
		person string
	}{"another person": {one, person2}, "another session": {two, person}} {
		if got := f.found(test.c, test.person); strings.Contains(got, "emergency") {
			t.Errorf("%s has %q", name, got)
		}
		if on, err := f.On(t.Context(), test.c, grounds.Emergency{ID: e.ID, Person: test.person}); err != nil || on {
			t.Errorf("%s: On = %v, %v", name, on, err)
		}
	}
	if _, began := f.begin(two, person); !began {
		t.Error("another session cannot have its own")
	}
}

// Emergency access stops in three ways, and another one may begin after the first two.
func TestEmergencyStops(t *testing.T) {
	one := session(officer, "one")
	for _, test := range []struct {
		name  string
		stop  func(fixture)
		again bool
	}{
		{"it is ended", func(f fixture) { f.end(one, person) }, true},
		{"its time passes", func(f fixture) { f.expire() }, true},
		{"its session ends", func(f fixture) { f.endSession("one") }, false},
	} {
		f := newFixture(t)
		f.give(one, person)
		e, _ := f.begin(one, person)
		if all, err := f.Emergencies(t.Context(), one); err != nil || len(all) != 1 || all[0] != e {
			t.Fatalf("%s: before, Emergencies = %+v, %v, want %+v", test.name, all, err, e)
		}
		test.stop(f)
		on, err := f.On(t.Context(), one, e)
		all, err2 := f.Emergencies(t.Context(), one)
		if err != nil || err2 != nil || on || len(all) != 0 || strings.Contains(f.found(one, person), "emergency") {
			t.Errorf("%s: On = %v, %v; Emergencies = %+v, %v; grounds %q, want it off", test.name, on, err, all, err2, f.found(one, person))
		}
		if got := f.end(one, person); got != "" {
			t.Errorf("%s: it is ended once more: %q", test.name, got)
		}
		if !test.again {
			continue
		}
		if next, began := f.begin(one, person); !began || next.ID == e.ID {
			t.Errorf("%s: afterwards Begin = %+v, began %v, want another one", test.name, next, began)
		}
	}
}

// end ends emergency access and returns which.
func (f fixture) end(c grounds.Caller, person string) (ended string) {
	f.t.Helper()
	err := f.End(f.t.Context(), c, person, func(_ *pg.Tx, id string) error {
		ended = id
		return nil
	})
	if err != nil {
		f.t.Fatal(err)
	}
	return ended
}

// However many sessions ask at once for however many people, no more begin than a user may
// have.
func TestTooManyAtOnce(t *testing.T) {
	f := newFixture(t)
	var clients sync.WaitGroup
	var began, refused atomic.Int32
	for n := range 12 {
		who := fmt.Sprintf("5ad8b9f6-7c1e-4a52-9f0d-1000000000%02d", n)
		f.people(who)
		clients.Go(func() {
			_, err := f.Begin(t.Context(), session(officer, []string{"one", "two"}[n%2]), who, why, custody, func(*pg.Tx, grounds.Emergency, bool) error { return nil })
			switch {
			case err == nil:
				began.Add(1)
			case errors.Is(err, grounds.ErrTooMany):
				refused.Add(1)
			default:
				t.Errorf("Begin = %v", err)
			}
		})
	}
	clients.Wait()
	if began.Load() != grounds.MaxOn || refused.Load() != 12-grounds.MaxOn {
		t.Errorf("%d began and %d were refused, want %d and the rest", began.Load(), refused.Load(), grounds.MaxOn)
	}
	f.endSession("one") // those of a session that is over are over
	f.endSession("two")
	if _, began := f.begin(session(reviewer, "review"), person); !began {
		t.Error("another user cannot begin")
	}
}

// Nobody is looked at who is not there.
func TestNobody(t *testing.T) {
	f := newFixture(t)
	one, none := session(officer, "one"), "5ad8b9f6-7c1e-4a52-9f0d-00000000ffff"
	if err := f.Give(t.Context(), one, none, custody, settled); !errors.Is(err, grounds.ErrNobody) {
		t.Errorf("Give = %v, want ErrNobody", err)
	}
	_, err := f.Begin(t.Context(), one, none, why, custody, func(*pg.Tx, grounds.Emergency, bool) error { return nil })
	if !errors.Is(err, grounds.ErrNobody) {
		t.Errorf("Begin = %v, want ErrNobody", err)
	}
}

// Reasons of sessions that ended a day ago go with the next that is given, a hundred at a time.
func TestSweep(t *testing.T) {
	f := newFixture(t)
	f.exec(`INSERT INTO record.person (id, source, source_reference) SELECT gen_random_uuid(), 'crowd', n::text FROM generate_series(1, 150) n;
		INSERT INTO access.purpose (session, person, reason, given_at)
			SELECT sha256('two'), id, 'custody', now() - interval '26 hours' FROM record.person WHERE source = 'crowd'`)
	one := session(officer, "one")
	for _, test := range []struct {
		name, before string
		left         int
	}{
		{"the session lives", `SELECT 1`, 151},
		{"it ended just now", `UPDATE access.session SET ended_at = now(), end_reason = 'timeout' WHERE id_hash = sha256('two')`, 151},
		{"it ended a day ago", `ALTER TABLE access.session DISABLE TRIGGER guard;
			UPDATE access.session SET ended_at = now() - interval '25 hours' WHERE id_hash = sha256('two');
			ALTER TABLE access.session ENABLE ALWAYS TRIGGER guard`, 51},
		{"once more", `SELECT 1`, 1},
	} {
		f.exec(test.before)
		f.give(one, person)
		var left int
		if err := f.d.Owner().QueryRow(t.Context(), `SELECT count(*) FROM access.purpose`).Scan(&left); err != nil || left != test.left {
			t.Errorf("%s: %d reasons are left, %v, want %d", test.name, left, err, test.left)
		}
	}
}

// However many ask at once, one begins.
func TestBeginAtOnce(t *testing.T) {
	f := newFixture(t)
	one := session(officer, "one")
	var clients sync.WaitGroup
	ids, began := make([]string, 12), make([]bool, 12)
	for n := range ids {
		clients.Go(func() {
			e, err := f.Begin(t.Context(), one, person, why, custody, func(_ *pg.Tx, _ grounds.Emergency, b bool) error {
				began[n] = b
				return nil
			})
			if err != nil {
				t.Errorf("Begin: %v", err)
			}
			ids[n] = e.ID
		})
	}
	clients.Wait()
	first := 0
	for n := range ids {
		if began[n] {
			first++
		}
		if ids[n] != ids[0] {
			t.Errorf("two began: %s and %s", ids[0], ids[n])
		}
	}
	if first != 1 {
		t.Errorf("%d began, want one", first)
	}
}

func TestHolders(t *testing.T) {
	f := newFixture(t)
	for _, test := range []struct {
		but   string
		limit int
		want  string
	}{
		{officer, 20, "[{Rae Viewer Northmoor Police} {Far Away Eastvale Trust}]"},
		{reviewer, 20, "[{Far Away Eastvale Trust}]"},
		{officer, 1, "[{Rae Viewer Northmoor Police}]"},
		{"", 20, "[{Far Away Eastvale Trust} {Rae Viewer Northmoor Police}]"},
	} {
		got, err := f.Holders(t.Context(), "governance_officer", test.but, test.limit)
		if err != nil || fmt.Sprint(got) != test.want {
			t.Errorf("Holders(but %q, %d) = %v, %v, want %s", test.but, test.limit, got, err, test.want)
		}
	}
}

func TestReview(t *testing.T) {
	f := newFixture(t)
	one, two := session(officer, "one"), session(officer, "two")
	first, _ := f.begin(one, person)
	f.expire()
	second, _ := f.begin(two, person2)
	third, _ := f.begin(session(reviewer, "review"), person)
	f.endSession("two")
	about := ""
	for _, who := range []string{reviewer, away} {
		want := grounds.ErrOn
		if who == reviewer {
			want = grounds.ErrOwn
		}
		if err := f.Review(t.Context(), third.ID, who, true, "", func(*pg.Tx, string) error { return nil }); !errors.Is(err, want) {
			t.Errorf("Review of one that is on by %s = %v, want %v", who, err, want)
		}
	}
	note := func(_ *pg.Tx, person string) error {
		about = person
		return nil
	}
	if err := f.Review(t.Context(), second.ID, reviewer, true, "A line\nand another", note); err != nil || about != person2 {
		t.Errorf("Review = %v, about %q", err, about)
	}
	for _, test := range []struct {
		id, reviewer string
		want         error
	}{
		{second.ID, reviewer, grounds.ErrReviewed}, {second.ID, away, grounds.ErrReviewed}, {third.ID, reviewer, grounds.ErrOwn},
		{first.ID, officer, grounds.ErrOwn}, {"5ad8b9f6-7c1e-4a52-9f0d-00000000ffff", reviewer, grounds.ErrUnknown},
	} {
		if err := f.Review(t.Context(), test.id, test.reviewer, false, "", note); !errors.Is(err, test.want) {
			t.Errorf("Review(%s) by %s = %v, want %v", test.id, test.reviewer, err, test.want)
		}
	}
	for _, who := range []string{gone, clerk} { // the database knows who may
		if err := f.Review(t.Context(), first.ID, who, false, "", note); err == nil {
			t.Errorf("Review by %s = nil error", who)
		}
	}
	for _, test := range []struct {
		place grounds.Place
		limit int
		want  []string
	}{
		{grounds.Place{}, 9, []string{first.ID, third.ID}}, {grounds.Place{}, 1, []string{first.ID}}, {grounds.Place{After: first.ID}, 9, []string{third.ID}},
		{grounds.Place{After: third.ID}, 9, nil}, {grounds.Place{After: officer}, 9, nil}, {grounds.Place{After: second.ID}, 9, []string{third.ID}},
		{grounds.Place{Order: grounds.NewestWaiting}, 9, []string{third.ID, first.ID}},
		{grounds.Place{Order: grounds.NewestWaiting, After: third.ID}, 9, []string{first.ID}},
		{grounds.Place{Order: grounds.LastReviewed}, 9, []string{second.ID}}, {grounds.Place{Order: grounds.LastReviewed, After: second.ID}, 9, nil},
	} {
		reviews, err := f.Reviews(t.Context(), test.place, test.limit)
		var got []string
		for _, r := range reviews {
			got = append(got, r.ID)
		}
		if err != nil || !slices.Equal(got, test.want) {
			t.Errorf("Reviews(%+v, %d) = %v, %v, want %v", test.place, test.limit, got, err, test.want)
		}
	}
	if n, err := f.Waiting(t.Context()); err != nil || n != 2 {
		t.Errorf("Waiting = %d, %v, want 2", n, err)
	}
	if _, err := f.ReviewOf(t.Context(), officer); !errors.Is(err, grounds.ErrUnknown) {
		t.Errorf("ReviewOf of none = %v, want ErrUnknown", err)
	}
	waits, err := f.ReviewOf(t.Context(), first.ID)
	if err != nil {
		t.Fatal(err)
	}
	done, err := f.ReviewOf(t.Context(), second.ID)
	if err != nil {
		t.Fatal(err)
	}
	if waits.User != officer || waits.Name != "Ann Other" || waits.Agency != "Northmoor Police" || waits.Person != person || waits.Why != why ||
		waits.Purpose != custody || waits.ReviewedAt != nil || waits.Ended.Sub(waits.Began) != 30*time.Minute {
		t.Errorf("the one that waits = %+v", waits)
	}
	if done.ReviewedAt == nil || done.Reviewer != "Rae Viewer" || !done.Justified || done.Note != "A line\nand another" || done.Ended.Sub(done.Began) > time.Minute {
		t.Errorf("the one that was reviewed = %+v, want the finding, and the session's end as its end", done)
	}
}
