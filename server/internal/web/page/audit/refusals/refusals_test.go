package refusals

import (
	"testing"

	"mais/server/api"
	"mais/server/internal/web/page/admin/admintest"
	"mais/server/internal/web/page/audit"
	"mais/server/internal/web/page/pagetest"
)

func TestTemplate(t *testing.T) { pagetest.Check(t, page, Page{}) }

func show(g ...api.AuditRefusal) []byte {
	return Render(Page{Frame: admintest.Frame("Refusals"), Days: audit.Days{Action: "/audit/refusals", From: "2026-11-01", To: "2026-11-22"},
		Refusals: api.AuditRefusals{Total: 1234, Groups: g}})
}

func TestRefusals(t *testing.T) {
	g := api.AuditRefusal{Outcome: "refused", Reason: "wrong-network", Kind: api.RefusedAtDoor, Address: "10.9.9.9", UserName: "Dana Whitlock", Count: 1200,
		First: admintest.Now, Last: admintest.Now, LastID: 9}
	unknown := api.AuditRefusal{Outcome: "failed", Kind: api.RefusedOther, Count: 1, First: admintest.Now, Last: admintest.Now}
	admintest.Says(t, show(g, unknown), "From Sunday 1 November 2026, to and including Sunday 22 November 2026.", "1,234 requests", "Not from a network of their sites", "At the door, wrong-network", "10.9.9.9", "1,200", "Nobody known", "Not known", "No cause recorded")
	admintest.Says(t, show(), "Nothing was refused")
	admintest.Says(t, Render(Page{Frame: admintest.Frame("Refusals"), Days: audit.Days{Action: "/audit/refusals", Wrong: true}}), "at most 92 days apart")
	for _, text := range admintest.Hostile(t) {
		hostile := func(text string) []byte {
			h := g
			h.Outcome, h.Reason, h.Kind, h.Address, h.User, h.UserName, h.Agency = text, text, text, text, text, text, text
			return show(h)
		}
		admintest.Calm(t, hostile(text), hostile("calm"), text)
	}
}
