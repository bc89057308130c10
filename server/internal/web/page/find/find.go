// Package find is the page that finds a person: the form, and the answer beside it. Make a
// [Page] of the frame and what stands in the form; add the answer with [NewAnswer].
//
// Neither its address nor its title holds anything that was typed. An answer without
// people says what that does and does not mean.
package find

import (
	"embed"
	"fmt"
	"strconv"
	"strings"
	"time"

	"mais/server/api"
	"mais/server/api/form"
	"mais/server/internal/web/page/frame"
)

//go:embed find.html
var files embed.FS

var page = frame.Template(files, "find.html")

// Page is the data of the page.
type Page struct {
	frame.Frame
	Typed  Typed
	Gone   bool    // the search that was asked for is not open any more
	Answer *Answer // nil: nothing was searched
}

// Answer is the outcome of a search.
type Answer struct {
	Heading string
	AsOf    time.Time
	Found   int      // how many fit
	People  []Person // none when too many fit
	Undated bool     // no birth date was asked for
	Number  bool     // a custody number, say, stands for a name
	Again   []Again  // what else to search for
	More    string   // what to add when too many fit
}

// Person is one of those who fit.
type Person struct {
	Path      string // of the record
	Name      string
	Alias     string // the other name that fitted
	Born      string
	Years     string // "32 years"
	Released  string
	Until     string // "in 12 days", before the release
	Age       string // of the information
	Freshness form.Freshness
	Alerts    []form.Warning
}

// Render returns the document.
func Render(p Page) []byte {
	if p.Answer != nil {
		p.Title = "Find a person: " + strings.ToLower(p.Answer.Heading[:1]) + p.Answer.Heading[1:]
	}
	return frame.Render(page, p)
}

// NewAnswer returns the answer to a query in words; ages are as of the reader's day.
func NewAnswer(q api.SearchRequest, found api.SearchResults, now time.Time) *Answer {
	now = now.In(frame.London)
	a := &Answer{
		AsOf: found.AsOf, Found: found.Total, Heading: heading(found.Total), Undated: q.DateOfBirth == "",
		Number: numbered(q), Again: again(q),
	}
	if found.Truncated || found.Total > len(found.Results) {
		a.More = more(q)
		return a
	}
	for _, r := range found.Results {
		a.People = append(a.People, person(r, now))
	}
	return a
}

func heading(n int) string {
	switch n {
	case 0:
		return "Nobody found"
	case 1:
		return "1 person matches"
	}
	return fmt.Sprintf("%d people match", n)
}

// more says what would make a search narrower.
func more(q api.SearchRequest) string {
	var parts []string
	for _, part := range []struct{ typed, name string }{{q.Surname, "a family name"}, {q.FirstName, "a first name"}, {q.DateOfBirth, "a date of birth"}} {
		if part.typed == "" {
			parts = append(parts, part.name)
		}
	}
	if len(parts) == 0 {
		return "more letters of the names"
	}
	return strings.Join(parts, " or ")
}

func person(r api.SearchResult, now time.Time) Person {
	p := Person{
		Path: "/person/" + r.ID, Name: form.Name(r.Surname, r.FirstName), Born: form.Day(r.DateOfBirth),
		Released: "Not known", Age: "Not known", Freshness: form.Unknown,
	}
	if r.Alias != nil {
		p.Alias = form.Name(r.Alias.Surname, r.Alias.FirstName)
	}
	if years, ok := form.Years(r.DateOfBirth, now); ok {
		p.Years = strconv.Itoa(years) + " years"
	}
	if r.Released != nil {
		age := form.Age(*r.Released, now)
		p.Released, p.Age, p.Freshness = form.Day(*r.Released), age.Words, age.Freshness
		if age.Freshness == form.Future {
			p.Until, p.Age = age.Words, "Not released yet"
		}
	}
	for _, alert := range r.Alerts {
		p.Alerts = append(p.Alerts, form.Alert(alert))
	}
	return p
}
