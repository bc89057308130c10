package reviews

import (
	"slices"
	"strings"
	"testing"
	"time"

	"golang.org/x/net/html"

	"mais/server/internal/web/page/frame"
	"mais/server/internal/web/page/pagetest"
)

var now = time.Date(2026, 11, 22, 2, 14, 0, 0, time.UTC)

func a(title string) frame.Frame {
	return frame.Frame{Title: title, Service: "MAIS", Contact: "the desk", Now: now}
}

func waits() Access {
	return Access{
		Path: "/reviews/1", User: "Sam Sergeant", Agency: "Northshire Police", Person: "3f2a91c0-5b1e-4c68-9a51-2b1df0f2c9d4",
		Why: "Unconscious,\n<script>alert(1)</script>", Purpose: "Risk assessment of a person in custody", Number: "NS/1",
		Began: now.Add(-50 * time.Hour), Ended: now.Add(-50*time.Hour + 12*time.Minute), Looks: 3,
	}
}

func TestTemplates(t *testing.T) {
	pagetest.Check(t, queue, Page{})
	pagetest.Check(t, review, One{})
}

func TestQueue(t *testing.T) {
	own, done := waits(), waits()
	own.Path, own.Own, own.Ended, own.Looks = "/reviews/2", true, time.Time{}, 1
	done.Path, done.Reviewed, done.Reviewer = "/reviews/3", now, "Gwen Governor"
	doc := pagetest.Parse(t, Render(Page{Frame: a("Reviews"), Total: 2, Top: true,
		Waiting: &List{Accesses: []Access{waits(), own}}, Reviewed: &List{Accesses: []Access{done}}}))
	text := pagetest.Text(pagetest.ByID(doc, "main-content"))
	for _, want := range []string{
		"waiting for 2 days", "<script>alert(1)</script>", "service user 3f2a91c0", "lasted: 12 minutes", "record opened 3 times",
		"This one is yours", "still on", "opened once", "Not justified", "Gwen Governor",
	} {
		if !strings.Contains(text, want) {
			t.Errorf("the queue does not say %q:\n%s", want, text)
		}
	}
	if strings.Contains(text, waits().Person) {
		t.Error("the queue has whole numbers of people")
	}
	if body := pagetest.ByTag(doc, "body")[0]; !strings.Contains(pagetest.Attr(body, "class"), "mais-app--admin") {
		t.Errorf("the queue has not the administration's look: %q", pagetest.Attr(body, "class"))
	}
	if strings.Contains(text, "page") {
		t.Errorf("a queue that is on one page tells of others: %s", text)
	}
	doc = pagetest.Parse(t, Render(Page{Frame: a("Reviews"), Top: true, Waiting: &List{}, Reviewed: &List{}}))
	if text := pagetest.Text(doc); !strings.Contains(text, "Nothing waits for review") {
		t.Errorf("an empty queue does not say so: %s", text)
	}
}

// TestQueuePages: a page says how many wait in all, and leads to the next, to the other order and
// back.
func TestQueuePages(t *testing.T) {
	some := &List{Accesses: []Access{waits()}, Next: "/reviews?after=1"}
	for name, tt := range map[string]struct {
		page  Page
		says  string
		links []string
	}{
		"the first":       {Page{Waiting: some, Top: true}, "1 of 230 that wait stand on this page, the oldest first", []string{"/reviews?order=newest", "/reviews?after=1"}},
		"one that follow": {Page{Waiting: some}, "Waiting for review 230", []string{"/reviews", "/reviews?order=newest", "/reviews?after=1", "/reviews"}},
		"the newest":      {Page{Waiting: some, Newest: true, Top: true}, "the newest first", []string{"/reviews", "/reviews?after=1"}},
		"and on":          {Page{Waiting: some, Newest: true}, "the newest first", []string{"/reviews?order=newest", "/reviews", "/reviews?after=1", "/reviews"}},
		"past the end":    {Page{Waiting: &List{}}, "No more wait for review", []string{"/reviews", "/reviews?order=newest", "/reviews"}},
		"reviewed":        {Page{Reviewed: some}, "Next page of those that were reviewed", []string{"/reviews?after=1", "/reviews"}},
	} {
		tt.page.Frame, tt.page.Total = a("Reviews"), 230
		main := pagetest.ByID(pagetest.Parse(t, Render(tt.page)), "main-content")
		if text := pagetest.Text(main); !strings.Contains(text, tt.says) {
			t.Errorf("%s does not say %q: %s", name, tt.says, text)
		}
		var links []string
		for _, link := range pagetest.ByTag(main, "a") {
			if to := pagetest.Attr(link, "href"); to == "/reviews" || strings.Contains(to, "?") {
				links = append(links, to)
			}
		}
		if !slices.Equal(links, tt.links) {
			t.Errorf("%s leads to %q, want %q", name, links, tt.links)
		}
	}
}

