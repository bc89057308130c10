package invite

import (
	"testing"

	"mais/server/api"
	"mais/server/internal/web/page/admin/admintest"
	"mais/server/internal/web/page/frame"
	"mais/server/internal/web/page/pagetest"
)

func TestTemplate(t *testing.T) { pagetest.Check(t, page, Page{}) }

func TestInvite(t *testing.T) {
	p := Page{Frame: admintest.Frame("Invite")}
	admintest.Says(t, Render(p), "shown to nobody", "Send a code", "Cancel")
	p.Sent = &api.Invited{Email: "dana@example.org", Order: "0193", Expires: admintest.Now}
	admintest.Says(t, Render(p), "on its way to dana@example.org", "0193", "22 November 2026 at 12:00", "sent to them before no longer work")
	p.Sent.BouncedAt, p.Sent.Bounce = &p.Sent.Expires, "550 no such user"
	admintest.Says(t, Render(p), "An earlier mail to this address came back on 22 November 2026 at 12:00: 550 no such user", "change it on their page")
	p = Page{Frame: admintest.Frame("Invite"), Typed: "dana", NoMail: true}
	p.Faults = frame.Faults{{Field: Email, Text: "Enter an email address"}}
	admintest.Says(t, Render(p), "mais-server admin invite", "[mail]", "No code was made")
	doc := admintest.Main(t, Render(p))
	if pagetest.Attr(pagetest.ByID(doc, Email), "value") != "dana" || pagetest.Text(pagetest.ByID(doc, "email-error")) != "Error: Enter an email address" {
		t.Error("what was typed is lost, or its fault")
	}
	for _, text := range admintest.Hostile(t) {
		show := func(text string) []byte {
			return Render(Page{Frame: admintest.Frame("Invite"), Typed: text, Sent: &api.Invited{Email: text, Order: text, BouncedAt: &admintest.Now, Bounce: text}})
		}
		admintest.Calm(t, show(text), show("calm"), text)
	}
}
