package signin

import (
	"slices"
	"strings"
	"testing"
	"time"

	"golang.org/x/net/html"

	"mais/server/internal/web/page/frame"
	"mais/server/internal/web/page/pagetest"
)

func TestTemplate(t *testing.T) { pagetest.Check(t, page, Page{}) }

// at is two in the morning of a winter's day.
var at = time.Date(2010, 11, 24, 2, 14, 0, 0, time.UTC)

// holder is an officer whose token is good for some days.
func holder(days int) frame.Frame {
	return frame.Frame{
		App: frame.Lookup, Title: "Sign in", Service: "MAIS", Contact: "the desk", Now: at,
		Holder: &frame.Holder{
			Name: "Dana Whitlock", Agency: "Northmoor Police", Site: "Harbour Street", Roles: []string{"Police officer", "Clinician"},
			Token: "Smart card", Serial: "4f219c0b77", Expires: at.AddDate(0, 0, days),
		},
	}
}

func TestPage(t *testing.T) {
	doc := pagetest.Parse(t, Render(Page{holder(200), "192.0.2.7", true}))
	if got := pagetest.Text(pagetest.ByID(doc, "holder")); got != "Dana Whitlock" {
		t.Errorf("#holder = %q, want the name on the token", got)
	}
	if got := pagetest.Text(pagetest.ByID(doc, "address")); got != "192.0.2.7" {
		t.Errorf("#address = %q, want the caller's", got)
	}
	main := pagetest.ByID(doc, "main-content")
	text := pagetest.Text(main)
	for _, want := range []string{"Northmoor Police", "Police officer, Clinician", "Smart card", "4f219c0b77", "12 June 2011 (ends in 200 days)",
		"Harbour Street, 192.0.2.7", "This is not me", "Computer Misuse Act", "Ask the desk"} {
		if !strings.Contains(text, want) {
			t.Errorf("the page does not say %q: %s", want, text)
		}
	}
	buttons := pagetest.ByTag(main, "button")
	if len(buttons) != 1 || pagetest.Text(buttons[0]) != "Sign in as Dana Whitlock" {
		t.Fatalf("the buttons are %d, want one that says who signs in", len(buttons))
	}
	if form := buttons[0].Parent; pagetest.Attr(form, "action") != "/sign-in" || pagetest.Attr(form, "method") != "post" {
		t.Errorf("the button belongs to %+v, want POST /sign-in", form.Attr)
	}
	if !focused(doc, "button") {
		t.Error("Enter does not sign in: the button lacks the focus")
	}
}

// TestEnd: below a fortnight the end of the token is a warning that says what to do.
func TestEnd(t *testing.T) {
	for days, want := range map[int]string{0: "ends today", 1: "ends tomorrow", 13: "ends in 13 days", 15: "ends in 15 days"} {
		doc := pagetest.Parse(t, Render(Page{holder(days), "192.0.2.7", true}))
		text := pagetest.Text(doc)
		if !strings.Contains(text, want) {
			t.Errorf("%d days before the end the page does not say %q: %s", days, want, text)
		}
		if got, want := len(pagetest.ByClass(doc, "govuk-tag--yellow")) == 1 && strings.Contains(text, "tokenctl renew"), days < 14; got != want {
			t.Errorf("%d days before the end it warns: %v, want %v", days, got, want)
		}
	}
}

func TestSite(t *testing.T) {
	doc := pagetest.Parse(t, Render(Page{holder(200), "192.0.2.7", false}))
	if text := pagetest.Text(pagetest.ByID(doc, "main-content")); !strings.Contains(text, "do not sign in") {
		t.Errorf("a site's token is not told that it does not sign in: %s", text)
	}
	if n := len(pagetest.ByTag(pagetest.ByID(doc, "main-content"), "button")); n != 0 {
		t.Errorf("a site's token gets %d buttons, want none", n)
	}
}

func focused(doc *html.Node, tag string) bool {
	return len(pagetest.All(doc, func(e *html.Node) bool {
		return e.Data == tag && slices.ContainsFunc(e.Attr, func(a html.Attribute) bool { return a.Key == "autofocus" })
	})) == 1
}
