package terms

import (
	"strings"
	"testing"
	"time"

	"mais/server/api"
	"mais/server/internal/web/page/frame"
	"mais/server/internal/web/page/pagetest"
)

func TestTemplate(t *testing.T) { pagetest.Check(t, page, Page{}) }

func shown(due bool) Page {
	at := time.Date(2026, 11, 22, 12, 0, 0, 0, time.UTC)
	p := Page{Frame: frame.Frame{App: frame.Lookup, Title: "Before you begin", Service: "MAIS", Contact: "the desk", Now: at}}
	p.Terms = api.Terms{Version: "2026-11", Text: []string{"What you see here was told in confidence.", "You lend your token to nobody."}, Due: due, Sheets: []api.Sheet{
		{Role: "police_officer", Title: "Police officer", Text: []string{"What it is for. When somebody is in custody.", "A sentence that is far too long to head a paragraph. Another."}},
	}}
	if !due {
		p.Terms.AcceptedAt = &at
	}
	return p
}

func TestPage(t *testing.T) {
	text := pagetest.Text(pagetest.ByID(pagetest.Parse(t, Render(shown(true))), "main-content"))
	for _, want := range []string{"Before you begin", "Police officer", "What it is for. When somebody", "far too long to head a paragraph. Another", "Confidentiality terms", "Version 2026-11", "Accept and go on"} {
		if !strings.Contains(text, want) {
			t.Errorf("the page does not say %q:\n%s", want, text)
		}
	}
	if !strings.Contains(string(Render(shown(true))), `<input type="hidden" name="role" value="police_officer">`) {
		t.Error("the form does not say whose sheets are shown")
	}
	doc := pagetest.ByID(pagetest.Parse(t, Render(shown(false))), "main-content")
	if text := pagetest.Text(doc); !strings.Contains(text, "You accepted the terms on 22 November 2026 at 12:00") || len(pagetest.ByTag(doc, "form")) > 0 {
		t.Errorf("what was accepted reads\n%s", text)
	}
}

// TestFurtherRole: whoever accepted before is told why they are asked again, and which sheet is new.
func TestFurtherRole(t *testing.T) {
	p := shown(true)
	at := p.Now
	p.Terms.AcceptedAt, p.Terms.Sheets[0].New = &at, true
	text := pagetest.Text(pagetest.ByID(pagetest.Parse(t, Render(p)), "main-content"))
	for _, want := range []string{"Your work here has changed", "You were given a further role", "Police officer New to you", "You accepted them on 22 November 2026", "Accept and go on"} {
		if !strings.Contains(text, want) {
			t.Errorf("the page does not say %q:\n%s", want, text)
		}
	}
}

func TestFault(t *testing.T) {
	p := shown(true)
	p.Faults = frame.Faults{{Field: Accept, Text: "Tick the box if you accept the terms"}}
	if text := pagetest.Text(pagetest.Parse(t, Render(p))); !strings.Contains(text, "There is a problem") {
		t.Error("a fault is not said first")
	}
}
