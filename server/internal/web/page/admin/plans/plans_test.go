package plans

import (
	"testing"

	"mais/server/api"
	"mais/server/internal/web/page/admin/admintest"
	"mais/server/internal/web/page/pagetest"
)

func TestTemplate(t *testing.T) { pagetest.Check(t, page, Page{}) }

func TestPlans(t *testing.T) {
	fresh, under, failed, done := admintest.Plan(), admintest.Plan(), admintest.Plan(), admintest.Plan()
	for _, p := range []*api.Plan{&under, &failed, &done} {
		p.ConfirmedAt = &admintest.Now
	}
	failed.FinishedAt, done.FinishedAt = &admintest.Now, &admintest.Now
	failed.Results = map[string]int{api.ResultFailed: 2}
	for _, tt := range []struct {
		plan       api.Plan
		want       string
		unfinished bool
	}{{fresh, "Not confirmed", false}, {under, "Under way", true}, {failed, "Some failed", true}, {done, "Finished", false}} {
		if got := StateOf(tt.plan).Words; got != tt.want || Unfinished(tt.plan) != tt.unfinished {
			t.Errorf("StateOf = %q, Unfinished = %v, want %q, %v", got, Unfinished(tt.plan), tt.want, tt.unfinished)
		}
	}
	page := Render(Page{Frame: admintest.Frame("Plans"), Plans: []api.Plan{fresh, failed}})
	admintest.Says(t, page, "Revoke: 3 certificates", "lost or stolen", "2 failed", "Put on hold by serial number", "Ada Ministrator", "22 November 2026 at 11:59")
	admintest.Says(t, Render(Page{Frame: admintest.Frame("Plans")}), "There is none yet")
	for _, text := range admintest.Hostile(t) {
		show := func(text string) []byte {
			p := fresh
			p.Note, p.By, p.Reason, p.ID = text, text, text, text
			return Render(Page{Frame: admintest.Frame("Plans"), Plans: []api.Plan{p}})
		}
		admintest.Calm(t, show(text), show("calm"), text)
	}
}
