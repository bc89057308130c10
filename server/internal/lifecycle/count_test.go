package lifecycle

import (
	"fmt"
	"testing"
	"time"

	"mais/ca"
)

// The results of a plan are kept from its end until it is confirmed again, and of so many plans
// only.
func TestCounts(t *testing.T) {
	var c counts
	at := time.Date(2026, 3, 12, 9, 30, 0, 0, time.UTC)
	plan := ca.Plan{ID: "a"}
	c.keep(plan, map[string]int{"waiting": 1})
	if _, ok := c.get(plan); ok {
		t.Error("get of a plan under way = true, want false")
	}
	plan.FinishedAt = at
	c.keep(plan, map[string]int{"failed": 1})
	got, ok := c.get(plan)
	if !ok || got["failed"] != 1 {
		t.Errorf("get = %v, %v, want what was kept", got, ok)
	}
	got["failed"] = 9
	if got, _ := c.get(plan); got["failed"] != 1 {
		t.Errorf("get = %v, want what was kept", got)
	}
	for _, again := range []time.Time{{}, at.Add(time.Second)} {
		if _, ok := c.get(ca.Plan{ID: "a", FinishedAt: again}); ok {
			t.Errorf("get of a plan that ended at %s = true, want false", again)
		}
	}
	for n := range 2*countsKept + 1 {
		c.keep(ca.Plan{ID: fmt.Sprint(n), FinishedAt: at}, nil)
	}
	if len(c.of) > countsKept {
		t.Errorf("%d are kept, want at most %d", len(c.of), countsKept)
	}
}
