package problem

import (
	"strings"
	"testing"

	"golang.org/x/net/html"

	"mais/server/internal/web/page/frame"
	"mais/server/internal/web/page/pagetest"
)

func TestTemplate(t *testing.T) {
	pagetest.Check(t, page, Page{})
	pagetest.Check(t, plain, Page{})
}

func refusal() Page {
	return Page{
		Frame: frame.Frame{Title: "You cannot come in", Service: "MAIS", Contact: "the desk"}, Address: "192.0.2.7",
		Detail: "This address is not yours.", Steps: []string{"Use another computer.", "Tell <b>the desk</b>."}, Reference: "5f1c",
	}
}

// TestPage: with a style sheet and without one the page says the same.
func TestPage(t *testing.T) {
	for name, render := range map[string]func(Page) []byte{"framed": Render, "plain": Plain} {
		doc := pagetest.Parse(t, render(refusal()))
		for id, want := range map[string]string{"address": "192.0.2.7", "reference": "5f1c"} {
			if got := pagetest.Text(pagetest.ByID(doc, id)); got != want {
				t.Errorf("%s: #%s = %q, want %q", name, id, got, want)
			}
		}
		text := pagetest.Text(doc)
		for _, want := range []string{"You cannot come in", "This address is not yours.", "Use another computer.", "Tell <b>the desk</b>.", "Whom to call the desk", "Somebody at risk now?", "A colleague who is let in may look the person up"} {
			if !strings.Contains(text, want) {
				t.Errorf("%s does not say %q: %s", name, want, text)
			}
		}
	}
}

func TestPlainNeedsNothing(t *testing.T) {
	page := Plain(refusal())
	if text := string(page); strings.Contains(text, "src=") || strings.Contains(text, "href=") {
		t.Errorf("the plain page asks for another file: %s", text)
	}
}

func TestAgain(t *testing.T) {
	links := func(p Page) []*html.Node { return pagetest.ByClass(pagetest.Parse(t, Render(p)), "govuk-button") }
	p := refusal()
	if n := len(links(p)); n != 0 {
		t.Errorf("%d ways out, want none", n)
	}
	p.Address, p.Again, p.Direct = "", frame.Link{Path: "/", Text: "Sign in again"}, true
	found := links(p)
	if len(found) != 1 || pagetest.Attr(found[0], "href") != "/" || pagetest.Text(found[0]) != "Sign in again" {
		t.Fatalf("the ways out = %v, want one to /", found)
	}
	p.Again = frame.Link{Text: "Try again"}
	if found = links(p); len(found) != 1 || pagetest.Attr(found[0], "href") != "" {
		t.Errorf("to try again is %v, want the page's own address", found)
	}
	if pagetest.ByID(pagetest.Parse(t, Render(p)), "address") != nil {
		t.Error("an address that is not the matter is shown")
	}
}