// TestOne: a form for what waits, without a finding chosen; none for one's own or a second time.
func TestOne(t *testing.T) {
	own, done, on := waits(), waits(), waits()
	own.Own = true
	on.Ended = time.Time{}
	done.Reviewed, done.Reviewer, done.Justified, done.Note = now, "Gwen Governor", true, "The ambulance’s log agrees."
	for name, tt := range map[string]struct {
		access Access
		form   bool
		says   string
	}{
		"waits": {waits(), true, "cannot be changed"}, "own": {own, false, "Another governance officer must review it"},
		"done": {done, false, "The ambulance’s log agrees."}, "on": {on, false, "Review it when it has ended"},
	} {
		doc := pagetest.Parse(t, RenderOne(One{Frame: a("One"), Access: tt.access}))
		text := pagetest.Text(doc)
		if hasForm := pagetest.ByID(doc, "finding") != nil; hasForm != tt.form || !strings.Contains(text, tt.says) {
			t.Errorf("%s: has a form = %v, want %v, and says:\n%s", name, hasForm, tt.form, text)
		}
		if chosen := checked(doc); len(chosen) > 0 {
			t.Errorf("%s: %d findings are chosen already", name, len(chosen))
		}
		if !strings.Contains(text, tt.access.Person) || !strings.Contains(text, "20 November 2026, 00:14") || !strings.Contains(text, "NS/1") {
			t.Errorf("%s does not tell the story: %s", name, text)
		}
		leads := pagetest.All(doc, func(e *html.Node) bool { return pagetest.Attr(e, "href") == "/audit/people/"+tt.access.Person })
		if len(leads) != 1 {
			t.Errorf("%s does not lead to who looked at the record", name)
		}
	}
}

func TestOneFaults(t *testing.T) {
	p := One{Frame: a("One"), Access: waits(), Chosen: NotJustified, Typed: "x"}
	p.Faults = frame.Faults{{Field: Note, Text: "Say why"}}
	doc := pagetest.Parse(t, RenderOne(p))
	if got := pagetest.Text(pagetest.ByID(doc, "note-error")); !strings.Contains(got, "Say why") {
		t.Errorf("the note's error is %q", got)
	}
	if note := pagetest.ByID(doc, "note"); pagetest.Text(note) != "x" || pagetest.ByID(doc, "finding-error") != nil {
		t.Error("what was typed is lost, or another field is blamed")
	}
	chosen := checked(doc)
	if len(chosen) != 1 || pagetest.Attr(chosen[0], "id") != "finding-not" {
		t.Errorf("%d findings are chosen, want the one that was", len(chosen))
	}
}

func checked(doc *html.Node) []*html.Node {
	return pagetest.All(doc, func(e *html.Node) bool {
		return slices.ContainsFunc(e.Attr, func(a html.Attribute) bool { return a.Key == "checked" })
	})
}

func TestWords(t *testing.T) {
	at := func(d time.Duration) Access { return Access{Began: now, Ended: now.Add(d)} }
	for want, got := range map[string]string{
		"less than a minute": at(20 * time.Second).Lasted(), "1 minute": at(time.Minute).Lasted(), "30 minutes": at(30 * time.Minute).Lasted(),
		"still on": Access{Began: now}.Lasted(), "never": Access{}.Opened(), "once": Access{Looks: 1}.Opened(), "twice": Access{Looks: 2}.Opened(),
		"7 times": Access{Looks: 7}.Opened(), "Waiting for review": Access{}.Finding(), "Not justified": Access{Reviewed: now}.Finding(),
		"since today": Page{Frame: a("")}.Since(at(0)), "for 1 day": Page{Frame: frame.Frame{Now: now.Add(25 * time.Hour)}}.Since(at(0)),
		"3f": Access{Person: "3f"}.Short(),
	} {
		if got != want {
			t.Errorf("got %q, want %q", got, want)
		}
	}
}
