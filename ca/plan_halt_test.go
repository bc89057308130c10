package ca_test

import (
	"context"
	"encoding/json"
	"errors"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"mais/ca"
	"mais/ca/catest"
	"mais/ca/internal/store"
	"mais/certs"
	"mais/internal/pg"
)

// confirmWith confirms a plan with a certificate.
func (f fixture) confirmWith(t testing.TB, id string, total int, with certs.Ref) {
	t.Helper()
	err := f.ConfirmPlan(context.Background(), id, total, ca.Confirmation{
		By: f.statusOf(t, with).Identity, With: with, As: json.RawMessage(`{}`), Preview: json.RawMessage(`{}`),
	})
	if err != nil {
		t.Fatal(err)
	}
}

// details are what is said of each line of a plan, in order.
func (f fixture) details(t testing.TB, id string) (out []string) {
	t.Helper()
	items, err := f.PlanItems(context.Background(), id, 0, 1000)
	if err != nil {
		t.Fatal(err)
	}
	for _, i := range items {
		out = append(out, i.Detail)
	}
	return out
}

// after is a permit that does something before the nth certificate.
func after(n int, do func() error) ca.Permit {
	return func(context.Context, certs.Identity) (bool, error) {
		if n--; n == 0 {
			return true, do()
		}
		return true, nil
	}
}

// A plan that was confirmed with a token goes no further than the token, unless the plan itself
// ended it; somebody else may go on.
func TestRunPlanTokenEnded(t *testing.T) {
	f := newFixture(t)
	ctx := context.Background()
	for name, test := range map[string]struct {
		end  func(catest.Token) error
		want []string
	}{
		"revoked": {func(e catest.Token) error { return f.Revoke(ctx, e.Ref, ca.KeyCompromise, "test") }, []string{"done", "failed", "failed"}},
		"held":    {func(e catest.Token) error { return f.Hold(ctx, e.Ref, "test") }, []string{"done", "failed", "failed"}},
		"no":      {func(catest.Token) error { return nil }, []string{"done", "done", "done"}},
	} {
		t.Run(name, func(t *testing.T) {
			mine := f.Person(t, "Admin")
			id := f.planned(t, ca.Plan{Act: "revoke"}, f.Person(t, "A").Ref.Serial, f.Person(t, "B").Ref.Serial, f.Person(t, "C").Ref.Serial)
			f.confirmWith(t, id, 3, mine.Ref)
			finished, err := f.RunPlan(ctx, id, time.Minute, after(2, func() error { return test.end(mine) }))
			if diff := cmp.Diff(test.want, f.results(t, id)); !finished || err != nil || diff != "" {
				t.Fatalf("RunPlan = %v, %v, -want +got:\n%s", finished, err, diff)
			}
			if name == "no" {
				return
			}
			if said := f.details(t, id); said[1] == "" || said[1] != said[2] {
				t.Errorf("details = %q, want why", said)
			}
			f.confirmWith(t, id, 3, f.Person(t, "Another").Ref)
			f.carryOut(t, id)
			if diff := cmp.Diff([]string{"done", "done", "done"}, f.results(t, id)); diff != "" {
				t.Errorf("confirmed by another, -want +got:\n%s", diff)
			}
		})
	}
}

// Who revokes what they have themselves gets all of it done.
func TestRunPlanEndsItsToken(t *testing.T) {
	f := newFixture(t)
	ctx := context.Background()
	mine := f.Person(t, "Admin")
	id := f.planned(t, ca.Plan{Act: "revoke"}, mine.Ref.Serial, f.Person(t, "B").Ref.Serial, f.Person(t, "C").Ref.Serial)
	f.confirmWith(t, id, 3, mine.Ref)
	if finished, err := f.RunPlan(ctx, id, 0, always); finished || err != nil { // one certificate only
		t.Fatalf("RunPlan = %v, %v, want some of it", finished, err)
	}
	f.carryOut(t, id)
	if diff := cmp.Diff([]string{"done", "done", "done"}, f.results(t, id)); diff != "" {
		t.Errorf("results, -want +got:\n%s", diff)
	}
}

