package ca_test

import (
	"context"
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"mais/ca"
	"mais/ca/catest"
	"mais/certs"
)

// What a plan is said to do is what it does: to random families of certificates, the preview of
// a random plan is compared with how they stand before and after.
func TestPreviewIsWhatHappens(t *testing.T) {
	f := newFixture(t)
	ctx := context.Background()
	random := rand.New(rand.NewPCG(1, 2))
	for round := range 16 {
		family := f.families(t, random)
		plan := []ca.Plan{{Act: "hold"}, {Act: "release"}, {Act: "revoke"}, {Act: "revoke", Reason: ca.KeyCompromise}}[round%4]
		var chosen []string
		for _, ref := range family {
			if random.IntN(3) == 0 {
				chosen = append(chosen, ref.Serial)
			}
		}
		id := f.planned(t, plan, chosen...)
		if len(chosen) == 0 {
			continue
		}
		before := f.standings(t, family)
		var own certs.Ref
		if n := slices.IndexFunc(family, func(r certs.Ref) bool { return before[r].Status == certs.Active }); n >= 0 {
			own = family[n]
		}
		p, err := f.GetPlan(ctx, id)
		if err != nil {
			t.Fatal(err)
		}
		got, err := f.Preview(ctx, p, ca.PreviewOf{Among: f.identities(t, family), Own: own, Limit: 50})
		if err != nil {
			t.Fatal(err)
		}
		f.confirm(t, id)
		f.carryOut(t, id)
		after := f.standings(t, family)

		want := ca.Preview{Total: len(chosen)}
		had, keeps := map[certs.Identity]bool{}, map[certs.Identity]bool{}
		now := time.Now()
		for _, ref := range family {
			was, is := before[ref], after[ref]
			named := slices.Contains(chosen, ref.Serial)
			changed := was.Status != is.Status || was.Reason != is.Reason
			switch {
			case changed && named:
				want.Changes++
				if was.Status == is.Status {
					want.Raised++
				}
			case named && is.Status == map[string]certs.Status{"hold": certs.Held, "release": certs.Active, "revoke": certs.Revoked}[plan.Act]:
				want.Already++
			case changed:
				want.Along++
			}
			want.Own = want.Own || ref == own && changed
			had[was.Identity] = had[was.Identity] || was.Live(now)
			keeps[was.Identity] = keeps[was.Identity] || is.Live(now)
		}
		for who := range had {
			if had[who] && !keeps[who] {
				want.Among = append(want.Among, who)
			}
		}
		want.LosersAll = len(want.Among)
		var losers []certs.Identity
		for _, l := range got.Losers {
			losers = append(losers, l.Identity)
		}
		byText := func(a, b certs.Identity) int { return cmpText(a.String(), b.String()) }
		slices.SortFunc(want.Among, byText)
		slices.SortFunc(losers, byText)
		same := cmp.Comparer(func(a, b certs.Identity) bool { return a == b })
		if diff := cmp.Diff(want.Among, losers, same); diff != "" {
			t.Errorf("round %d: losers, -want +got:\n%s", round, diff)
		}
		got.Losers = nil
		if diff := cmp.Diff(want, got, same); diff != "" {
			t.Errorf("round %d, %s: -want +got:\n%s", round, plan.Act, diff)
			for _, ref := range family {
				t.Log(ref, before[ref].Identity, "replaces", before[ref].Replaces, before[ref].Status, "→", after[ref].Status, "in the plan:", slices.Contains(chosen, ref.Serial))
			}
		}
	}
}

func cmpText(a, b string) int {
	switch {
	case a < b:
		return -1
	case a > b:
		return 1
	}
	return 0
}

