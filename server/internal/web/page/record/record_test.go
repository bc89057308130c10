package record

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"golang.org/x/net/html"

	"mais/server/api"
	"mais/server/api/form"
	"mais/server/internal/web/page/frame"
	"mais/server/internal/web/page/pagetest"
	"mais/server/internal/web/page/record/view"
	"mais/server/internal/web/page/record/viewtest"
)

var now = time.Date(2010, 11, 22, 14, 29, 0, 0, time.UTC)

func TestTemplate(t *testing.T) { pagetest.Check(t, page, Page{}) }

func pageOf(r api.Record) Page {
	emergency := map[string]bool{}
	for _, key := range viewtest.Full {
		emergency[key] = true
	}
	return Page{Frame: frame.Frame{Title: "A record", Service: "MAIS", Now: now}, Record: view.Of(r, view.Reader{Now: now, Emergency: emergency}), MayBegin: true}
}

func parse(t *testing.T, p Page) *html.Node {
	t.Helper()
	return pagetest.Parse(t, Render(p))
}

// rows returns the states of an item's elements.
func rows(doc *html.Node, name string) (states []string) {
	for _, e := range pagetest.All(doc, func(e *html.Node) bool { return pagetest.Attr(e, "data-item") == name }) {
		states = append(states, pagetest.Attr(e, "data-state"))
	}
	return states
}

func text(doc *html.Node) string { return pagetest.Text(pagetest.ByID(doc, "main-content")) }

// repeated fills a text of the length asked for.
func repeated(s string) func(int) string {
	return func(n int) string { return string([]rune(strings.Repeat(s, n))[:n]) }
}

// Every item of the form has a row, whatever is known, and says in which state it is.
func TestEveryItemHasARow(t *testing.T) {
	withheld := viewtest.Empty()
	for _, s := range form.Sections() {
		for _, i := range s.Items {
			viewtest.Withhold(withheld, s.Name+"."+i.Name)
		}
	}
	for name, r := range map[string]api.Record{
		"not_recorded": viewtest.Empty(), "withheld": withheld, "recorded": viewtest.Worst(repeated("Word ")),
	} {
		doc, items := parse(t, pageOf(r)), 0
		for _, s := range form.Sections() {
			if pagetest.ByID(doc, s.Name) == nil {
				t.Errorf("%s: no section %s to go to", name, s.Name)
			}
			for _, i := range s.Items {
				items++
				want := 1
				if s.Many && name == "recorded" {
					want = viewtest.MaxRows
				}
				if got := rows(doc, i.Name); len(got) != want || slices.ContainsFunc(got, func(state string) bool { return state != name }) {
					t.Errorf("%s: %s has %d rows, states %q, want %d %s", name, i.Name, len(got), slices.Compact(got), want, name)
				}
			}
		}
		if items != 63 {
			t.Errorf("the form has %d items, want 63", items)
		}
	}
}

// TestLimited: what a password does not show is not put on the role.
func TestLimited(t *testing.T) {
	p := pageOf(viewtest.Sample())
	p.Record = view.Of(viewtest.Sample(), view.Reader{Now: now, Limited: true})
	if got := text(parse(t, p)); !strings.Contains(got, "Not with a password. Sign in with a token") || strings.Contains(strings.ToLower(got), "withheld from your role") ||
		strings.Contains(got, "whose role may see it") {
		t.Errorf("a limited reader is told:\n%s", got)
	}
}

func TestSample(t *testing.T) {
	doc := parse(t, pageOf(viewtest.Sample()))
	for _, want := range []string{
		"KETTERING, Tobias James", "14 February 1978 (32)", "Toby Kay; Ketter", "8 months old",
		"Unknown Nobody knew. That is not a no: ask.", "Asked, refused to say That is not a no", "Not recorded. That is not a no.",
		"Withheld from your role. Healthcare professionals can see it, if anything is recorded: ask the custody nurse, or use emergency access.",
		"Tonic-clonic seizures, last one two months ago. Takes sodium valproate. SystmOne, as at 12 March 2010, 8 months old",
		"Those in authority, Other hostel staff", "Not suitable as appropriate adult", "Wanted as appropriate adult",
		"No alert recorded is not the same as no risk", "So for everyone who has a record here",
	} {
		if !strings.Contains(text(doc), want) {
			t.Errorf("the page does not say %q:\n%s", want, text(doc))
		}
	}
	if cards := pagetest.ByClass(doc, "mais-card"); len(cards) != 5 {
		t.Errorf("%d cards, want 5", len(cards))
	}
	for _, tel := range []string{"tel:+441632960102", "tel:+441632960115", "tel:+441632960399"} {
		if found := pagetest.All(doc, func(e *html.Node) bool { return pagetest.Attr(e, "href") == tel }); len(found) == 0 {
			t.Errorf("no link to ring %s", tel)
		}
	}
}

