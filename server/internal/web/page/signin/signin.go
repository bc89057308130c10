// Package signin is the first page: whose token the server sees and where, and the button
// that signs in. Signing in is never automatic, because the browser presents the token by
// itself. Make a [Page] of a frame with a holder who is not signed in.
package signin

import (
	"embed"

	"mais/server/internal/web/page/frame"
)

//go:embed signin.html
var files embed.FS

var page = frame.Template(files, "signin.html")

// Page is the data of the page.
type Page struct {
	frame.Frame
	Address string // the caller's, as the server sees it
	User    bool   // false: a site's token, which does not sign in
}

// Render returns the document.
func Render(p Page) []byte { return frame.Render(page, p) }
