package looks

import (
	"testing"

	"mais/server/api"
	"mais/server/internal/web/page/admin/admintest"
	"mais/server/internal/web/page/audit/audittest"
	"mais/server/internal/web/page/pagetest"
)

func TestTemplate(t *testing.T) { pagetest.Check(t, page, Page{}) }

func about(e api.AuditEntry) Page {
	return Page{Frame: admintest.Frame("Who looked at a person"), Top: true, Looks: api.AuditLooks{Person: audittest.Person, Entries: []api.AuditEntry{e},
		Lookers: []api.AuditLooker{{User: e.User, Name: e.UserName, Agency: e.Agency, Looks: 3, First: e.At, Last: e.At}}}}
}

func TestLooks(t *testing.T) {
	p := about(audittest.Entry(5))
	admintest.Says(t, Render(p), audittest.Person, "Dana Whitlock", "3 times", "Every entry about them")
	p.Looks.Next, p.Top = 5, false
	if got := p.Next(); got != "/audit/people/"+audittest.Person+"?before=5" {
		t.Errorf("Next = %q", got)
	}
	admintest.Silent(t, Render(p), "Who opened the record")
	admintest.Says(t, Render(Page{Frame: admintest.Frame("x"), Top: true}), "Nobody has opened")
	for _, text := range admintest.Hostile(t) {
		admintest.Calm(t, Render(about(audittest.Hostile(text))), Render(about(audittest.Hostile("calm"))), text)
	}
}
