package web

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"mais/server/api"
	"mais/server/internal/lifecycle"
	"mais/server/internal/web/page/admin/admintest"
)

// inQuarantine is a lifecycle with one quarantine that waits.
func inQuarantine() *credentials {
	return &credentials{quarantines: []api.Quarantine{{
		ID: 3, MadeBy: hostile, FinishedAt: &admintest.Now, Total: 9, Held: 9, Needs: 2, Approved: []string{"urn:mais:user:2"}, ApprovedBy: []string{hostile},
	}}}
}

// TestQuarantinePages: who administers everything sees what waits, and approves it by its word
// alone; nobody else sees or does any of it.
func TestQuarantinePages(t *testing.T) {
	f := inQuarantine()
	out, err := visit(t, bureau(f), get("/admin/quarantines"), "administrator", quarantinesPage)
	shows(t, out, err, http.StatusOK, "Quarantine 3", "Waits for approval", hostile)
	out, err = visit(t, bureau(f), get("/admin"), "administrator", overviewPage)
	shows(t, out, err, http.StatusOK, "9 certificates are on hold because a journal was lost")
	out, err = visit(t, bureau(f), get("/admin/plans"), "administrator", plansPage)
	shows(t, out, err, http.StatusOK, "Quarantines")
	out, err = visit(t, bureau(f), get("/admin/quarantines/3"), "administrator", quarantinePage, "id", "3")
	shows(t, out, err, http.StatusOK, "It lacks 1 approval", "type approve 3", hostile)
	for _, word := range []string{"", "approve", "approve 4", "release 3"} {
		out, err = visit(t, bureau(f), post("/", "word="+word), "administrator", approveHere, "id", "3")
		shows(t, out, err, http.StatusUnprocessableEntity, "nothing was approved")
	}
	if f.approved != 0 {
		t.Fatal("approved by another word")
	}
	out, err = visit(t, bureau(f), post("/", "word=+APPROVE+3+"), "administrator", approveHere, "id", "3")
	goes(t, out, err, "/admin/quarantines/3")
	if f.approved != 3 {
		t.Errorf("approved %d, want 3", f.approved)
	}
	for _, id := range []string{"4", "0", "-1", "x", "03", "99999999999999999999"} {
		for name, h := range map[string]handler{"show": quarantinePage, "approve": approveHere} {
			if _, err := visit(t, bureau(f), post("/", "word=approve+"+id), "administrator", h, "id", id); problemOf(err).Status != http.StatusNotFound {
				t.Errorf("%s %s: %v, want nothing there", name, id, err)
			}
		}
	}
	f.approved = 0
	for _, role := range []string{"agency_administrator", "police_officer", "governance_officer", ""} {
		for name, h := range map[string]handler{"list": quarantinesPage, "show": quarantinePage, "approve": approveHere, "list by the API": listQuarantines, "approve by the API": approveQuarantine} {
			if _, err := visit(t, bureau(f), post("/", "word=approve+3"), role, h, "id", "3"); problemOf(err).Status != http.StatusForbidden {
				t.Errorf("%s for %q: %v, want a refusal", name, role, err)
			}
		}
	}
	out, err = visit(t, bureau(f), get("/admin"), "agency_administrator", overviewPage)
	if text := shows(t, out, err, http.StatusOK, "Northshire Police"); strings.Contains(text, "journal") || f.approved != 0 {
		t.Error("an agency's administrator is told of it, or somebody else approved it")
	}
}

// TestStopPages: what is under way can be stopped from its page, and what is not has nothing to
// stop.
func TestStopPages(t *testing.T) {
	begun := time.Now()
	f := &credentials{plan: admintest.Plan()}
	f.plan.ID, f.plan.ConfirmedAt = "7", &begun
	out, err := visit(t, bureau(f), get("/admin/plans/7/stop"), "agency_administrator", stopForm, "id", "7")
	shows(t, out, err, http.StatusOK, "Stop the plan?", "Let it go on")
	out, err = visit(t, bureau(f), post("/", ""), "agency_administrator", stopHere, "id", "7")
	if goes(t, out, err, "/admin/plans/7"); f.stopped != "7" {
		t.Errorf("stopped %q, want 7", f.stopped)
	}
	f.err = lifecycle.ErrInvalid // somebody else had it stopped
	out, err = visit(t, bureau(f), post("/", ""), "administrator", stopHere, "id", "7")
	goes(t, out, err, "/admin/plans/7")
	f.err, f.plan.FinishedAt = nil, &begun
	out, err = visit(t, bureau(f), get("/admin/plans/7/stop"), "administrator", stopForm, "id", "7")
	goes(t, out, err, "/admin/plans/7")
	for _, h := range []handler{stopForm, stopHere} {
		if _, err := visit(t, bureau(f), post("/", ""), "police_officer", h, "id", "7"); problemOf(err).Status != http.StatusForbidden {
			t.Errorf("for an officer: %v, want a refusal", err)
		}
	}
}
