// Package locked is the page that takes a record's place when nobody was there for a while.
// It shows nothing of anybody. Say with SignedOut whether the session is over.
package locked

import (
	"embed"

	"mais/server/internal/web/page/frame"
)

//go:embed locked.html
var files embed.FS

var page = frame.Template(files, "locked.html")

// Page is the data of the page.
type Page struct {
	frame.Frame
	// InUse: the session goes on, in another window.
	InUse bool
}

// Render returns the document.
func Render(p Page) []byte { return frame.Render(page, p) }
