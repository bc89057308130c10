package access

import (
	"strings"
	"testing"
	"time"

	"mais/server/internal/web/page/frame"
	"mais/server/internal/web/page/pagetest"
)

func TestTemplate(t *testing.T) { pagetest.Check(t, page, Page{}) }

func mine(sections ...Section) Page {
	return Page{
		Frame: frame.Frame{App: frame.Lookup, Title: "My access", Service: "MAIS", Contact: "the desk", Now: time.Unix(0, 0), Holder: &frame.Holder{
			Name: "Sam <Sergeant>", Agency: "Northshire Police", Site: "Northgate", Token: "Smart card", Serial: "4f21", Expires: time.Unix(0, 0), SignedIn: true}},
		Address: "192.0.2.14", Idle: 15 * time.Minute, Roles: []Role{{"Police officer", "reads every restricted item"}, {"Liaison", "more"}}, Sections: sections,
	}
}

func TestAccess(t *testing.T) {
	p := mine(
		Section{"Details", []Item{{Label: "Name", Read: "Police officer"}, {Label: "Number"}}},
		Section{"Medication", []Item{{Label: "Prescription", Emergency: "Police officer"}}},
	)
	if n, want := p.Count(), (Count{All: 3, Read: 1, Emergency: 1, Withheld: 1}); n != want {
		t.Errorf("Count() = %+v, want %+v", n, want)
	}
	doc := pagetest.Parse(t, Render(p))
	text := pagetest.Text(pagetest.ByID(doc, "main-content"))
	for _, want := range []string{
		"Sam <Sergeant>", "Northgate, at the address 192.0.2.14", "Smart card, until 1 January 1970", "4f21", "All my tokens", "15 minutes",
		"Your role Police officer: reads every restricted item", "And your role Liaison: more", "You see 1 of the 3 items",
		"1 you see only in an emergency: all of “Medication”", "1 is withheld from you: Number",
		"Name You see it Police officer", "Number Withheld None of yours", "Prescription Only in an emergency Police officer",
		"ask the desk",
	} {
		if !strings.Contains(text, want) {
			t.Errorf("the page does not say %q:\n%s", want, text)
		}
	}
}

// TestLimited: a password shows less than the role, and the page does not put it on the role.
func TestLimited(t *testing.T) {
	p := mine(Section{"S", []Item{{Label: "I", Token: "Clinician"}, {Label: "J", Read: "Clinician"}, {Label: "K"}}})
	p.Limited = true
	text := pagetest.Text(pagetest.Parse(t, Render(p)))
	if strings.Contains(text, "Serial number") || strings.Contains(text, "until 1 January") {
		t.Errorf("a password has a serial number or a last day:\n%s", text)
	}
	for _, want := range []string{"Token None: you signed in with a password My security", "You signed in with a password", "your role shows you also: I. Enrol a token", "I Withheld Clinician, with a token: not with a password", "K Withheld None of yours"} {
		if !strings.Contains(text, want) {
			t.Errorf("the page does not say %q:\n%s", want, text)
		}
	}
}

// TestEdges: who sees everything, and who sees nothing.
func TestEdges(t *testing.T) {
	for want, p := range map[string]Page{
		"You see 1 of the 1 items of a record: nothing is withheld from you": mine(Section{"S", []Item{{Label: "I", Read: "Clinician", Emergency: ""}}}),
		"None of your roles shows you any of the 1 items of a record":        mine(Section{"S", []Item{{Label: "I", Read: "", Emergency: ""}}}),
	} {
		if text := pagetest.Text(pagetest.Parse(t, Render(p))); !strings.Contains(text, want) {
			t.Errorf("the page does not say %q:\n%s", want, text)
		}
	}
}
