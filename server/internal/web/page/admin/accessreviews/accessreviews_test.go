package accessreviews

import (
	"testing"

	"mais/server/api"
	"mais/server/internal/web/page/admin/admintest"
	"mais/server/internal/web/page/frame"
	"mais/server/internal/web/page/pagetest"
)

func TestTemplate(t *testing.T) { pagetest.Check(t, page, Page{}) }

func list(name string) Page {
	open := api.AccessReview{ID: "1", AgencyName: name, OpenedAt: admintest.Now, Due: "2026-12-22", People: 1204, Undecided: 4}
	signed := open
	signed.Undecided, signed.SignedAt, signed.SignedBy = 0, &admintest.Now, &api.Actor{Name: "Ada"}
	return Page{Frame: admintest.Frame("Reviews of access"), Reviews: api.AccessReviews{EveryMonths: 6, Reviews: []api.AccessReview{open, signed}}, Agencies: []api.Agency{{ID: "a", AgencyFields: api.AgencyFields{Name: "Trust"}}}}
}

func TestReviews(t *testing.T) {
	p := list("Northshire Police")
	admintest.Says(t, Render(p), "every 6 months", "Northshire Police opened", "Open 1,200 of 1,204 people 22 December 2026 Not yet", "Signed off 1,204 of 1,204 people", "Ada", "Open a review")
	p.Reviews.Reviews[0].Overdue = true
	p.Faults = frame.Faults{{Field: Agency, Text: "It has a review that is open"}}
	admintest.Says(t, Render(p), "Overdue", "It has a review that is open")
	for want, r := range map[string]api.AccessReview{"Open": {Undecided: 1}, "To be signed off": {}, "Overdue": {Overdue: true}, "Signed off": {Overdue: true, SignedAt: &admintest.Now}} {
		if got := StateOf(r).Words; got != want {
			t.Errorf("StateOf(%+v) = %q, want %q", r, got, want)
		}
	}
	admintest.Says(t, Render(Page{Frame: admintest.Frame("Reviews of access")}), "There has been none", "None opens by itself")
}

func TestHostile(t *testing.T) {
	for _, text := range admintest.Hostile(t) {
		admintest.Calm(t, Render(list(text)), Render(list("calm")), text)
	}
}
