// Package enrol is the first page of the public listener: how a token is made with the code
// of an invitation. Make a [Page] of a frame without a holder and the two addresses.
package enrol

import (
	"embed"

	"mais/server/internal/web/page/frame"
)

//go:embed enrol.html
var files embed.FS

var page = frame.Template(files, "enrol.html")

// Page is the data of the page.
type Page struct {
	frame.Frame
	PublicURL string // of this listener
	MutualURL string // where a token signs in
}

// Render returns the document.
func Render(p Page) []byte { return frame.Render(page, p) }
