package passwordsignin

import (
	"testing"

	"mais/server/internal/web/page/admin/admintest"
	"mais/server/internal/web/page/frame"
	"mais/server/internal/web/page/pagetest"
)

func TestTemplate(t *testing.T) { pagetest.Check(t, page, Page{}) }

func show(typed string) []byte {
	p := Page{Frame: frame.Frame{App: frame.Lookup, Title: "Sign in", Service: "MAIS", Contact: "the desk", Now: admintest.Now}, Typed: typed, MutualURL: "https://mais.example:9443", Free: 5, First: "15 seconds", Most: "15 minutes"}
	if typed != "" {
		p.Faults = frame.Faults{{Field: Email, Text: "That was not accepted"}, {Field: Code, Text: typed}}
	}
	return Render(p)
}

// TestPage: password managers find their fields, and no password comes back.
func TestPage(t *testing.T) {
	doc := admintest.Main(t, show(""))
	for field, want := range map[string]string{Email: "username", Password: "current-password", Code: "one-time-code"} {
		if got := pagetest.Attr(pagetest.ByID(doc, field), "autocomplete"); got != want {
			t.Errorf("#%s is for %q, want %q", field, got, want)
		}
	}
	const rule = "More than 5 wrong tries in a row make you wait: 15 seconds at first, 15 minutes at most."
	admintest.Says(t, show(""), rule)
	admintest.Says(t, show("dana@example.org"), rule, "There is a problem", "That was not accepted", "Nobody will ask you for your password", "I have forgotten my password")
	doc = admintest.Main(t, show("dana@example.org"))
	if pagetest.Attr(pagetest.ByID(doc, Email), "value") != "dana@example.org" || pagetest.Attr(pagetest.ByID(doc, Password), "value") != "" {
		t.Error("the address that was typed is lost, or a password is kept")
	}
	for _, text := range admintest.Hostile(t) {
		admintest.Calm(t, show(text), show("calm"), text)
	}
}
