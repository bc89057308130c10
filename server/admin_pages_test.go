package server

import (
	"net/http"
	"strings"
	"sync"
	"testing"

	"mais/server/api"
	"mais/server/internal/audit"
	"mais/server/internal/authn/authntest"
	"mais/server/internal/lifecycle"
)

// TestOverviewChecksOnceAMinute: however many ask at once, one of them makes the check, which reads
// the audit and is an event there, and the overview shows that one; the page of the check makes it
// anew.
func TestOverviewChecksOnceAMinute(t *testing.T) {
	e := newEstate(t)
	cookie := e.signIn(t, e.all.c)
	readings := func() int { return len(e.entries(t, "act = $1", audit.ActList)) }
	before := readings()
	by := authntest.Principal(t, authntest.Facts{Identity: identityOf(t, e.all.user), Name: "All Admin", Roles: []string{lifecycle.Administrator}, Agency: "Agency"})
	var all sync.WaitGroup
	for range 6 {
		all.Go(func() {
			if _, err := e.lifecycle.LastCheck(t.Context(), by); err != nil { // the page waits for it less patiently
				t.Error(err)
			}
		})
	}
	all.Wait()
	for range 3 {
		e.all.c.get(t, e.urls.Mutual+"/admin", "Cookie", cookie).wantPage(t, http.StatusOK, "The whole check")
	}
	if n := readings() - before; n != 1 {
		t.Errorf("six checks at once and three overviews read the audit %d times, want once", n)
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
