package recover

import (
	"testing"

	"mais/server/internal/web/page/admin/admintest"
	"mais/server/internal/web/page/frame"
	"mais/server/internal/web/page/pagetest"
)

func TestTemplate(t *testing.T) { pagetest.Check(t, page, Page{}) }

func step(title string) Page {
	return Page{Frame: frame.Frame{App: frame.Lookup, Title: title, Service: "MAIS", Contact: "the desk", Now: admintest.Now}, Minutes: 15, Least: 15, Most: 128}
}

func TestSteps(t *testing.T) {
	p := step("Set a new password")
	admintest.Says(t, Render(p), "Send me the code", "I have the code already", "Mail alone is not enough")
	p.NoMail = true
	admintest.Says(t, Render(p), "This service sends no mail")
	if n := len(pagetest.ByTag(admintest.Main(t, Render(p)), "form")); n != 0 {
		t.Error("there is a form that leads nowhere")
	}
	p = step("Type the code")
	p.AskCode = true
	admintest.Says(t, Render(p), "If the address has a password here", "or a recovery code", "signed out everywhere")
	for field, want := range map[string]string{Code: "one-time-code", Proof: "off", Password: "new-password", Again: "new-password"} {
		if got := pagetest.Attr(pagetest.ByID(admintest.Main(t, Render(p)), field), "autocomplete"); got != want {
			t.Errorf("#%s is for %q, want %q", field, got, want)
		}
	}
	for _, text := range admintest.Hostile(t) {
		show := func(text string) []byte {
			p := step("Set a new password")
			p.Typed, p.Faults = text, frame.Faults{{Field: Email, Text: text}}
			return Render(p)
		}
		admintest.Calm(t, show(text), show("calm"), text)
	}
}
