// Package help is the page for when something is in the way: no result, the wrong person, a
// token that does not work. It says the same to everybody. Make a [Page] with [New].
package help

import (
	"embed"

	"mais/server/api/form"
	"mais/server/internal/web/page/frame"
)

//go:embed help.html
var files embed.FS

var page = frame.Template(files, "help.html")

// Page is the data of the page.
type Page struct {
	frame.Frame
	Dial string // the contact's number as E.164 has it, or ""
	Lost string // where a loss is reported: on the public listener
}

// New returns the page.
func New(f frame.Frame, lost string) Page {
	return Page{f, form.Telephone(f.Contact), lost}
}

// Render returns the document.
func Render(p Page) []byte { return frame.Render(page, p) }
