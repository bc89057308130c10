// Package reviews is what a governance officer has before them: the queue of emergency
// accesses, rendered with [Render], and one of them with the form for a finding, rendered
// with [RenderOne].
//
// Whoever reviews reads no record, so the service user is a number here, and nothing of
// what was seen under the access stands on either page.
package reviews

import (
	"embed"
	"fmt"
	"time"

	"mais/server/api/form"
	"mais/server/internal/web/page/audit"
	"mais/server/internal/web/page/frame"
)

//go:embed queue.html review.html
var files embed.FS

var (
	queue  = frame.Template(files, "queue.html")
	review = frame.Template(files, "review.html")
)

// The names of the form's fields, and the values of the finding.
const (
	Finding = "finding"
	Note    = "note"

	Justified    = "justified"
	NotJustified = "not-justified"
)

// Access is one emergency access.
type Access struct {
	Path         string // of its own page
	User, Agency string
	Person       string // a number
	Why          string // in the user's words
	Purpose      string // why they had opened the record, in words
	Number       string // custody or case number
	Explanation  string // of the purpose, in the user's words
	Began        time.Time
	Ended        time.Time // zero: it is on
	Looks        int       // how often the record was opened under it
	Own          bool      // the reader's own
	Reviewed     time.Time // zero: it waits
	Reviewer     string
	Justified    bool
	Note         string
}

// Short is enough of the person's number to tell people apart in a list.
func (a Access) Short() string { return a.Person[:min(8, len(a.Person))] }

// Audited is where the audit tells who looked at the record, and what else they did then.
func (a Access) Audited() string { return audit.PersonOf(a.Person) }

// On reports whether the access has not ended.
func (a Access) On() bool { return a.Ended.IsZero() }

// Lasted is how long it lasted, in words.
func (a Access) Lasted() string {
	switch minutes := int(a.Ended.Sub(a.Began).Round(time.Minute) / time.Minute); {
	case a.On():
		return "still on"
	case minutes < 1:
		return "less than a minute"
	case minutes == 1:
		return "1 minute"
	default:
		return fmt.Sprintf("%d minutes", minutes)
	}
}

// Opened says how often the record was opened.
func (a Access) Opened() string {
	switch a.Looks {
	case 0:
		return "never"
	case 1:
		return "once"
	case 2:
		return "twice"
	}
	return fmt.Sprintf("%d times", a.Looks)
}

// Finding is the outcome in words.
func (a Access) Finding() string {
	switch {
	case a.Reviewed.IsZero():
		return "Waiting for review"
	case a.Justified:
		return "Justified"
	}
	return "Not justified"
}

// Page is the data of a page of the queue.
type Page struct {
	frame.Frame
	Total    int   // how many wait in all
	Waiting  *List // nil: they are on other pages
	Newest   bool  // those that wait stand with the newest at the top
	Top      bool  // nothing stands before the first of the page
	Reviewed *List // nil: they are on other pages
}

// List is some of the emergency accesses, in an order.
type List struct {
	Accesses []Access
	Next     string // the path of the page with those that follow; "": none do
}

// Since is how long an access has waited, in words.
func (p Page) Since(a Access) string {
	switch days := int(p.Now.Sub(a.Began) / (24 * time.Hour)); {
	case days < 1:
		return "since today"
	case days == 1:
		return "for 1 day"
	default:
		return fmt.Sprintf("for %d days", days)
	}
}

// One is the data of the page of one access.
type One struct {
	frame.Frame
	Access
	Chosen string // Justified, NotJustified or nothing
	Typed  string // the note as it was typed
}

// MaxNote is the most characters of a note.
func (One) MaxNote() int { return form.MaxNote }

// Render returns the queue, in the look of the administration.
func Render(p Page) []byte {
	p.App = frame.Admin
	return frame.Render(queue, p)
}

// RenderOne returns the page of one access, in the look of the administration.
func RenderOne(o One) []byte {
	o.App = frame.Admin
	return frame.Render(review, o)
}
