package ca_test

import (
	"context"
	"encoding/json"
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"mais/ca"
	"mais/ca/catest"
	"mais/certs"
	"mais/internal/pg"
)

func always(context.Context, certs.Identity) (bool, error) { return true, nil }

// planned makes a plan and gives it lines.
func (f fixture) planned(t testing.TB, p ca.Plan, lines ...string) string {
	t.Helper()
	p.Scope, p.Owner, p.By = "all", catest.Identity(t, certs.User), "Planner"
	id, err := f.MakePlan(context.Background(), p)
	if err != nil {
		t.Fatal(err)
	}
	var all []ca.Line
	for n, text := range lines {
		all = append(all, ca.Line{Number: n + 1, Text: text})
	}
	if err := f.AddLines(context.Background(), id, ca.Filter{}, all); err != nil {
		t.Fatal(err)
	}
	return id
}

func (f fixture) confirm(t testing.TB, id string) {
	t.Helper()
	results, err := f.PlanResults(context.Background(), id)
	if err != nil {
		t.Fatal(err)
	}
	total, _ := ca.Certificates(results)
	err = f.ConfirmPlan(context.Background(), id, total, ca.Confirmation{By: catest.Identity(t, certs.User), As: json.RawMessage(`{}`), Preview: json.RawMessage(`{}`)})
	if err != nil {
		t.Fatal(err)
	}
}

// carryOut runs a plan to its end.
func (f fixture) carryOut(t testing.TB, id string) {
	t.Helper()
	for range 100 {
		finished, err := f.RunPlan(context.Background(), id, time.Minute, always)
		if err != nil {
			t.Fatal(err)
		}
		if finished {
			return
		}
	}
	t.Fatal("the plan does not come to its end")
}

// results are what became of each line of a plan, in order.
func (f fixture) results(t testing.TB, id string) (out []string) {
	t.Helper()
	items, err := f.PlanItems(context.Background(), id, 0, 1000)
	if err != nil {
		t.Fatal(err)
	}
	for _, i := range items {
		out = append(out, i.Result)
	}
	return out
}

func (f fixture) statusOf(t testing.TB, ref certs.Ref) ca.Entry {
	t.Helper()
	e, err := f.Get(context.Background(), ref)
	if err != nil {
		t.Fatal(err)
	}
	return e
}

// Lines as people and spreadsheets write them, each with its result.
func TestPlanLines(t *testing.T) {
	f := newFixture(t)
	a, b := f.Person(t, "A").Ref, f.Person(t, "B").Ref
	twice := f.twice(t)
	id := f.planned(t, ca.Plan{Act: "revoke"},
		a.Serial, "  "+strings.ToUpper(b.Serial[:2])+":"+b.Serial[2:]+"\t", b.String(), "", "not a serial", strings.Repeat("0", 41),
		certs.SerialHex(certs.NewSerial()), "sites-1/"+a.Serial, "PEOPLE/"+a.Serial, "a\x00\x1b[31mb", "\xff\xfe", strings.Repeat("9", 5000), twice, "people-1/"+twice, a.Serial)
	want := []string{"waiting", "waiting", "duplicate", "bad-line", "bad-line", "bad-line",
		"unknown", "unknown", "bad-line", "bad-line", "bad-line", "bad-line", "bad-line", "waiting", "duplicate"}
	if diff := cmp.Diff(want, f.results(t, id)); diff != "" {
		t.Fatalf("results, -want +got:\n%s", diff)
	}
	items, err := f.PlanItems(context.Background(), id, 0, 1000)
	if err != nil {
		t.Fatal(err)
	}
	for _, i := range items {
		if len(i.Text) > 100 || strings.ContainsAny(i.Text, "\x00\x1b") || i.Line != i.N || i.Result != "waiting" && i.Detail == "" {
			t.Errorf("item %+v", i)
		}
	}
	// The same lines once more change nothing.
	if err := f.AddLines(context.Background(), id, ca.Filter{}, []ca.Line{{Number: 1, Text: "other"}, {Number: 15, Text: a.Serial}, {Number: 16, Text: "x"}, {Number: 16, Text: "y"}}); err != nil {
		t.Fatal(err)
	}
	if got := f.results(t, id); len(got) != 16 || got[15] != "bad-line" {
		t.Errorf("after the same lines: %v", got)
	}
}

