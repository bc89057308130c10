// Package reason is the page that asks why a record is looked at, before it opens. Make a
// [Page] with [New]; after a fault, fill in what was chosen and typed, and what is wrong.
//
// Nothing is chosen in advance: a reason that stands there by itself is nobody's reason.
package reason

import (
	"embed"
	"strconv"

	"mais/server/api"
	"mais/server/api/form"
	"mais/server/internal/web/page/frame"
)

//go:embed reason.html
var files embed.FS

var page = frame.Template(files, "reason.html")

// The names of the form's fields.
const (
	Reason      = "reason"
	Number      = "number"
	Explanation = "explanation"
)

// Fields returns the names of all fields.
func Fields() []string { return []string{Reason, Number, Explanation} }

// Page is the data of the page.
type Page struct {
	frame.Frame
	Path   string // of the record
	Name   string // of the person
	Born   string
	Years  string // "32 years", or nothing
	Chosen string // the code of the reason
	Number string
	Words  string // the explanation
}

// New returns the page about a person, with nothing filled in.
func New(f frame.Frame, of api.SearchResult) Page {
	p := Page{Frame: f, Path: "/person/" + of.ID, Name: form.Name(of.Surname, of.FirstName), Born: form.Day(of.DateOfBirth)}
	if years, ok := form.Years(of.DateOfBirth, f.Now); ok {
		p.Years = strconv.Itoa(years) + " years"
	}
	return p
}

// Render returns the document.
func Render(p Page) []byte { return frame.Render(page, p) }

// Option is one reason as the form offers it.
type Option struct {
	form.Reason
	ID     string
	Chosen bool
	Focus  bool
}

// Options returns the reasons to choose from. The first has the focus, unless there is
// something to correct.
func (p Page) Options() (options []Option) {
	for i, r := range form.Reasons() {
		o := Option{Reason: r, ID: Reason, Chosen: r.Code == p.Chosen, Focus: i == 0 && len(p.Faults) == 0}
		if i > 0 {
			o.ID += "-" + r.Code // the first has the field's own name: links to the field lead there
		}
		options = append(options, o)
	}
	return options
}
