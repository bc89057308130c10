// Package looks is the page of who has looked at a record. Whoever may see the record may
// see it, and that is recorded too.
package looks

import (
	"embed"
	"time"

	"mais/server/api/form"
	"mais/server/internal/web/page/frame"
	"mais/server/internal/web/page/record/view"
)

//go:embed looks.html
var files embed.FS

var page = view.Template(files, "looks.html")

// Page is the data of the page.
type Page struct {
	frame.Frame
	Head  view.Head
	Looks []Look
}

// Look is one look.
type Look struct {
	At           time.Time
	Name, Agency string
	Act          string // as the audit names it
	Reason       string // code of form.Reasons, or empty
	Emergency    bool   // it went under emergency access
	Own          bool   // it was the reader's
}

// Most returns how many looks the page shows at most.
func (Page) Most() int { return form.MaxLooks }

// Cut reports whether there may be more looks than the page shows.
func (p Page) Cut() bool { return len(p.Looks) >= form.MaxLooks }

// acts are those that count as looks, in words.
var acts = map[string]string{
	"record.show":  "Opened the record",
	"record.print": "Printed the custody summary",
}

// Did says what was done.
func (l Look) Did() string {
	if words, ok := acts[l.Act]; ok {
		return words
	}
	return form.Word(l.Act)
}

// Why says for what reason.
func (l Look) Why() string {
	if l.Reason == "" {
		return "No reason recorded"
	}
	if reason, ok := form.LookupReason(l.Reason); ok {
		return reason.Label
	}
	return form.Word(l.Reason)
}

// Render returns the document.
func Render(p Page) []byte { return frame.Render(page, p) }
