// Package signedout is the page after signing out: the session is over, and the card has to
// come out. Make a [Page] of a frame that names no holder.
package signedout

import (
	"embed"

	"mais/server/internal/web/page/frame"
)

//go:embed signedout.html
var files embed.FS

var page = frame.Template(files, "signedout.html")

// Page is the data of the page.
type Page struct{ frame.Frame }

// Render returns the document.
func Render(p Page) []byte {
	p.SignedOut = true
	return frame.Render(page, p)
}
