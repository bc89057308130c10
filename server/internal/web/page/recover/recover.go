// Package recover is the way back for whoever has forgotten their password, in two steps: the mail
// address; then the code that came there, a second proof and the new password. Make a [Page] of a
// frame without a holder. It never says whether an address is registered.
package recover

import (
	"embed"

	"mais/server/internal/web/page/frame"
)

//go:embed recover.html
var files embed.FS

var page = frame.Template(files, "recover.html")

// The addresses of the steps.
const (
	Path       = "/recover"
	CodePath   = "/recover/code"
	FactorPath = "/recover/second"
)

// The names of the forms' fields.
const (
	Email    = "email"
	Code     = "code"
	Proof    = "proof"
	Password = "password"
	Again    = "again"
)

// Page is the data of the page.
type Page struct {
	frame.Frame
	Typed   string // into the field of the mail address
	NoMail  bool   // the service sends no mail
	AskCode bool   // the second step
	Minutes int    // for which a code is good
	Least   int    // characters of a password
	Most    int
}

// Render returns the document.
func Render(p Page) []byte { return frame.Render(page, p) }
