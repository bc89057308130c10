package policy

import (
	"math/rand/v2"
	"slices"
	"testing"

	"mais/server/internal/record"
)

// TestDecideLimited: a limited role gives no item but to read what is restricted, whatever else
// one has; and never more than it gives whole. Every act, over random grants.
func TestDecideLimited(t *testing.T) {
	random := rand.New(rand.NewPCG(6, 10))
	roles := []string{"a", "b", "c"}
	for range 300 {
		var permissions []Permission
		for _, item := range items {
			for _, role := range roles {
				for _, act := range Acts() {
					if random.IntN(3) == 0 {
						permissions = append(permissions, Permission{role, item.Key(), act})
					}
				}
			}
		}
		g := NewGrants(permissions)
		limited := roles[random.IntN(3):]
		whole := roles[:3-len(limited)]
		for _, act := range Acts() {
			got := g.DecideLimited(roles, limited, act)
			for _, item := range items {
				want := g.Decide(whole, act).Allows(item.Key()) ||
					act == Read && item.Audience == record.Restricted && g.Decide(limited, Read).Allows(item.Key())
				if got.Allows(item.Key()) != want {
					t.Fatalf("%s of %s with %v limited = %v, want %v", act, item.Key(), limited, !want, want)
				}
			}
		}
		if d := g.DecideLimitedEmergency(limited, limited); slices.ContainsFunc(d.Items(), func(key string) bool { return !g.DecideLimited(limited, limited, Read).Allows(key) }) {
			t.Fatal("emergency access widens what limited roles give")
		}
		if d := g.DecideLimited(roles, roles, Read); d.Full() {
			t.Fatal("limited roles alone need the login role that reads everything")
		}
		if g.DecideLimited(roles, nil, Read) != g.Decide(roles, Read) || g.DecideLimitedEmergency(roles, nil) != g.DecideEmergency(roles) {
			t.Fatal("without limits the decision is another one")
		}
	}
}
