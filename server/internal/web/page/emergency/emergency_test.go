package emergency

import (
	"strings"
	"testing"
	"time"

	"golang.org/x/net/html"

	"mais/server/internal/web/page/frame"
	"mais/server/internal/web/page/pagetest"
)

var now = time.Date(2026, 11, 22, 2, 14, 0, 0, time.UTC)

func asked() Page {
	return Page{
		Frame: frame.Frame{App: frame.Lookup, Title: "Emergency access to withheld items", Service: "MAIS", Contact: "the desk", Now: now},
		Path:  "/person/3f2a", Name: "KETTERING, Tobias <b>James</b>", Born: "3 May 1978", Minutes: 30,
		Parts: []Part{{Section: "Mental health issues"}, {Section: "Service user details", Items: []string{"ePEX number", "Aliases used"}}},
		Told:  []Colleague{{"Gwen Governor", "Northshire NHS Trust"}, {"Guy Guardian", "Northshire Police"}},
	}
}

func TestTemplates(t *testing.T) {
	pagetest.Check(t, page, Page{})
	pagetest.Check(t, refused, Refused{})
}

// TestAsks: the page says for whom, what it opens, who is told, when it ends, and asks why.
func TestAsks(t *testing.T) {
	doc := pagetest.Parse(t, Render(asked()))
	text := pagetest.Text(pagetest.ByID(doc, "main-content"))
	for _, want := range []string{
		"KETTERING, Tobias <b>James</b> , born 3 May 1978", "Mental health issues", "Service user details (ePEX number, Aliases used)",
		"Gwen Governor , Northshire NHS Trust, will be told and will review it", "Guy Guardian , Northshire Police, will be told",
		"after 30 minutes or when you sign out", "you must be able to explain it", "Do not name anybody else",
		"From 10 to 500 characters", "See withheld items now", "Cancel",
	} {
		if !strings.Contains(strings.ReplaceAll(text, " ,", ","), strings.ReplaceAll(want, " ,", ",")) {
			t.Errorf("the page does not say %q:\n%s", want, text)
		}
	}
	form := pagetest.ByTag(doc, "form")[0]
	if action := pagetest.Attr(form, "action"); action != "/person/3f2a/emergency" {
		t.Errorf("the form goes to %q", action)
	}
	if why := pagetest.ByID(doc, "why"); pagetest.Text(why) != "" || pagetest.Attr(why, "name") != "why" {
		t.Errorf("the question is not asked afresh: %q", pagetest.Text(why))
	}
	if got := href(doc, "Cancel"); got != "/person/3f2a" {
		t.Errorf("Cancel leads to %q", got)
	}
}

// TestFault keeps what was typed and leads to it.
func TestFault(t *testing.T) {
	p := asked()
	const fault = "Say what the emergency is in 10 characters or more"
	p.Why, p.Faults = "\nhelp </textarea>", frame.Faults{{Field: Why, Text: fault}}
	doc := pagetest.Parse(t, Render(p))
	if got := href(doc, fault); got != "#why" {
		t.Errorf("the summary leads to %q, want #why", got)
	}
	why := pagetest.ByID(doc, "why")
	if got := why.FirstChild.Data; got != p.Why {
		t.Errorf("what was typed is %q, want %q", got, p.Why)
	}
	if !strings.Contains(pagetest.Attr(why, "aria-describedby"), "why-error") || !strings.Contains(pagetest.Text(pagetest.ByID(doc, "why-error")), fault) {
		t.Error("the field does not say what is wrong with it")
	}
}

// TestOn asks nothing again while it is on, and offers its end.
func TestOn(t *testing.T) {
	p := asked()
	p.Title, p.Ends = "Emergency access is on", now.Add(20*time.Minute)
	doc := pagetest.Parse(t, Render(p))
	text := pagetest.Text(pagetest.ByID(doc, "main-content"))
	if pagetest.ByID(doc, "why") != nil || !strings.Contains(text, "until 02:34") || !strings.Contains(text, "End emergency access now") {
		t.Errorf("the page of an access that is on: %s", text)
	}
	if action := pagetest.Attr(pagetest.ByTag(doc, "form")[0], "action"); action != "/person/3f2a/emergency/end" {
		t.Errorf("the form goes to %q", action)
	}
}

// TestNobodyKnownIsTold: without names the page does not say that nobody is told.
func TestNobodyKnownIsTold(t *testing.T) {
	p := asked()
	p.Told = nil
	if text := string(Render(p)); !strings.Contains(text, "a governance officer will be told and will review it") {
		t.Error("the page does not say who is told")
	}
}

func TestRefused(t *testing.T) {
	f := frame.Frame{App: frame.Lookup, Title: "You have no emergency access", Service: "MAIS", Contact: "the desk", Now: now}
	doc := pagetest.Parse(t, RenderRefused(Refused{Frame: f, Path: "/person/3f2a"}))
	if text := pagetest.Text(doc); !strings.Contains(text, "999") || !strings.Contains(text, "ask the desk") || href(doc, "urgent contacts") != "/contacts" {
		t.Errorf("the refusal does not say who can help: %s", text)
	}
	doc = pagetest.Parse(t, RenderRefused(Refused{Frame: f, Path: "/person/3f2a", Nothing: true}))
	if text := pagetest.Text(doc); !strings.Contains(text, "Nothing of this record is withheld from your role") {
		t.Errorf("a clinician is not told that nothing is withheld: %s", text)
	}
}

// href returns where the link with a text leads.
func href(doc *html.Node, text string) string {
	for _, a := range pagetest.ByTag(doc, "a") {
		if pagetest.Text(a) == text {
			return pagetest.Attr(a, "href")
		}
	}
	return ""
}
