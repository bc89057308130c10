package ca_test

import (
	"context"
	"encoding/json"
	"errors"
	"sync"
	"testing"
	"time"

	"mais/ca"
	"mais/ca/catest"
	"mais/certs"
	"mais/internal/pg"
)

// spare confirms a plan of one that must leave one of some with a live certificate.
func (f fixture) spare(t testing.TB, id string, some ...certs.Identity) error {
	t.Helper()
	return f.ConfirmPlan(context.Background(), id, 1, ca.Confirmation{
		By: catest.Identity(t, certs.User), As: json.RawMessage(`{}`), Preview: json.RawMessage(`{}`), Spare: some,
	})
}

func identityOf(t testing.TB, f fixture, token catest.Token) certs.Identity {
	t.Helper()
	e, err := f.Get(context.Background(), token.Ref)
	must(t, err)
	return e.Identity
}

// Two plans, each of which spares one of two, are confirmed at once, many times over: never both.
func TestConfirmedAtOnceOneIsSpared(t *testing.T) {
	f := newFixture(t)
	for round := range 8 {
		var tokens [2]catest.Token
		var some []certs.Identity
		var plans [2]string
		for n := range tokens {
			tokens[n] = f.Person(t, "Administrator")
			some = append(some, identityOf(t, f, tokens[n]))
			plans[n] = f.planned(t, ca.Plan{Act: []string{"hold", "revoke"}[n]}, tokens[n].Ref.Serial)
		}
		var refused [2]error
		var both sync.WaitGroup
		for n := range plans {
			both.Go(func() { refused[n] = f.spare(t, plans[n], some...) })
		}
		both.Wait()
		if (refused[0] == nil) == (refused[1] == nil) || !errors.Is(errors.Join(refused[:]...), ca.ErrSpared) {
			t.Fatalf("round %d: ConfirmPlan = %v, want one of them %v", round, refused, ca.ErrSpared)
		}
	}
}

// What is under way counts as done: also what goes along with it, by renewal or by its key; what
// has ended, and what was stopped, counts as it is.
func TestSparedByWhatIsUnderWay(t *testing.T) {
	f := newFixture(t)
	ctx := context.Background()
	first, second := f.Person(t, "First"), f.Person(t, "Second")
	renewed, err := f.Renew(ctx, first.Ref, catest.Request(t, catest.Key(t)), ca.Evidence{})
	must(t, err)
	some := []certs.Identity{identityOf(t, f, first), identityOf(t, f, second)}

	along := f.planned(t, ca.Plan{Act: "revoke"}, first.Ref.Serial) // and with it what renewed it
	must(t, f.spare(t, along, some...))
	last := f.planned(t, ca.Plan{Act: "hold"}, second.Ref.Serial)
	if err := f.spare(t, last, some...); !errors.Is(err, ca.ErrSpared) {
		t.Errorf("ConfirmPlan beside a plan under way = %v, want %v", err, ca.ErrSpared)
	}
	must(t, f.StopPlan(ctx, along, "Ann"))
	must(t, f.spare(t, last, some...))
	if err := f.spare(t, along, some...); !errors.Is(err, ca.ErrSpared) { // once more, for what was left
		t.Errorf("ConfirmPlan again = %v, want %v", err, ca.ErrSpared)
	}
	f.carryOut(t, last)
	if err := f.spare(t, f.planned(t, ca.Plan{Act: "hold"}, renewed.Ref.Serial), some...); !errors.Is(err, ca.ErrSpared) {
		t.Errorf("ConfirmPlan after the other's end = %v, want %v", err, ca.ErrSpared)
	}
	must(t, f.spare(t, f.planned(t, ca.Plan{Act: "release"}, second.Ref.Serial), some...))
}

// A plan that several nodes end at once ends once, and so does one that is stopped while they
// run it; what cannot be recorded has not ended.
func TestPlanEndsOnce(t *testing.T) {
	var mu sync.Mutex
	ends := map[string]int{}
	fails := true
	f := newFixture(t, func(o *ca.Options) {
		o.PlanEnded = func(_ context.Context, _ *pg.Tx, p ca.Plan, results map[string]int) error {
			mu.Lock()
			defer mu.Unlock()
			if fails {
				return errors.New("no room")
			}
			ends[p.ID] += results[ca.Done] + results[ca.Failed]
			return nil
		}
	})
	for round := range 4 {
		id := f.planned(t, ca.Plan{Act: "hold"}, f.Person(t, "A").Ref.Serial, f.Person(t, "B").Ref.Serial)
		f.confirm(t, id)
		mu.Lock()
		fails = true
		mu.Unlock()
		if finished, err := f.RunPlan(t.Context(), id, time.Minute, always); finished || err == nil {
			t.Fatalf("RunPlan = %v, %v without its end recorded", finished, err)
		}
		mu.Lock()
		fails = false
		mu.Unlock()
		var all sync.WaitGroup
		for range 4 {
			all.Go(func() {
				if finished, err := f.RunPlan(context.Background(), id, time.Minute, always); !finished || err != nil {
					t.Errorf("RunPlan = %v, %v, want it finished", finished, err)
				}
			})
		}
		all.Wait()
		if mu.Lock(); ends[id] != 2 {
			t.Errorf("round %d: its end was recorded with %d results, want 2, once", round, ends[id])
		}
		mu.Unlock()
	}
}

// A plan that nobody has confirmed can be thrown away at once; what was confirmed is kept.
func TestDiscardPlan(t *testing.T) {
	f := newFixture(t)
	ctx := context.Background()
	fresh := f.planned(t, ca.Plan{Act: "hold"}, f.Person(t, "A").Ref.Serial, "bad")
	confirmed := f.planned(t, ca.Plan{Act: "hold"}, f.Person(t, "B").Ref.Serial)
	f.confirm(t, confirmed)
	for id, want := range map[string]error{fresh: nil, confirmed: ca.ErrPlan, "0193a0b2-0000-7000-8000-000000000000": ca.ErrNoPlan} {
		if err := f.DiscardPlan(ctx, id); !errors.Is(err, want) {
			t.Errorf("DiscardPlan = %v, want %v", err, want)
		}
	}
	if _, err := f.GetPlan(ctx, fresh); !errors.Is(err, ca.ErrNoPlan) {
		t.Errorf("after it was discarded: %v", err)
	}
	f.carryOut(t, confirmed)
}

// Of a plan with an invalidity date it is said how many certificates began later.
func TestPreviewYounger(t *testing.T) {
	f := newFixture(t)
	token := f.Person(t, "A")
	for since, want := range map[time.Time]int{time.Now().Add(-time.Second): 0, time.Now().AddDate(-1, 0, 0): 1} {
		p := ca.Plan{Act: "revoke", Reason: ca.KeyCompromise, Since: since}
		p.ID = f.planned(t, p, token.Ref.Serial)
		if got, err := f.Preview(t.Context(), p, ca.PreviewOf{}); err != nil || got.Younger != want {
			t.Errorf("Preview with the date %s = %d that are younger, %v, want %d", since, got.Younger, err, want)
		}
	}
}