// twice puts one serial into the inventory under both issuers.
func (f fixture) twice(t testing.TB) string {
	t.Helper()
	serial := f.Person(t, "Twice").Ref.Serial
	_, err := f.db.Owner().Exec(context.Background(), `INSERT INTO ca.certificate (issuer, serial, identity, profile, level, holder, name, not_before, not_after,
		sha256, spki_sha256, der, issued_by) SELECT 'sites-1', serial, identity, profile, level, holder, name, not_before, not_after,
		sha256('x'), spki_sha256, der, issued_by FROM ca.certificate WHERE serial = $1`, serial)
	if err != nil {
		t.Fatal(err)
	}
	return serial
}

// What a plan is confined to is all that it finds.
func TestPlanConfined(t *testing.T) {
	f := newFixture(t)
	ctx, mine, theirs := context.Background(), f.Person(t, "Mine"), f.Person(t, "Theirs")
	id := f.planned(t, ca.Plan{Act: "hold"})
	within := ca.Filter{Confined: true, Identities: []certs.Identity{f.statusOf(t, mine.Ref).Identity}}
	if err := f.AddLines(ctx, id, within, []ca.Line{{Text: mine.Ref.Serial}, {Text: theirs.Ref.Serial}, {Text: theirs.Ref.String()}}); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([]string{"waiting", "unknown", "unknown"}, f.results(t, id)); diff != "" {
		t.Errorf("results, -want +got:\n%s", diff)
	}
	other := f.planned(t, ca.Plan{Act: "hold"})
	if n, err := f.AddCertificates(ctx, other, ca.Filter{Confined: true}); n != 0 || err != nil {
		t.Errorf("AddCertificates of nobody = %d, %v, want 0", n, err)
	}
	if n, err := f.AddCertificates(ctx, other, within); n != 1 || err != nil {
		t.Errorf("AddCertificates of one = %d, %v, want 1", n, err)
	}
}

func TestPlanRefused(t *testing.T) {
	f := newFixture(t)
	for name, p := range map[string]ca.Plan{
		"no act":             {},
		"another act":        {Act: "supersede"},
		"a hold as a reason": {Act: "revoke", Reason: 6},
		"reason 2":           {Act: "revoke", Reason: 2},
		"a hold's reason":    {Act: "hold", Reason: ca.KeyCompromise},
		"a release's date":   {Act: "release", Since: time.Now().Add(-time.Hour)},
		"a date to come":     {Act: "revoke", Since: time.Now().Add(time.Minute)},
		"a long note":        {Act: "hold", Note: strings.Repeat("n", 201)},
		"a note of lines":    {Act: "hold", Note: "a\nb"},
		"a note of no UTF-8": {Act: "hold", Note: "\xff"},
	} {
		p.Owner = catest.Identity(t, certs.User)
		if _, err := f.MakePlan(context.Background(), p); !errors.Is(err, ca.ErrPlan) {
			t.Errorf("%s: MakePlan = %v, want %v", name, err, ca.ErrPlan)
		}
	}
	ctx := context.Background()
	empty := f.planned(t, ca.Plan{Act: "hold"}, "bad")
	if err := f.ConfirmPlan(ctx, empty, 0, ca.Confirmation{}); !errors.Is(err, ca.ErrPlan) {
		t.Errorf("ConfirmPlan of nothing = %v, want %v", err, ca.ErrPlan)
	}
	full := f.planned(t, ca.Plan{Act: "hold"}, f.Person(t, "A").Ref.Serial)
	if err := f.ConfirmPlan(ctx, full, 2, ca.Confirmation{}); !errors.Is(err, ca.ErrPlan) {
		t.Errorf("ConfirmPlan of another list = %v, want %v", err, ca.ErrPlan)
	}
	f.confirm(t, full)
	if err := f.AddLines(ctx, full, ca.Filter{}, []ca.Line{{Text: "x"}}); !errors.Is(err, ca.ErrPlan) {
		t.Errorf("AddLines to a confirmed plan = %v, want %v", err, ca.ErrPlan)
	}
	owner := catest.Identity(t, certs.User)
	for n := range ca.MaxOpen + 1 {
		if _, err := f.MakePlan(ctx, ca.Plan{Act: "hold", Owner: owner}); (err != nil) != (n == ca.MaxOpen) || err != nil && !errors.Is(err, ca.ErrPlan) {
			t.Fatalf("MakePlan number %d = %v", n+1, err)
		}
	}
	if _, err := f.GetPlan(ctx, "7b0a3a0e-6a32-4b3c-9a6c-0c8a6a9c2f10"); !errors.Is(err, ca.ErrNoPlan) {
		t.Errorf("GetPlan of none = %v, want %v", err, ca.ErrNoPlan)
	}
}

