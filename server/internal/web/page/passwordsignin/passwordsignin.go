// Package passwordsignin is the first page of the public listener where passwords are allowed:
// a mail address, a password and the code of a second factor in one form, so that no answer tells
// which of them was wrong. Make a [Page] of a frame without a holder.
package passwordsignin

import (
	"embed"

	"mais/server/internal/web/page/frame"
)

//go:embed passwordsignin.html
var files embed.FS

var page = frame.Template(files, "passwordsignin.html")

// The names of the form's fields.
const (
	Email    = "email"
	Password = "password"
	Code     = "code"
)

// Page is the data of the page.
type Page struct {
	frame.Frame
	Typed     string // into the field of the mail address
	MutualURL string // where a token signs in
	// After more than Free wrong tries in a row each delays the next: in words, at first and at most.
	Free        int
	First, Most string
}

// Render returns the document.
func Render(p Page) []byte { return frame.Render(page, p) }
