package find

import (
	"slices"
	"strings"
	"testing"
	"time"

	"golang.org/x/net/html"

	"mais/server/api"
	"mais/server/internal/web/page/frame"
	"mais/server/internal/web/page/pagetest"
)

func TestTemplate(t *testing.T) { pagetest.Check(t, page, Page{}) }

func framed() frame.Frame {
	return frame.Frame{App: frame.Lookup, Title: "Find a person", Service: "MAIS", Now: today}
}

// focused returns the id of the one element that has the focus when the page opens.
func focused(t *testing.T, doc *html.Node) string {
	t.Helper()
	found := pagetest.All(doc, func(e *html.Node) bool {
		return slices.ContainsFunc(e.Attr, func(a html.Attribute) bool { return a.Key == "autofocus" })
	})
	if len(found) == 0 {
		return ""
	}
	if len(found) > 1 {
		t.Errorf("%d elements have the focus, want one", len(found))
	}
	return pagetest.Attr(found[0], "id")
}

func TestForm(t *testing.T) {
	doc := pagetest.Parse(t, Render(Page{Frame: framed()}))
	if got := focused(t, doc); got != FamilyName {
		t.Errorf("the focus is on %q, want the family name", got)
	}
	for _, id := range Fields() {
		if input := pagetest.ByID(doc, id); pagetest.Attr(input, "name") != id {
			t.Errorf("#%s has the name %q", id, pagetest.Attr(input, "name"))
		}
	}
	if pagetest.ByID(doc, "results") != nil {
		t.Error("there are results before a search")
	}
}

// TestFaultsOnPage: what was typed stays, each fault stands at its field and leads there.
func TestFaultsOnPage(t *testing.T) {
	typed := Typed{FamilyName: `"><b>`, BirthDay: "31", BirthMonth: "2", BirthYear: "1978", WholeNames: "yes"}
	_, faults := typed.Query(today)
	f := framed()
	f.Faults = faults
	doc := pagetest.Parse(t, Render(Page{Frame: f, Typed: typed}))
	if title := pagetest.Text(pagetest.ByTag(doc, "title")[0]); !strings.HasPrefix(title, "Error: ") || strings.Contains(title, "<b>") {
		t.Errorf("the title = %q, want Error: first and nothing typed", title)
	}
	for id, want := range map[string]string{FamilyName: `"><b>`, BirthDay: "31", BirthMonth: "2", BirthYear: "1978"} {
		if got := pagetest.Attr(pagetest.ByID(doc, id), "value"); got != want {
			t.Errorf("#%s = %q, want %q as it was typed", id, got, want)
		}
	}
	for _, id := range []string{"family-name-error", "date-of-birth-error"} {
		if text := pagetest.Text(pagetest.ByID(doc, id)); !strings.HasPrefix(text, "Error: ") {
			t.Errorf("#%s = %q, want the fault", id, text)
		}
	}
	summary := pagetest.ByClass(doc, "govuk-error-summary")
	if len(summary) != 1 || len(pagetest.ByTag(summary[0], "a")) != 2 {
		t.Errorf("the summary of errors = %q, want two links", pagetest.Text(summary[0]))
	}
	if got := focused(t, doc); got != "" {
		t.Errorf("the focus is on %q, want it left to the summary", got)
	}
}

func TestGone(t *testing.T) {
	doc := pagetest.Parse(t, Render(Page{Frame: framed(), Gone: true}))
	if text := pagetest.Text(doc); !strings.Contains(text, "That search is no longer open. Search again.") {
		t.Errorf("the page says %s", text)
	}
}

func day(s string) *string { return &s }

func results() api.SearchResults {
	return api.SearchResults{AsOf: today, Total: 4, Results: []api.SearchResult{
		{ID: "a", Surname: "Kettering", FirstName: "Tobias", DateOfBirth: "1978-02-14", Released: day("2010-03-12"), Alerts: []string{"self_harm", "appropriate_adult"}},
		{ID: "b", Surname: "Smith", FirstName: "Toby", DateOfBirth: "1984-11-25", Released: day("2010-11-02"), Alias: &api.Name{FirstName: "Tobias", Surname: "Kettering"}},
		{ID: "c", Surname: "Kettering", FirstName: "Ann", DateOfBirth: "1990-01-01", Released: day("2010-12-06")},
		{ID: "d", Surname: "Kettering", FirstName: "<i>Bo", DateOfBirth: "1960-07-30"},
	}}
}