// Each act on certificates in every state, with the result of each.
func TestRunPlan(t *testing.T) {
	f := newFixture(t)
	ctx := context.Background()
	since := time.Now().Add(-time.Hour).UTC().Truncate(time.Second)
	for _, test := range []struct {
		plan ca.Plan
		want []string // of one that is active, held, revoked, expired
		then []certs.Status
	}{
		{ca.Plan{Act: "hold"}, []string{"done", "already", "not-allowed", "not-allowed"}, []certs.Status{certs.Held, certs.Held, certs.Revoked, certs.Active}},
		{ca.Plan{Act: "release"}, []string{"already", "done", "not-allowed", "already"}, []certs.Status{certs.Active, certs.Active, certs.Revoked, certs.Active}},
		{ca.Plan{Act: "revoke", Reason: ca.KeyCompromise, Since: since}, []string{"done", "done", "done", "done"}, []certs.Status{certs.Revoked, certs.Revoked, certs.Revoked, certs.Revoked}},
	} {
		t.Run(test.plan.Act, func(t *testing.T) {
			refs := []certs.Ref{f.Person(t, "Active").Ref, f.Person(t, "Held").Ref, f.Person(t, "Revoked").Ref, f.expired(t)}
			if err := errors.Join(f.Hold(ctx, refs[1], "test"), f.Revoke(ctx, refs[2], ca.Unspecified, "test")); err != nil {
				t.Fatal(err)
			}
			id := f.planned(t, test.plan, refs[0].Serial, refs[1].Serial, refs[2].Serial, refs[3].Serial)
			f.confirm(t, id)
			f.carryOut(t, id)
			if diff := cmp.Diff(test.want, f.results(t, id)); diff != "" {
				t.Errorf("results, -want +got:\n%s", diff)
			}
			for n, ref := range refs {
				if got := f.statusOf(t, ref); got.Status != test.then[n] {
					t.Errorf("certificate %d is %s, want %s", n, got.Status, test.then[n])
				}
			}
			if test.plan.Act == "revoke" {
				if got := f.statusOf(t, refs[3]); !got.Since.Equal(since) || got.Reason != "keyCompromise" {
					t.Errorf("the one that began before is invalid since %s for %s, want %s", got.Since, got.Reason, since)
				}
				if got := f.statusOf(t, refs[0]); !got.Since.Equal(got.NotBefore) {
					t.Errorf("one that began later is invalid since %s, want its beginning, %s", got.Since, got.NotBefore)
				}
			}
			plan, err := f.GetPlan(ctx, id)
			if err != nil || plan.FinishedAt.IsZero() {
				t.Errorf("the plan = %+v, %v, want a finished one", plan, err)
			}
		})
	}
}

