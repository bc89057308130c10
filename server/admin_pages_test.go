package server

import (
	"net/http"
	"strings"
	"sync"
	"testing"

	"mais/server/api"
	"mais/server/internal/audit"
)

// TestOverviewChecksOnceAMinute: however often the overview is loaded, one of its loads makes
// the check, which reads the audit and is an event there; the page of the check makes it anew.
func TestOverviewChecksOnceAMinute(t *testing.T) {
	e := newEstate(t)
	cookie := e.signIn(t, e.all.c)
	readings := func() int { return len(e.entries(t, "act = $1", audit.ActList)) }
	before := readings()
	var all sync.WaitGroup
	for range 6 {
		all.Go(func() {
			for range 3 {
				got, err := e.all.c.try(request(t, "GET", e.urls.Mutual+"/admin", nil, "Cookie", cookie))
				if err != nil || got.StatusCode != http.StatusOK || !strings.Contains(string(got.body), "The whole check") {
					t.Errorf("the overview = %d %.200s, %v", got.StatusCode, got.body, err)
				}
			}
		})
	}
	all.Wait()
	if n := readings() - before; n != 1 {
		t.Errorf("18 overviews read the audit %d times, want once", n)
	}
	e.all.c.get(t, e.urls.Mutual+"/admin/check", "Cookie", cookie)
	e.all.get(t, api.PathCheck)
	if n := readings() - before; n != 3 {
		t.Errorf("with the page of the check and the API's %d readings of the audit, want 3", n)
	}
}

// TestExportOfAPlan: recorded with how many items it gives.
func TestExportOfAPlan(t *testing.T) {
	e := newEstate(t)
	cookie := e.signIn(t, e.all.c)
	p := e.all.plan(t, api.PlanRequest{Act: "hold", Serials: []string{e.officer.ref.String(), e.theirs.ref.String(), "00ff"}})
	got := e.all.c.get(t, e.urls.Mutual+"/admin/plans/"+p.ID+"/results", "Cookie", cookie)
	if lines := strings.Count(string(got.body), "\n"); got.StatusCode != http.StatusOK || lines != 4 {
		t.Fatalf("the results = %d %s", got.StatusCode, got.body)
	}
	var n int
	if err := e.health.QueryRow(t.Context(), `SELECT rows FROM audit.event WHERE request = $1`, got.Header.Get("Request-Id")).Scan(&n); err != nil || n != 3 {
		t.Errorf("the audit has %d rows, %v, want 3", n, err)
	}
}
