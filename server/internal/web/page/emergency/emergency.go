// Package emergency is the page that stands before emergency access: what it is, what it
// would show, who is told, and the question what the emergency is. Render it with [Render];
// [RenderRefused] is for those whose roles give nothing in an emergency.
//
// The page says which parts of a record the caller's roles open in an emergency. It never
// says whether anything is recorded in them.
package emergency

import (
	"embed"
	"time"

	"mais/server/api/form"
	"mais/server/internal/web/page/frame"
)

//go:embed emergency.html refused.html
var files embed.FS

var (
	page    = frame.Template(files, "emergency.html")
	refused = frame.Template(files, "refused.html")
)

// Why is the name of the form's one field.
const Why = "why"

// Page is the data of the page.
type Page struct {
	frame.Frame
	Path    string // of the person's record
	Name    string // of the service user, as they are found: surname first
	Born    string // in words
	Parts   []Part // what emergency access would show
	Told    []Colleague
	Minutes int       // how long it lasts
	Ends    time.Time // of the access that is on already; zero: none is
	Why     string    // what was typed
}

// Part is a section of the record that would be shown: whole, or only the items named.
type Part struct {
	Section string
	Items   []string // none: the whole section
}

// Colleague is somebody who is told.
type Colleague struct{ Name, Agency string }

// MinWhy is the fewest characters of Why.
func (Page) MinWhy() int { return form.MinWhy }

// MaxWhy is the most.
func (Page) MaxWhy() int { return form.MaxWhy }

// Refused is the data of the page for those who may not.
type Refused struct {
	frame.Frame
	Path    string
	Nothing bool // nothing is withheld from the caller's roles at all
}

// Render returns the document.
func Render(p Page) []byte { return frame.Render(page, p) }

// RenderRefused returns the page that says who can help instead.
func RenderRefused(p Refused) []byte { return frame.Render(refused, p) }
