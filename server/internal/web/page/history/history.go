// Package history is the page of where a record comes from: its sources, and what each said
// when. It is made of what its reader may see, and of nothing else.
package history

import (
	"cmp"
	"embed"
	"slices"

	"mais/server/api/form"
	"mais/server/internal/web/page/frame"
	"mais/server/internal/web/page/record/view"
)

//go:embed history.html
var files embed.FS

var page = view.Template(files, "history.html")

// Page is the data of the page.
type Page struct {
	frame.Frame
	Record view.Record
}

// Source is a system or a person that entries come from.
type Source struct {
	Name           string
	Items          int
	Newest, Oldest string // days in words; empty when it gave none
}

// Event is what one source knew to hold on one day.
type Event struct {
	Day, Source string // the day as YYYY-MM-DD
	Age         form.Elapsed
	Sections    []Section
}

// Section holds the labels of an event's items.
type Section struct {
	Label string
	Items []string
}

// When returns the day in words.
func (e Event) When() string {
	if e.Day == "" {
		return "No day recorded"
	}
	return form.Day(e.Day)
}

// Head returns the page's head.
func (p Page) Head() view.Head { return p.Record.Head("history") }

// Events returns what is known by day and source, newest first.
func (p Page) Events() []Event {
	var events []Event
	for _, s := range p.Record.Sections {
		for _, i := range s.Known() {
			if i.Day != "" || i.Source != "" { // what is so for everybody comes from nobody
				events = add(events, s.Label, i)
			}
		}
	}
	slices.SortStableFunc(events, func(a, b Event) int {
		return cmp.Or(cmp.Compare(b.Day, a.Day), cmp.Compare(a.Source, b.Source))
	})
	return events
}

func add(events []Event, section string, i view.Item) []Event {
	at := slices.IndexFunc(events, func(e Event) bool { return e.Day == i.Day && e.Source == i.Source })
	if at < 0 {
		at, events = len(events), append(events, Event{Day: i.Day, Source: i.Source, Age: i.Age})
	}
	e := &events[at]
	if n := len(e.Sections); n == 0 || e.Sections[n-1].Label != section {
		e.Sections = append(e.Sections, Section{Label: section})
	}
	last := &e.Sections[len(e.Sections)-1]
	last.Items = append(last.Items, i.Label)
	return events
}

// Sources returns the sources by name.
func (p Page) Sources() []Source {
	var sources []Source
	for _, e := range p.Events() { // newest first
		at := slices.IndexFunc(sources, func(s Source) bool { return s.Name == e.Source })
		if at < 0 {
			at, sources = len(sources), append(sources, Source{Name: e.Source, Newest: e.When()})
		}
		sources[at].Oldest = e.When()
		for _, s := range e.Sections {
			sources[at].Items += len(s.Items)
		}
	}
	slices.SortFunc(sources, func(a, b Source) int { return cmp.Compare(a.Name, b.Name) })
	return sources
}

// Render returns the document.
func Render(p Page) []byte { return frame.Render(page, p) }
