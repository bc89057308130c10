package server

import (
	"slices"
	"testing"

	"mais/certs"
	"mais/server/api"
	"mais/server/internal/lifecycle"
)

// TestNobodyConfirmsTheirOwnRelease: a plan of another's does not help, and its end is recorded.
func TestNobodyConfirmsTheirOwnRelease(t *testing.T) {
	e := newEstate(t)
	spare := e.member(t, "Agency", "Second", lifecycle.Administrator)
	held := e.token(t, certs.User, e.all.user, e.all.email, "Again")
	if err := e.authority.Hold(t.Context(), held.ref, "test"); err != nil {
		t.Fatal(err)
	}
	p := spare.plan(t, api.PlanRequest{Act: "release", Serials: []string{held.ref.Serial}})
	e.all.confirm(t, p)
	if got := e.all.items(t, p); !slices.Equal(got, []string{api.ResultNotAllowed}) {
		t.Errorf("the results = %v, want it not allowed", got)
	}
	ends := e.entries(t, "act = 'plan.end' AND detail ->> 'plan' = $1", p.ID)
	if len(ends) == 0 || ends[0].Outcome != "refused" || ends[0].Detail[api.ResultNotAllowed] != "1" {
		t.Errorf("the end of the plan = %+v", ends)
	}
}
