package quarantines

import (
	"testing"

	"mais/server/api"
	"mais/server/internal/web/page/admin/admintest"
	"mais/server/internal/web/page/pagetest"
)

func TestTemplate(t *testing.T) { pagetest.Check(t, page, Page{}) }

func TestQuarantines(t *testing.T) {
	q := api.Quarantine{ID: 3, MadeAt: admintest.Now, MadeBy: "operator root", Total: 1200, Held: 1100, Needs: 2, Approved: []string{"urn:mais:user:1"}, ApprovedBy: []string{"a@b"}}
	made, approved, done := q, q, q
	q.FinishedAt, approved.FinishedAt, done.FinishedAt = &admintest.Now, &admintest.Now, &admintest.Now
	approved.Approved = append(approved.Approved, "urn:mais:user:2")
	done.Approved, done.Held = approved.Approved, 0
	for _, tt := range []struct {
		quarantine api.Quarantine
		want       string
	}{{made, "Being made"}, {q, "Waits for approval"}, {approved, "To be released or revoked"}, {done, "Done"}} {
		if got := StateOf(tt.quarantine).Words; got != tt.want {
			t.Errorf("StateOf(%+v) = %q, want %q", tt.quarantine, got, tt.want)
		}
	}
	admintest.Says(t, Render(Page{Frame: admintest.Frame("Quarantines"), Quarantines: []api.Quarantine{q}}),
		"two different administrators", "Quarantine 3", "Waits for approval", "1100 of 1200", "1 of 2", "operator root")
	admintest.Says(t, Render(Page{Frame: admintest.Frame("Quarantines")}), "There has been none")
	for _, text := range admintest.Hostile(t) {
		show := func(text string) []byte {
			q := q
			q.MadeBy = text
			return Render(Page{Frame: admintest.Frame("Quarantines"), Quarantines: []api.Quarantine{q}})
		}
		admintest.Calm(t, show(text), show("calm"), text)
	}
}