// A plan is stopped by whoever may, on whichever node it runs.
func TestStopPlan(t *testing.T) {
	f := newFixture(t)
	ctx := context.Background()
	id := f.planned(t, ca.Plan{Act: "hold"}, f.Person(t, "A").Ref.Serial, f.Person(t, "B").Ref.Serial, f.Person(t, "C").Ref.Serial)
	if err := f.StopPlan(ctx, id, "Ann"); !errors.Is(err, ca.ErrPlan) {
		t.Errorf("StopPlan before it was confirmed = %v, want %v", err, ca.ErrPlan)
	}
	f.confirm(t, id)
	finished, err := f.RunPlan(ctx, id, time.Minute, after(2, func() error { return f.StopPlan(ctx, id, "Ann") }))
	if diff := cmp.Diff([]string{"done", "failed", "failed"}, f.results(t, id)); !finished || err != nil || diff != "" {
		t.Errorf("RunPlan = %v, %v, -want +got:\n%s", finished, err, diff)
	}
	if said := f.details(t, id); said[2] != "The plan was stopped by Ann." {
		t.Errorf("details = %q, want who stopped it", said)
	}
	plan, err := f.GetPlan(ctx, id)
	if err != nil || plan.StoppedBy != "Ann" || plan.FinishedAt.IsZero() {
		t.Errorf("the plan = %+v, %v, want a finished one that Ann stopped", plan, err)
	}
	if err := f.StopPlan(ctx, id, "Bob"); !errors.Is(err, ca.ErrPlan) {
		t.Errorf("StopPlan of a finished one = %v, want %v", err, ca.ErrPlan)
	}
	f.confirm(t, id)
	f.carryOut(t, id)
	if diff := cmp.Diff([]string{"done", "done", "done"}, f.results(t, id)); diff != "" {
		t.Errorf("confirmed again, -want +got:\n%s", diff)
	}
}

// A slow node does nothing in the name of who confirmed a plan, once somebody else has.
func TestRunPlanConfirmedAgain(t *testing.T) {
	f := newFixture(t)
	ctx := context.Background()
	for name, permit := range map[string]ca.Permit{
		"permitted": always,
		"forbidden": func(context.Context, certs.Identity) (bool, error) { return false, nil },
		"powerless": func(context.Context, certs.Identity) (bool, error) { return false, ca.ErrPowerLost },
	} {
		t.Run(name, func(t *testing.T) {
			first, second := f.Person(t, "First"), f.Person(t, "Second")
			target := f.Person(t, "A").Ref
			id := f.planned(t, ca.Plan{Act: "hold"}, target.Serial)
			f.confirmWith(t, id, 1, first.Ref)
			finished, err := f.RunPlan(ctx, id, time.Minute, func(ctx context.Context, of certs.Identity) (bool, error) {
				if err := f.StopPlan(ctx, id, "Ann"); err != nil { // elsewhere, meanwhile
					return false, err
				}
				f.confirmWith(t, id, 1, second.Ref)
				return permit(ctx, of)
			})
			if got := f.results(t, id); finished || err != nil || !slices.Equal(got, []string{"waiting"}) {
				t.Errorf("RunPlan of the slow node = %v, %v and %v, want nothing done", finished, err, got)
			}
			f.carryOut(t, id)
			if got, want := f.statusOf(t, target).StatusBy, f.statusOf(t, second.Ref).Identity.String(); got != want {
				t.Errorf("it was held by %s, want the second, %s", got, want)
			}
		})
	}
}

