// Package contacts is the page of urgent contacts: numbers of agencies, from the settings,
// those that answer round the clock first. Render it with [Render].
package contacts

import (
	"embed"

	"mais/server/internal/web/page/frame"
)

//go:embed contacts.html
var files embed.FS

var page = frame.Template(files, "contacts.html")

// Page is the data of the page.
type Page struct {
	frame.Frame
	Contacts []Contact
}

// Contact is a number to call.
type Contact struct {
	Name      string // who answers
	Telephone string // as people read it
	Dial      string // as a telephone dials it
	Hours     string
	Always    bool // somebody answers round the clock
	For       string
}

// Render returns the document.
func Render(p Page) []byte { return frame.Render(page, p) }