// families makes a few people, each with some lines of renewed certificates in some state.
func (f fixture) families(t testing.TB, random *rand.Rand) (all []certs.Ref) {
	t.Helper()
	ctx := context.Background()
	for n := range 3 {
		i := ca.Invitation{Identity: catest.Identity(t, certs.User), Holder: fmt.Sprintf("p%d@example.org", n), Name: "P", By: "test"}
		for range 1 + random.IntN(2) {
			first := f.Enrol(t, i)
			line := []certs.Ref{first.Ref}
			for range random.IntN(3) {
				key := first.Key
				if random.IntN(2) == 0 {
					key = catest.Key(t)
				}
				issued, err := f.Renew(ctx, line[random.IntN(len(line))], catest.Request(t, key), ca.Evidence{})
				if err != nil {
					break // too many alive
				}
				if !slices.Contains(line, issued.Ref) { // the same key again is given the same
					line = append(line, issued.Ref)
				}
			}
			all = append(all, line...)
		}
	}
	for _, ref := range all {
		switch random.IntN(8) {
		case 0:
			f.set(t, ref, "held")
		case 1, 3: // for no reason, which can be raised
			f.set(t, ref, "revoked")
		case 2:
			f.set(t, ref, "superseded")
		}
	}
	return all
}

// set changes one status by plain SQL, and nothing of its line.
func (f fixture) set(t testing.TB, ref certs.Ref, status string) {
	t.Helper()
	if _, err := f.db.Owner().Exec(context.Background(), `UPDATE ca.certificate SET status = $2 WHERE serial = $1`, ref.Serial, status); err != nil {
		t.Fatal(err)
	}
}

func (f fixture) standings(t testing.TB, refs []certs.Ref) map[certs.Ref]ca.Entry {
	t.Helper()
	out := map[certs.Ref]ca.Entry{}
	for _, ref := range refs {
		out[ref] = f.statusOf(t, ref)
	}
	return out
}

func (f fixture) identities(t testing.TB, refs []certs.Ref) (ids []certs.Identity) {
	t.Helper()
	for _, ref := range refs {
		if id := f.statusOf(t, ref).Identity; !slices.Contains(ids, id) {
			ids = append(ids, id)
		}
	}
	return ids
}

// Of a plan that is too long to be looked at one by one, what matters most is told all the same.
func TestPreviewOfALongPlan(t *testing.T) {
	t.Cleanup(ca.SetMaxForeseen(3))
	f := newFixture(t)
	ctx := context.Background()
	both := ca.Invitation{Identity: catest.Identity(t, certs.User), Holder: "two@example.org", Name: "Two", By: "test"}
	one, first, second, node := f.Person(t, "One").Ref, f.Enrol(t, both).Ref, f.Enrol(t, both).Ref, f.Server(t).Ref
	expired := f.expired(t)
	among := f.identities(t, []certs.Ref{one, first, expired})
	for _, test := range []struct {
		act    string
		lines  []certs.Ref
		losers []certs.Identity
		want   ca.Preview
	}{
		{"revoke", []certs.Ref{one, first, node, expired}, among[:1], ca.Preview{Total: 4, Changes: 4, Nodes: 1, Own: true, LosersAll: 4, Long: true}},
		{"hold", []certs.Ref{one, first, second, node, expired}, among[:2], ca.Preview{Total: 5, Changes: 5, Nodes: 1, Own: true, LosersAll: 5, Long: true}},
		{"release", []certs.Ref{one, first, second, node}, nil, ca.Preview{Total: 4, Changes: 4, Long: true}},
	} {
		var lines []string
		for _, ref := range test.lines {
			lines = append(lines, ref.Serial)
		}
		plan, err := f.GetPlan(ctx, f.planned(t, ca.Plan{Act: test.act}, lines...))
		if err != nil {
			t.Fatal(err)
		}
		got, err := f.Preview(ctx, plan, ca.PreviewOf{Among: among, Own: one, Limit: 50})
		slices.SortFunc(got.Among, func(a, b certs.Identity) int { return slices.Index(among, a) - slices.Index(among, b) })
		test.want.Among = test.losers
		if diff := cmp.Diff(test.want, got, cmp.Comparer(func(a, b certs.Identity) bool { return a == b })); err != nil || diff != "" {
			t.Errorf("%s: %v, -want +got:\n%s", test.act, err, diff)
		}
	}
}
