// Package recent is the page of the people whose records the reader looked at lately. Make a
// [Page] of the frame and its rows.
package recent

import (
	"embed"
	"strconv"
	"time"

	"mais/server/api"
	"mais/server/api/form"
	"mais/server/internal/web/page/frame"
)

//go:embed recent.html
var files embed.FS

var page = frame.Template(files, "recent.html")

// Page is the data of the page.
type Page struct {
	frame.Frame
	Rows []Row
}

// Row is one person.
type Row struct {
	Path   string // of the record
	Name   string
	Born   string
	At     time.Time // of the last look
	Looks  string    // how many there were
	Reason string    // of the last look, in words
}

// NewRow returns the row of a person who was looked at a number of times, the last at a time
// and for the reason with a code, which may be empty.
func NewRow(of api.SearchResult, at time.Time, looks int, reason string) Row {
	why, ok := form.LookupReason(reason)
	if !ok {
		why.Label = "Not recorded"
	}
	return Row{
		Path: "/person/" + of.ID, Name: form.Name(of.Surname, of.FirstName), Born: form.Day(of.DateOfBirth),
		At: at, Looks: times(looks), Reason: why.Label,
	}
}

// Days is how far back the page goes.
func (Page) Days() int { return form.RecentDays }

func times(n int) string {
	switch n {
	case 1:
		return "Once"
	case 2:
		return "Twice"
	}
	return strconv.Itoa(n) + " times"
}

// Render returns the document.
func Render(p Page) []byte { return frame.Render(page, p) }
