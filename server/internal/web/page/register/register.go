// Package register is the page on which somebody who was invited sets a password: the address and
// the code of the invitation, typed, and the password twice. Make a [Page] of a frame without a
// holder; no password ever stands on it again, a code only
// where the password was at fault.
package register

import (
	"embed"

	"mais/server/internal/web/page/frame"
)

//go:embed register.html
var files embed.FS

var page = frame.Template(files, "register.html")

// Path is the page's address, and that of the second factor behind it.
const (
	Path       = "/register"
	FactorPath = "/register/second"
)

// The names of the form's fields.
const (
	Email    = "email"
	Code     = "code"
	Password = "password"
	Again    = "again"
)

// Page is the data of the page.
type Page struct {
	frame.Frame
	TypedEmail string
	TypedCode  string // where the password alone was at fault: it is long, and still good
	Least      int    // characters of a password
	Most       int
}

// Render returns the document.
func Render(p Page) []byte { return frame.Render(page, p) }