// expired returns a certificate that has been in the inventory for two days, and ended.
func (f fixture) expired(t testing.TB) certs.Ref {
	t.Helper()
	ref := f.Person(t, "Expired").Ref
	serial := certs.SerialHex(certs.NewSerial())
	_, err := f.db.Owner().Exec(context.Background(), `INSERT INTO ca.certificate (issuer, serial, identity, profile, level, holder, name, not_before, not_after,
		sha256, spki_sha256, der, issued_by, issued_at) SELECT issuer, $2, 'urn:mais:user:' || gen_random_uuid(), profile, level, holder, name, now() - interval '2 days', now() - interval '1 minute',
		sha256($3), sha256($3), der, issued_by, now() - interval '2 days' FROM ca.certificate WHERE serial = $1`, ref.Serial, serial, []byte(serial))
	if err != nil {
		t.Fatal(err)
	}
	return certs.Ref{Issuer: "people-1", Serial: serial}
}

// A plan that is cut off after an item, or in the middle of one whose change is made but not
// committed, goes on from there: every certificate changes once, and is reported once.
func TestRunPlanCutOff(t *testing.T) {
	var cutOff func() error // in the middle of a change
	reported := map[certs.Ref]int{}
	f := newFixture(t, func(o *ca.Options) {
		record := o.Record
		o.Record = func(ctx context.Context, tx *pg.Tx, act ca.Act) error {
			if act.What == "revoke" {
				if err := cutOff(); err != nil {
					return err
				}
				reported[act.Ref]++
			}
			return record(ctx, tx, act)
		}
	})
	var lines []string
	for range 4 {
		lines = append(lines, f.Person(t, "A").Ref.Serial)
	}
	id := f.planned(t, ca.Plan{Act: "revoke"}, lines...)
	f.confirm(t, id)
	fault := errors.New("a fault")
	for n, test := range []struct {
		cut  func(n int, cancel func()) error // at the nth change of the run
		want []string
	}{
		{func(n int, cancel func()) error {
			if n == 2 {
				cancel()
				return context.Canceled
			}
			return nil
		}, []string{"done", "waiting", "waiting", "waiting"}},
		{func(n int, cancel func()) error {
			switch n {
			case 1:
				return fault
			case 2:
				return nil
			}
			cancel()
			return context.Canceled
		}, []string{"done", "waiting", "done", "waiting"}},
		{func(int, func()) error { return nil }, []string{"done", "done", "done", "done"}},
	} {
		ctx, cancel := context.WithCancel(context.Background())
		changes := 0
		cutOff = func() error { changes++; return test.cut(changes, cancel) }
		finished, err := f.RunPlan(ctx, id, time.Minute, always)
		cancel()
		if last := n == 2; finished != last || (err == nil) != last {
			t.Errorf("run %d = %v, %v", n, finished, err)
		}
		if diff := cmp.Diff(test.want, f.results(t, id)); diff != "" {
			t.Errorf("after run %d, -want +got:\n%s", n, diff)
		}
	}
	for _, line := range lines {
		if n := reported[certs.Ref{Issuer: "people-1", Serial: line}]; n != 1 {
			t.Errorf("%s was reported %d times, want once", line, n)
		}
	}
	if n := f.count(t, `SELECT count(*) FROM ca.status_change`); n != 4 {
		t.Errorf("%d changes of status, want 4", n)
	}
}

