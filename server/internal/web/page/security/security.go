// Package security is the page "My security" of whoever is signed in with a password: another
// password, another second factor, new recovery codes, and a code for a token. Make a [Page].
package security

import (
	"embed"

	"mais/server/internal/web/page/frame"
)

//go:embed security.html
var files embed.FS

var page = frame.Template(files, "security.html")

// The addresses of the page and its forms.
const (
	Path         = "/security"
	PasswordPath = "/security/password"
	FactorPath   = "/security/second"
	ConfirmPath  = "/security/second/confirm"
	CodesPath    = "/security/codes"
	EnrolPath    = "/security/enrol"
)

// The names of the forms' fields.
const (
	Current  = "current"
	Code     = "code"
	Password = "password"
	Again    = "again"
)

// Page is the data of the page.
type Page struct {
	frame.Frame
	Factor  bool   // a second factor is set up
	Needs   bool   // the roles ask for one
	Codes   int    // recovery codes that are left
	Limited bool   // some role gives restricted items only
	Sent    string // a code to enrol a token was sent to this address
	Least   int
	Most    int
}

// About are the texts that everybody knows of the reader, of which no password is made: a line each.
func (p Page) About() string {
	if p.Holder == nil {
		return ""
	}
	return p.Holder.Name + "\n" + p.Holder.Agency
}

// Render returns the document.
func Render(p Page) []byte { return frame.Render(page, p) }

// Proof is what one of the forms asks for again.
type Proof struct {
	ID     string // before the ids of its fields
	Factor bool
}

// Again returns the fields of a form's proof.
func (p Page) Again(id string) Proof { return Proof{id, p.Factor} }
