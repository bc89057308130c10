package security

import (
	"testing"

	"mais/server/internal/web/page/admin/admintest"
	"mais/server/internal/web/page/frame"
	"mais/server/internal/web/page/pagetest"
)

func TestTemplate(t *testing.T) { pagetest.Check(t, page, Page{}) }

func TestPage(t *testing.T) {
	p := Page{Frame: frame.Frame{App: frame.Lookup, Title: "My security", Service: "MAIS", Contact: "the desk", Now: admintest.Now}, Factor: true, Codes: 9, Limited: true, Least: 15, Most: 128}
	admintest.Says(t, Render(p), "9 of 10", "set up", "Send me a code for a token", "Change the password", "Set up another second factor", "Make ten new codes")
	doc := admintest.Main(t, Render(p))
	for _, id := range []string{"token", "change", "second", "codes"} {
		if pagetest.Attr(pagetest.ByID(doc, id+"-current"), "autocomplete") != "current-password" || pagetest.Attr(pagetest.ByID(doc, id+"-code"), "autocomplete") != "one-time-code" {
			t.Errorf("the form %s does not ask for the proof", id)
		}
	}
	p.Factor, p.Needs, p.Sent = false, true, "dana@example.org"
	admintest.Says(t, Render(p), "your role asks for it", "on its way to dana@example.org")
}
