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
	// Ask: the reader has not said yet whether this look was of use.
	Ask bool
}

// Head returns the page's head.
func (p Page) Head() view.Head { return p.Record.Head("record") }

// Offers reports whether the page offers emergency access: it is not on, and it would show
// something.
func (p Page) Offers() bool { return p.MayBegin && p.Ends.IsZero() && p.Record.Emergency() }

// Render returns the document.
func Render(p Page) []byte { return frame.Render(page, p) }
