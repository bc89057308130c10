// Package record is the page of a person's record, as far as its reader may see it: who it
// is, what to act on first, how old that is, whom to ring, and every item of the form.
package record

import (
	"embed"
	"time"

	"mais/server/internal/web/page/frame"
	"mais/server/internal/web/page/record/view"
)

//go:embed record.html
var files embed.FS

var page = view.Template(files, "record.html")

// Page is the data of the page.
type Page struct {
	frame.Frame
	Record view.Record
	// MayBegin: the reader's roles give them emergency access.
	MayBegin bool
	// Ends is when the emergency access ends that is on; zero: none is.
	Ends time.Time
}

// maxRing are the contacts at the top; more stand in their own section. More than these
// nobody rings before reading on.
const maxRing = 6

// Head returns the page's head.
func (p Page) Head() view.Head { return p.Record.Head("record") }

// Ring returns the first to ring.
func (p Page) Ring() []view.Contact {
	return p.Record.Contacts.Ring[:min(len(p.Record.Contacts.Ring), maxRing)]
}

// More returns how many contacts are not in Ring.
func (p Page) More() int { return len(p.Record.Contacts.Ring) - len(p.Ring()) }

// Offers reports whether the page offers emergency access: it is not on, and it would show
// something.
func (p Page) Offers() bool { return p.MayBegin && p.Ends.IsZero() && p.Record.Emergency() }

// Render returns the document.
func Render(p Page) []byte { return frame.Render(page, p) }
