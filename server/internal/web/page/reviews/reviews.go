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

	"mais/server/internal/web/page/frame"
)

// MaxNote is the longest note, in characters.
const MaxNote = 1000

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

// Page is the data of the queue.
type Page struct {
	frame.Frame
	Waiting  []Access
	Reviewed []Access
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
	Chosen string // "justified", "not-justified" or nothing
	Typed  string // the note as it was typed
	Faults []Fault
}

// Fault is what is wrong with a field of the form.
type Fault struct{ Field, Text string }

// Fault returns what is wrong with a field, or "".
func (o One) Fault(field string) string {
	for _, f := range o.Faults {
		if f.Field == field {
			return f.Text
		}
	}
	return ""
}

// MaxNote is for the template.
func (One) MaxNote() int { return MaxNote }

//go:embed queue.html review.html
var files embed.FS

var (
	queue  = frame.Template(files, "queue.html")
	review = frame.Template(files, "review.html")
)

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
