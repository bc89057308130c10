// Package lost is the page "I have lost my card", or that others know one's password, in three steps:
// the mail address, the code that came there, what was put on hold. Make a [Page] of a frame without a holder; which step
// it is, is said by its fields.
//
// It never says whether an address is registered.
package lost

import (
	"embed"
	"strconv"

	"mais/server/api"
	"mais/server/api/form"
	"mais/server/internal/web/page/admin"
	"mais/server/internal/web/page/frame"
)

//go:embed lost.html
var files embed.FS

var page = frame.Template(files, "lost.html")

// The addresses of the steps.
const (
	Path     = "/lost"
	CodePath = "/lost/code"
)

// The titles of the first step: where nobody has a password, and where some have.
const (
	OfCard = "I have lost my card"
	OfAny  = "I have lost my card, or others know my password"
)

// The names of the forms' fields.
const (
	Email = "email"
	Code  = "code"
)

// Page is the data of the page.
type Page struct {
	frame.Frame
	Typed   string // into the field of the mail address
	NoMail  bool   // the service sends no mail
	AskCode bool   // the second step
	Done    bool   // the third
	Held    []api.LostToken
	// Password was taken away.
	Password bool
	Minutes  int // for which a code is good
}

// Render returns the document.
func Render(p Page) []byte { return frame.Render(page, p) }

// PasswordAlone reports whether the password was all that there was.
func (p Page) PasswordAlone() bool { return p.Password && len(p.Held) == 0 }

// Dial is the contact's number as E.164 has it, or "".
func (p Page) Dial() string { return form.Telephone(p.Contact) }

// Token is what was put on hold, in words.
type Token struct{ What, Card, Last string }

// Tokens are what was put on hold.
func (p Page) Tokens() (tokens []Token) {
	for _, h := range p.Held {
		t := Token{What: admin.TokenLabel(h.Profile), Last: h.Serial[max(0, len(h.Serial)-6):]}
		if h.Card != 0 {
			t.Card = strconv.FormatUint(uint64(h.Card), 10)
		}
		tokens = append(tokens, t)
	}
	return tokens
}
