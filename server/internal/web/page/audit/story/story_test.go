package story

import (
	"testing"
	"time"

	"mais/server/api"
	"mais/server/internal/web/page/admin/admintest"
	"mais/server/internal/web/page/audit/audittest"
	"mais/server/internal/web/page/pagetest"
)

func TestTemplate(t *testing.T) { pagetest.Check(t, page, Page{}) }

func told(e api.AuditEntry) Page {
	began, ended := admintest.Now.Add(-time.Hour), admintest.Now
	return Page{Frame: admintest.Frame("A session"), Story: api.AuditStory{Session: e.Session, UserName: e.UserName, Agency: e.Agency, Site: e.Site, Address: e.Address,
		Began: began, Ended: &ended, Reason: "timeout", People: 1, Steps: []api.AuditStep{{AuditEntry: e}, {AuditEntry: e, After: 1200}}}}
}

func TestStory(t *testing.T) {
	p := told(audittest.Entry(3))
	admintest.Says(t, Render(p), "Dana Whitlock", "after 1 hour 0 min: nobody used it any more", "of 1 person", "20 minutes without a request", "Opened a record")
	refused := audittest.Entry(4)
	refused.Outcome, refused.Reason = "refused", "wrong-network"
	admintest.Says(t, Render(told(refused)), "Not from a network of their sites")
	p.Story.Ended = nil
	admintest.Says(t, Render(p), "Not yet")
	p.Story.Cut, p.Story.People = true, 2
	admintest.Says(t, Render(p), "There is more than is shown", "of 2 people")
	for _, text := range admintest.Hostile(t) {
		show := func(text string) []byte { return Render(told(audittest.Hostile(text))) }
		admintest.Calm(t, show(text), show("calm"), text)
	}
}
