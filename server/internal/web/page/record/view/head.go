package view

import (
	"embed"
	"html/template"
	"io/fs"
	"time"

	"mais/server/api"
	"mais/server/internal/web/page/frame"
)

// Head is what the pages about one person begin with: who it is, and the ways between them.
type Head struct {
	ID     string
	Person Person
	Here   string // "record", "history" or "looks"
}

// Head returns the head of the page here of a record.
func (r Record) Head(here string) Head { return Head{ID: r.ID, Person: r.Person, Here: here} }

// HeadOf returns the head of a page beside a record of which no more was read than who it
// is about.
func HeadOf(found api.SearchResult, now time.Time, here string) Head {
	details := map[string]api.Item{
		"surname": {Value: found.Surname}, "first_name": {Value: found.FirstName}, "date_of_birth": {Value: found.DateOfBirth},
	}
	r := api.Record{Sections: map[string]map[string]api.Item{"service_user_details": details}}
	return Head{ID: found.ID, Person: personOf(r, now), Here: here}
}

//go:embed head.html sheet.html
var pieces embed.FS

// Template returns the template of a page about one person: the page's own within the
// frame; "person" and "ways", which take a [Head]; and "cards" and "sheet", which take a
// [Record] and show what to act on first, and every item.
func Template(files fs.FS, name string) *template.Template {
	return template.Must(frame.Template(files, name).ParseFS(pieces, "head.html", "sheet.html"))
}
