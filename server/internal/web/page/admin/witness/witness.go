// Package witness is the page where an administrator says, at their own machine, that they saw
// somebody's key being made on a card. Render it with [Render]. The two at the station compare
// the key's name, which is what the page is for: the officer's program says it, and the
// administrator's page shows it again before and after it counts.
package witness

import (
	"embed"
	"time"

	"mais/server/internal/web/page/admin"
	"mais/server/internal/web/page/admin/cards"
	"mais/server/internal/web/page/frame"
)

//go:embed witness.html
var files embed.FS

var page = admin.Template(files, "witness.html")

// Path is the page's address.
const Path = cards.Path + "/witness"

// The names of the form's fields, in their order.
const (
	Email  = "email"
	Key    = "key"
	Number = "serial"
	GUID   = "guid"
)

// Page is the data of the page.
type Page struct {
	frame.Frame
	Typed Said
	Done  *Said // a word was taken
}

// Said is what a witness vouches for.
type Said struct {
	Email   string
	Key     string // in groups of four digits
	Number  string // that is printed on the card
	GUID    string
	Expires time.Time
}

// Card is what the card is called.
func (s Said) Card() string {
	if s.Number != "" {
		return s.Number
	}
	return s.GUID
}

// Render returns the document.
func Render(p Page) []byte { return frame.Render(page, p) }