// What the schema refuses of a certificate has failed; a fault of the journal or of the database
// is of none: all go on waiting.
func TestRunPlanFaults(t *testing.T) {
	var fault func(ctx context.Context, tx *pg.Tx) error
	f := newFixture(t, func(o *ca.Options) {
		record := o.Record
		o.Record = func(ctx context.Context, tx *pg.Tx, act ca.Act) error {
			if act.What == "hold" {
				return fault(ctx, tx)
			}
			return record(ctx, tx, act)
		}
	})
	run := func(statement string) func(context.Context, *pg.Tx) error {
		return func(ctx context.Context, tx *pg.Tx) error {
			_, err := tx.Exec(ctx, statement)
			return err
		}
	}
	for name, test := range map[string]struct {
		fault func(context.Context, *pg.Tx) error
		want  string
	}{
		"journal":    {func(context.Context, *pg.Tx) error { return ca.ErrJournal }, "waiting"},
		"stale":      {func(context.Context, *pg.Tx) error { return ca.ErrStale }, "waiting"},
		"connection": {run(`SELECT pg_terminate_backend(pg_backend_pid())`), "waiting"},
		"disk":       {run(`DO $$ BEGIN RAISE EXCEPTION 'full' USING ERRCODE = 'disk_full'; END $$`), "waiting"},
		"schema":     {run(`DO $$ BEGIN RAISE EXCEPTION 'no' USING ERRCODE = 'integrity_constraint_violation'; END $$`), "failed"},
	} {
		t.Run(name, func(t *testing.T) {
			fault = test.fault
			id := f.planned(t, ca.Plan{Act: "hold"}, f.Person(t, "A").Ref.Serial, f.Person(t, "B").Ref.Serial)
			f.confirm(t, id)
			finished, err := f.RunPlan(context.Background(), id, time.Minute, always)
			if waits := test.want == "waiting"; finished == waits || (err == nil) == waits {
				t.Errorf("RunPlan = %v, %v", finished, err)
			}
			if diff := cmp.Diff([]string{test.want, test.want}, f.results(t, id)); diff != "" {
				t.Errorf("results, -want +got:\n%s", diff)
			}
		})
	}
}

// No statement changes more items than a batch has.
func TestPlanBatches(t *testing.T) {
	was := store.ItemBatch
	store.ItemBatch = 2
	t.Cleanup(func() { store.ItemBatch = was })
	f := newFixture(t)
	ctx := context.Background()
	_, err := f.db.Owner().Exec(ctx, `
		CREATE FUNCTION ca.few() RETURNS trigger LANGUAGE plpgsql AS $$
		BEGIN
			IF (SELECT count(*) FROM changed) > 2 THEN RAISE EXCEPTION 'too many at once'; END IF;
			RETURN NULL;
		END $$;
		CREATE TRIGGER few AFTER UPDATE ON ca.plan_item REFERENCING NEW TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION ca.few()`)
	if err != nil {
		t.Fatal(err)
	}
	var lines []string
	for range 5 {
		lines = append(lines, f.Person(t, "A").Ref.Serial)
	}
	id := f.planned(t, ca.Plan{Act: "hold"}, lines...)
	f.confirm(t, id)
	if err := f.StopPlan(ctx, id, "Ann"); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([]string{"failed", "failed", "failed", "failed", "failed"}, f.results(t, id)); diff != "" {
		t.Errorf("stopped, -want +got:\n%s", diff)
	}
	f.confirm(t, id)
	f.carryOut(t, id)
	if diff := cmp.Diff([]string{"done", "done", "done", "done", "done"}, f.results(t, id)); diff != "" {
		t.Errorf("confirmed again, -want +got:\n%s", diff)
	}
}

// A plan is not made as confirmed, nor an item as done.
func TestPlanInsertGuards(t *testing.T) {
	f := newFixture(t)
	ref := f.Person(t, "A").Ref
	id := f.planned(t, ca.Plan{Act: "hold"})
	owner := catest.Identity(t, certs.User).String()
	for _, statement := range []string{
		`INSERT INTO ca.plan (act, scope, owner, made_by, confirmed_at, confirmed_by, confirmed_as, preview)
			VALUES ('hold', 'all', '` + owner + `', 'x', now(), '` + owner + `', '{}', '{}')`,
		`INSERT INTO ca.plan_item (plan, n, issuer, serial, result) VALUES ('` + id + `', 1, '` + ref.Issuer + `', '` + ref.Serial + `', 'done')`,
		`INSERT INTO ca.plan_item (plan, n, issuer, serial, own) VALUES ('` + id + `', 1, '` + ref.Issuer + `', '` + ref.Serial + `', true)`,
	} {
		for _, first := range []string{"", "SET LOCAL session_replication_role = replica; "} {
			if _, err := f.db.Owner().Exec(context.Background(), first+statement); err == nil {
				t.Errorf("%s%s was allowed", first, statement)
			}
		}
	}
}
