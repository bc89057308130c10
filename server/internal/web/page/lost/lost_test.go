package lost

import (
	"testing"
	"time"

	"mais/server/api"
	"mais/server/internal/web/page/admin/admintest"
	"mais/server/internal/web/page/frame"
	"mais/server/internal/web/page/pagetest"
)

func TestTemplate(t *testing.T) { pagetest.Check(t, page, Page{}) }

func step(title string) Page {
	return Page{Frame: frame.Frame{App: frame.Lookup, Title: title, Service: "MAIS", Contact: "the desk, 01632 960000", Now: admintest.Now}, Minutes: 15}
}

// TestSteps: each step says what it will do before its button, and whom to ring instead.
func TestSteps(t *testing.T) {
	p := step("I have lost my card")
	admintest.Says(t, Render(p), "I have lost my card", "everything of yours is put on hold", "Send me the code", "I have the code already", "the desk, 01632 960000")
	if tel := pagetest.ByTag(admintest.Main(t, Render(p)), "a"); pagetest.Attr(tel[len(tel)-1], "href") != "tel:+441632960000" {
		t.Errorf("the contact cannot be rung: %s", pagetest.Attr(tel[len(tel)-1], "href"))
	}
	p.Typed, p.Faults = "dana", frame.Faults{{Field: Email, Text: "Enter your email address"}}
	doc := admintest.Main(t, Render(p))
	if pagetest.Attr(pagetest.ByID(doc, Email), "value") != "dana" || pagetest.Text(pagetest.ByID(doc, "email-error")) != "Error: Enter your email address" {
		t.Error("what was typed is lost, or its fault")
	}

	p = step("Type the code")
	p.AskCode = true
	admintest.Says(t, Render(p), "If the address is registered, a code is on its way there. It is good for 15 minutes", "Put everything of mine on hold", "Cancel")
	p.Faults = frame.Faults{{Field: Code, Text: "The code was not accepted"}}
	admintest.Says(t, Render(p), "The code was not accepted")
	if value := pagetest.Attr(pagetest.ByID(admintest.Main(t, Render(p)), Code), "value"); value != "" {
		t.Errorf("a code stands on the page: %q", value)
	}

	p = step("Everything of yours is on hold")
	p.Done, p.Held = true, []api.LostToken{
		{Serial: "aa00000000000000000000000000000a", Profile: "person-attested", Card: 12345678, NotAfter: admintest.Now.Add(time.Hour)}, {Serial: "bb", Profile: "person-software"},
	}
	admintest.Says(t, Render(p), "Attested card, card number 12345678, certificate …00000a", "Software token, certificate …bb", "Your roles stay as they are")
	p.Password = true
	admintest.Says(t, Render(p), "Attested card", "Your password opens nothing any more", "Found it")
	p.Held = nil
	admintest.Says(t, Render(p), "Nobody can sign in with it", "say who may know it", "you set another", "administrators are told")
	admintest.Silent(t, Render(p), "Found it", "on its way to you", "card")
	p.Password = false
	admintest.Says(t, Render(p), "Nothing of yours was good any more")
}

func TestNoMail(t *testing.T) {
	p := step("I have lost my card")
	p.NoMail = true
	admintest.Says(t, Render(p), "This service sends no mail", "Ring the desk")
	if n := len(pagetest.ByTag(admintest.Main(t, Render(p)), "form")); n != 0 {
		t.Error("there is a form that leads nowhere")
	}
}

func TestHostile(t *testing.T) {
	for _, text := range admintest.Hostile(t) {
		show := func(text string) []byte {
			p := step("I have lost my card")
			p.Typed, p.Faults = text, frame.Faults{{Field: Email, Text: text}}
			return Render(p)
		}
		admintest.Calm(t, show(text), show("calm"), text)
	}
}