// A permit that is lost stops a plan: what waits fails, and somebody else may go on.
func TestRunPlanWithoutPower(t *testing.T) {
	f := newFixture(t)
	ctx := context.Background()
	id := f.planned(t, ca.Plan{Act: "hold"}, f.Person(t, "A").Ref.Serial, f.Person(t, "B").Ref.Serial, f.Person(t, "C").Ref.Serial)
	f.confirm(t, id)
	asked := 0
	finished, err := f.RunPlan(ctx, id, time.Minute, func(context.Context, certs.Identity) (bool, error) {
		switch asked++; asked {
		case 1:
			return true, nil
		case 2:
			return false, nil
		}
		return false, ca.ErrPowerLost
	})
	if diff := cmp.Diff([]string{"done", "not-allowed", "failed"}, f.results(t, id)); !finished || err != nil || diff != "" {
		t.Errorf("RunPlan = %v, %v, -want +got:\n%s", finished, err, diff)
	}
	f.confirm(t, id)
	f.carryOut(t, id)
	if diff := cmp.Diff([]string{"done", "not-allowed", "done"}, f.results(t, id)); diff != "" {
		t.Errorf("after it was confirmed again, -want +got:\n%s", diff)
	}
}

// Several nodes at once: each certificate changes once.
func TestRunPlanTogether(t *testing.T) {
	f := newFixture(t)
	var lines []string
	for range 12 {
		lines = append(lines, f.Person(t, "A").Ref.Serial)
	}
	id := f.planned(t, ca.Plan{Act: "revoke"}, lines...)
	f.confirm(t, id)
	done := make(chan error)
	for range 4 {
		go func() {
			_, err := f.RunPlan(context.Background(), id, time.Minute, always)
			done <- err
		}()
	}
	for range 4 {
		if err := <-done; err != nil {
			t.Error(err)
		}
	}
	f.carryOut(t, id)
	if n := f.count(t, `SELECT count(*) FROM ca.status_change`); n != 12 {
		t.Errorf("%d changes of status, want 12", n)
	}
	if got := f.results(t, id); slices.ContainsFunc(got, func(r string) bool { return r != "done" }) {
		t.Errorf("results = %v, want all done", got)
	}
}

// A plan that nobody confirmed goes after a day; nothing else does.
func TestSweepPlans(t *testing.T) {
	f := newFixture(t)
	ctx := context.Background()
	old := f.planned(t, ca.Plan{Act: "hold"}, f.Person(t, "A").Ref.Serial, "bad")
	confirmed := f.planned(t, ca.Plan{Act: "hold"}, f.Person(t, "B").Ref.Serial)
	f.confirm(t, confirmed)
	fresh := f.planned(t, ca.Plan{Act: "hold"})
	f.age(t, old, confirmed)
	if n, err := f.SweepPlans(ctx); n != 1 || err != nil {
		t.Errorf("SweepPlans = %d, %v, want 1", n, err)
	}
	for id, want := range map[string]error{old: ca.ErrNoPlan, confirmed: nil, fresh: nil} {
		if _, err := f.GetPlan(ctx, id); !errors.Is(err, want) {
			t.Errorf("GetPlan = %v, want %v", err, want)
		}
	}
}

