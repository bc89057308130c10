package changes

import (
	"testing"

	"mais/server/api"
	"mais/server/internal/web/page/admin/admintest"
	"mais/server/internal/web/page/pagetest"
)

func TestTemplate(t *testing.T) { pagetest.Check(t, page, Page{}) }

func TestChanges(t *testing.T) {
	c := api.Change{ID: "1", Kind: api.UserLeave, Subject: "Dana Whitlock", State: api.ChangeWaiting, MadeAt: admintest.Now, MadeBy: api.Actor{Name: "Ada Ministrator"}}
	draft := c
	draft.State, draft.Kind = api.ChangeDraft, api.RoleAdd
	p := Page{Frame: admintest.Frame("Approvals"), Asked: api.ChangeFilter{State: "mine"}, Found: api.Changes{Total: 120, Changes: []api.Change{c}}, Drafts: []api.Change{draft}}
	admintest.Says(t, Render(p), "End somebody’s access", "Dana Whitlock", "Waits for a second person", "Ada Ministrator", "Your drafts", "Add a role", "Page 1 of 3")
	p.Found = api.Changes{}
	p.Drafts = nil
	admintest.Says(t, Render(p), "Nothing waits for you.")
	p.Asked.State = api.ChangeApplied
	admintest.Says(t, Render(p), "There is none.")
	for _, text := range admintest.Hostile(t) {
		show := func(text string) []byte {
			bad := c
			bad.Subject, bad.Note, bad.MadeBy.Name, bad.Kind = text, text, text, text
			return Render(Page{Frame: admintest.Frame("Approvals"), Found: api.Changes{Changes: []api.Change{bad}}})
		}
		admintest.Calm(t, show(text), show("calm"), text)
	}
}