// A value that is withheld stands nowhere in the page's bytes.
func TestWithheldIsAbsent(t *testing.T) {
	r := viewtest.Worst(repeated("canary"))
	for _, s := range r.Sections {
		for name, i := range s {
			i.State = api.StateWithheld
			s[name] = i
		}
	}
	if page := string(Render(pageOf(r))); strings.Contains(page, "canary") {
		t.Errorf("the page holds what is withheld: %.300s", page[strings.Index(page, "canary"):])
	}
}

// Whatever somebody writes into a record stays text.
func TestHostileText(t *testing.T) {
	for n, hostile := range []string{
		`<script>alert(1)</script>`, `"><img src=x onerror=alert(1)>`, `' autofocus onfocus=alert(1) x='`, `javascript:alert(1)//01632 960101`,
		`</title></head><body onload=alert(1)>`, `{{.}}${7*7}`, `<!--`, `]]><svg/onload=alert(1)>`,
	} {
		p := pageOf(viewtest.Worst(func(bound int) string { return fmt.Sprintf("%.*s", bound, hostile) }))
		p.Title = hostile
		doc := parse(t, p) // which refuses handlers, inline scripts and strange addresses
		if got := strings.Count(text(doc), hostile); got < 40 {
			t.Errorf("hostile text %d stands %d times on the page, want it as text in every item", n, got)
		}
	}
}

func TestEmergency(t *testing.T) {
	offer := pageOf(viewtest.Sample())
	mayNot, nothing := offer, pageOf(viewtest.Empty())
	mayNot.MayBegin = false
	on := pageOf(viewtest.Worst(repeated("Word ")))
	on.Ends = now.Add(time.Minute)
	for name, test := range map[string]struct {
		page         Page
		begins, ends bool
		shown        int
	}{
		"offered": {offer, true, false, 0}, "not allowed": {mayNot, false, false, 0}, "nothing withheld": {nothing, false, false, 0},
		"on": {on, false, true, len(viewtest.Full)},
	} {
		doc := parse(t, test.page)
		begins := pagetest.All(doc, func(e *html.Node) bool { return strings.HasSuffix(pagetest.Attr(e, "href"), "/emergency") })
		ends := pagetest.All(doc, func(e *html.Node) bool { return strings.HasSuffix(pagetest.Attr(e, "action"), "/emergency/end") })
		if len(begins) > 0 != test.begins || len(ends) > 0 != test.ends {
			t.Errorf("%s: begins %d, ends %d, want %v and %v", name, len(begins), len(ends), test.begins, test.ends)
		}
		if got := strings.Count(text(doc), "Shown under emergency access"); name == "on" && got != test.shown {
			t.Errorf("%s: %d items are marked, want %d", name, got, test.shown)
		}
	}
}

// The first six to ring are at the top; the others are named below it.
func TestManyContacts(t *testing.T) {
	doc := parse(t, pageOf(viewtest.Worst(repeated("Word "))))
	if got := len(pagetest.ByClass(doc, "mais-contact")); got != view.MaxRing {
		t.Errorf("%d contacts, want %d", got, view.MaxRing)
	}
	if !strings.Contains(text(doc), "98 more under Agencies currently involved") {
		t.Errorf("the page does not say that there are more contacts")
	}
}

// TestQuestion: the question stands once, after everything else; each answer is a button of its own, the
// words come last, and who has answered is not asked again.
func TestQuestion(t *testing.T) {
	p := pageOf(viewtest.Sample())
	if forms := pagetest.ByClass(parse(t, p), "mais-useful"); len(forms) != 0 {
		t.Error("the question is asked of who has answered")
	}
	p.Ask = true
	forms := pagetest.ByClass(parse(t, p), "mais-useful")
	if len(forms) != 1 || pagetest.Attr(forms[0], "action") != "/person/"+p.Record.ID+"/useful" || pagetest.Attr(forms[0], "method") != "post" {
		t.Fatalf("%d forms", len(forms))
	}
	var answers []string
	for _, b := range pagetest.ByTag(forms[0], "button") {
		answers = append(answers, pagetest.Attr(b, "value"))
	}
	if got := strings.Join(answers, " "); got != "yes partly no not-found" {
		t.Errorf("the answers are %s", got)
	}
	if words := pagetest.ByTag(forms[0], "textarea"); len(words) != 1 || pagetest.Attr(words[0], "maxlength") != "200" {
		t.Error("the words have no bound")
	}
}