// age makes plans two days old, which takes the owner and no guard.
func (f fixture) age(t testing.TB, ids ...string) {
	t.Helper()
	err := f.db.Owner().Transact(context.Background(), func(tx *pg.Tx) error {
		for _, statement := range []string{`ALTER TABLE ca.plan DISABLE TRIGGER guard`,
			`UPDATE ca.plan SET made_at = made_at - interval '2 days' WHERE id IN ('` + strings.Join(ids, `', '`) + `')`, `ALTER TABLE ca.plan ENABLE ALWAYS TRIGGER guard`} {
			if _, err := tx.Exec(context.Background(), statement); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}

// The schema guards plans against any SQL too.
func TestPlanGuards(t *testing.T) {
	f := newFixture(t)
	ctx := context.Background()
	serial := f.Person(t, "A").Ref.Serial
	id := f.planned(t, ca.Plan{Act: "revoke"}, serial)
	another := f.planned(t, ca.Plan{Act: "hold"}, serial)
	f.confirm(t, id)
	for _, statement := range []string{
		`UPDATE ca.plan SET act = 'hold', reason = NULL`,
		`UPDATE ca.plan SET reason = 1 WHERE id = '` + id + `'`,
		`UPDATE ca.plan SET owner = 'x'`,
		`UPDATE ca.plan SET confirmed_by = 'x' WHERE id = '` + id + `'`,
		`UPDATE ca.plan SET confirmed_at = NULL, confirmed_by = NULL, confirmed_as = NULL, preview = NULL WHERE id = '` + id + `'`,
		`UPDATE ca.plan SET finished_at = now() WHERE id = '` + id + `'`,
		`UPDATE ca.plan SET finished_at = now() WHERE id = '` + another + `'`,
		`DELETE FROM ca.plan`,
		`TRUNCATE ca.plan CASCADE`,
		`INSERT INTO ca.plan_item (plan, n, line, text, result) VALUES ('` + id + `', 99, 99, 'x', 'bad-line')`,
		`UPDATE ca.plan_item SET serial = NULL, issuer = NULL, result = 'unknown' WHERE plan = '` + id + `'`,
		`UPDATE ca.plan_item SET n = 7 WHERE plan = '` + id + `'`,
		`UPDATE ca.plan_item SET result = 'done' WHERE plan = '` + another + `'`,
		`DELETE FROM ca.plan_item`,
		`TRUNCATE ca.plan_item`,
		`UPDATE ca.certificate SET invalidity_at = now() - interval '1 day'`,
		`UPDATE ca.certificate SET status = 'revoked', invalidity_at = now() + interval '1 day'`,
		`UPDATE ca.certificate SET status = 'held', invalidity_at = now() - interval '1 day'`,
		`UPDATE ca.certificate SET destroyed_at = now() - interval '1 day'`,
	} {
		for _, first := range []string{"", "SET LOCAL session_replication_role = replica; "} {
			if _, err := f.db.Owner().Exec(ctx, first+statement); err == nil {
				t.Errorf("%s%s was allowed", first, statement)
			}
		}
	}
	f.carryOut(t, id)
	for _, statement := range []string{
		`UPDATE ca.plan_item SET result = 'failed' WHERE plan = '` + id + `'`,
		`UPDATE ca.certificate SET destroyed_at = now() - interval '6 minutes'`,
		`UPDATE ca.plan SET stopped_by = 'x' WHERE id = '` + id + `'`,
		`UPDATE ca.plan_item SET result = 'waiting' WHERE plan = '` + id + `'`,
		`UPDATE ca.certificate SET invalidity_at = now() - interval '1 day'`,
	} {
		if _, err := f.db.Owner().Exec(ctx, statement); err == nil {
			t.Errorf("%s was allowed", statement)
		}
	}
}

// Who revokes for another reason what is revoked is told that the first one stays, but for keyCompromise, which takes its place.
func TestPlanKeepsOrRaisesTheReason(t *testing.T) {
	f := newFixture(t)
	ref := f.Person(t, "A").Ref
	for _, step := range []struct {
		reason         ca.Reason
		result, detail string
	}{
		{ca.ReasonSuperseded, "done", ""},
		{ca.ReasonSuperseded, "already", ""},
		{ca.CessationOfOperation, "already", "It was revoked before, for superseded, which stays its reason."},
		{ca.KeyCompromise, "done", "It was revoked before, for superseded: keyCompromise is its reason now."},
		{ca.KeyCompromise, "already", ""},
		{ca.ReasonSuperseded, "already", "It was revoked before, for keyCompromise, which stays its reason."},
	} {
		id := f.planned(t, ca.Plan{Act: "revoke", Reason: step.reason}, ref.Serial)
		f.confirm(t, id)
		f.carryOut(t, id)
		items, err := f.PlanItems(context.Background(), id, 0, 10)
		if err != nil {
			t.Fatal(err)
		}
		if len(items) != 1 || items[0].Result != step.result || items[0].Detail != step.detail {
			t.Errorf("to revoke for %s = %+v, want %s %q", step.reason, items, step.result, step.detail)
		}
	}
}
