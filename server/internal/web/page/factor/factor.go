// Package factor is the page on which a second factor is set up, and the one that shows recovery
// codes, once. Registration, recovery and "My security" lead to it. Make a [Page].
package factor

import (
	"embed"
	"strconv"

	"mais/server/internal/web/page/frame"
)

//go:embed factor.html
var files embed.FS

var page = frame.Template(files, "factor.html")

// The names of the form's fields.
const (
	Code   = "code"
	Sealed = "sealed"
)

// Page is the data of the page.
type Page struct {
	frame.Frame
	Action  string // where the form goes
	Secret  string // "": it is done
	Side    int    // of the picture
	Picture string // the path of its dark parts
	Sealed  string
	Said    string   // what was done
	Meter   int      // what the new password is worth, 1 to 3; 0: it is not said
	Codes   []string // recovery codes
	Next    frame.Link
}

// Render returns the document. Recovery codes are for paper.
func Render(p Page) []byte {
	p.Paper = len(p.Codes) > 0
	return frame.Render(page, p)
}

// ViewBox is that of the picture.
func (p Page) ViewBox() string { return "0 0 " + strconv.Itoa(p.Side) + " " + strconv.Itoa(p.Side) }

// Worth says the meter in words.
func (p Page) Worth() string {
	return []string{"", "fair: another word would make it much better", "good", "strong"}[max(0, min(p.Meter, 3))]
}
