package reason

import (
	"slices"
	"strings"
	"testing"
	"time"

	"golang.org/x/net/html"

	"mais/server/api"
	"mais/server/api/form"
	"mais/server/internal/web/page/frame"
	"mais/server/internal/web/page/pagetest"
)

func TestTemplate(t *testing.T) { pagetest.Check(t, page, Page{}) }

func asked() Page {
	return New(frame.Frame{Title: "Why are you looking at this record?", Service: "MAIS", Now: time.Date(2010, 11, 24, 2, 14, 0, 0, time.UTC)},
		api.SearchResult{ID: "b7d2", Surname: "Kettering", FirstName: "Tobias", DateOfBirth: "1978-02-14"})
}

// radios returns the reasons to choose from.
func radios(doc *html.Node) []*html.Node {
	return pagetest.All(doc, func(e *html.Node) bool { return pagetest.Attr(e, "type") == "radio" })
}

func has(e *html.Node, key string) bool {
	return slices.ContainsFunc(e.Attr, func(a html.Attribute) bool { return a.Key == key })
}

func TestPage(t *testing.T) {
	doc := pagetest.Parse(t, Render(asked()))
	text := pagetest.Text(pagetest.ByID(doc, "main-content"))
	for _, want := range []string{"Kettering, Tobias", "born 14 February 1978, 32 years", "if there is one", "Cancel"} {
		if !strings.Contains(text, want) {
			t.Errorf("the page does not say %q: %s", want, text)
		}
	}
	found := radios(doc)
	if len(found) != len(form.Reasons()) {
		t.Fatalf("%d reasons are offered, want %d", len(found), len(form.Reasons()))
	}
	for i, r := range form.Reasons() {
		if got := pagetest.Attr(found[i], "value"); got != r.Code || !strings.Contains(text, r.Label) {
			t.Errorf("reason %d = %q, want %q with its label", i, got, r.Code)
		}
		if has(found[i], "checked") {
			t.Errorf("%s is chosen in advance", r.Code)
		}
		if has(found[i], "autofocus") != (i == 0) {
			t.Errorf("%s has the focus: %v, want it on the first alone", r.Code, i != 0)
		}
	}
	action := pagetest.All(doc, func(e *html.Node) bool {
		return e.Data == "form" && pagetest.Attr(e, "action") == "/person/b7d2/reason"
	})
	if len(action) != 1 || pagetest.Attr(action[0], "method") != "post" {
		t.Errorf("no form posts to /person/b7d2/reason")
	}
}

// TestFaults: what was filled in stays, and each fault stands at its field and leads there.
func TestFaults(t *testing.T) {
	p := asked()
	p.Chosen, p.Number, p.Words = "other", "C/1", `"><b>why`
	p.Faults = frame.Faults{{Field: Reason, Text: "Choose one"}, {Field: Number, Text: "Too long"}, {Field: Explanation, Text: "Explain it"}}
	doc := pagetest.Parse(t, Render(p))
	summary := pagetest.ByClass(doc, "govuk-error-summary")
	if len(summary) != 1 {
		t.Fatalf("%d summaries of errors, want one", len(summary))
	}
	var links []string
	for _, a := range pagetest.ByTag(summary[0], "a") {
		links = append(links, pagetest.Attr(a, "href"))
	}
	if want := []string{"#reason", "#number", "#explanation"}; !slices.Equal(links, want) {
		t.Errorf("the summary leads to %v, want %v", links, want)
	}
	for id, want := range map[string]string{"reason-error": "Choose one", "number-error": "Too long", "explanation-error": "Explain it"} {
		if got := pagetest.Text(pagetest.ByID(doc, id)); got != "Error: "+want {
			t.Errorf("#%s = %q, want %q", id, got, want)
		}
	}
	if got := pagetest.Attr(pagetest.ByID(doc, "number"), "value"); got != "C/1" {
		t.Errorf("the number = %q, want what was typed", got)
	}
	if got := pagetest.Attr(pagetest.ByID(doc, "explanation"), "value"); got != `"><b>why` {
		t.Errorf("the explanation = %q, want what was typed", got)
	}
	for _, r := range radios(doc) {
		if has(r, "checked") != (pagetest.Attr(r, "value") == "other") || has(r, "autofocus") {
			t.Errorf("radio %s: %v, want only the chosen one checked and none with the focus", pagetest.Attr(r, "value"), r.Attr)
		}
	}
}