// answered renders the answer to a search by family name and returns its section.
func answered(t *testing.T, q api.SearchRequest, found api.SearchResults) (doc, section *html.Node) {
	t.Helper()
	doc = pagetest.Parse(t, Render(Page{Frame: framed(), Typed: TypedOf(q), Answer: NewAnswer(q, found, today)}))
	section = pagetest.ByID(doc, "results")
	if section == nil {
		t.Fatal("no #results")
	}
	if got := focused(t, doc); got != "results-heading" {
		t.Errorf("the focus is on %q, want the heading of the results", got)
	}
	return doc, section
}

func TestAnswer(t *testing.T) {
	doc, section := answered(t, api.SearchRequest{Surname: "kett", Exact: true}, results())
	if title := pagetest.Text(pagetest.ByTag(doc, "title")[0]); title != "Find a person: 4 people match – MAIS" {
		t.Errorf("the title = %q, want how many match and nothing typed", title)
	}
	if got := pagetest.Attr(pagetest.ByID(doc, FamilyName), "value"); got != "kett" {
		t.Errorf("the family name = %q, want what was asked for", got)
	}
	if text := pagetest.Text(section); !strings.HasPrefix(text, "4 people match As of 02:14 on 24 November 2010.") {
		t.Errorf("the answer begins %q", text)
	}
	rows := pagetest.ByTag(pagetest.ByTag(section, "tbody")[0], "tr")
	for i, want := range []string{
		"Kettering, Tobias 14 February 1978 32 years 12 March 2010 8 months old Self-harm history Appropriate adult",
		"Smith, Toby Also known as Kettering, Tobias 25 November 1984 25 years 2 November 2010 22 days old None shown",
		"Kettering, Ann 1 January 1990 20 years 6 December 2010 in 12 days Not released yet None shown",
		"Kettering, <i>Bo 30 July 1960 50 years Not known Not known None shown",
	} {
		if got := pagetest.Text(rows[i]); got != want {
			t.Errorf("row %d = %q, want %q", i, got, want)
		}
	}
	for i, id := range []string{"a", "b", "c", "d"} {
		if got := pagetest.Attr(pagetest.ByTag(rows[i], "a")[0], "href"); got != "/person/"+id {
			t.Errorf("row %d leads to %q, want /person/%s", i, got, id)
		}
	}
	if got := pagetest.Attr(pagetest.ByClass(rows[0], "mais-when")[0], "class"); got != "mais-when mais-when--old" {
		t.Errorf("8 months have the class %q, want old", got)
	}
}

// TestNobody: an answer with its limits, that nobody reads as "no risk".
func TestNobody(t *testing.T) {
	_, section := answered(t, api.SearchRequest{Surname: "kett", Exact: true}, api.SearchResults{AsOf: today})
	text := pagetest.Text(section)
	for _, want := range []string{"Nobody found", "As of 02:14 on 24 November 2010", "That does not mean that there is no risk", "without “Whole names only”", "Urgent contacts"} {
		if !strings.Contains(text, want) {
			t.Errorf("the answer does not say %q: %s", want, text)
		}
	}
	if _, section = answered(t, api.SearchRequest{Surname: "kett"}, api.SearchResults{AsOf: today}); strings.Contains(pagetest.Text(section), "without") {
		t.Error("it advises to untick what was not ticked")
	}
}

// TestTooMany: no rows, and what to add.
func TestTooMany(t *testing.T) {
	found := results()
	found.Total, found.Truncated = 312, true
	for _, test := range []struct {
		q    api.SearchRequest
		want string
	}{
		{api.SearchRequest{Surname: "sm"}, "add a first name or a date of birth."},
		{api.SearchRequest{FirstName: "jo", DateOfBirth: "1980-01-01"}, "add a family name."},
		{api.SearchRequest{Surname: "sm", FirstName: "jo", DateOfBirth: "1980-01-01"}, "add more letters of the names."},
	} {
		_, section := answered(t, test.q, found)
		text := pagetest.Text(section)
		if !strings.Contains(text, "312 people match") || !strings.Contains(text, test.want) {
			t.Errorf("%+v: the answer does not say %q: %s", test.q, test.want, text)
		}
		if len(pagetest.ByTag(section, "table")) != 0 || strings.Contains(text, "Kettering") {
			t.Errorf("%+v: too many are shown all the same: %s", test.q, text)
		}
	}
}

// TestAges are as of the reader's day, which in summer begins before that of UTC.
func TestAges(t *testing.T) {
	now := time.Date(2010, 7, 22, 23, 30, 0, 0, time.UTC)
	a := NewAnswer(api.SearchRequest{}, api.SearchResults{Total: 1, Results: []api.SearchResult{{ID: "a", DateOfBirth: "1980-07-23", Released: day("2010-07-23")}}}, now)
	if p := a.People[0]; p.Age != "today" || p.Years != "30 years" {
		t.Errorf("at half past midnight in London, the age = %q and %q, want today and 30 years", p.Age, p.Years)
	}
}
