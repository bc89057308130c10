// Package tokens is the page "My tokens": every certificate that was ever issued to the
// reader, which of them they use now, and the ways to put one on hold or to revoke it. Render
// it with [Render].
package tokens

import (
	"embed"

	"mais/server/api"
	"mais/server/internal/web/page/admin"
	"mais/server/internal/web/page/admin/card"
	"mais/server/internal/web/page/admin/plan"
	"mais/server/internal/web/page/frame"
)

//go:embed tokens.html
var files embed.FS

var page = admin.Template(files, "tokens.html")

// Path is the page's address.
const Path = "/tokens"

// Page is the data of the page.
type Page struct {
	frame.Frame
	Own   []api.Certificate
	InUse string // ISSUER/SERIAL of the one that the reader uses now
}

// Render returns the document.
func Render(p Page) []byte { return frame.Render(page, p) }

// Token is one of the reader's certificates.
type Token struct {
	admin.Certificate
	InUse bool
}

// Kind is what it is.
func (t Token) Kind() string { return admin.TokenLabel(t.Profile) }

// Good are those that work or could again, the one in use first.
func (p Page) Good() []Token {
	return p.some(func(c api.Certificate) bool { return !ended(c) })
}

// Ended are the others.
func (p Page) Ended() []Token { return p.some(ended) }

func ended(c api.Certificate) bool {
	return c.Expired || c.Status != "active" && c.Status != "held"
}

func (p Page) some(fits func(api.Certificate) bool) (tokens []Token) {
	for _, c := range p.Own {
		t := Token{admin.Certificate{Certificate: c, Now: p.Now}, false}
		t.InUse = t.Ref() == p.InUse
		switch {
		case !fits(c):
		case t.InUse:
			tokens = append([]Token{t}, tokens...)
		default:
			tokens = append(tokens, t)
		}
	}
	return tokens
}

// CardName is what people call the card that it is on, or nothing.
func (t Token) CardName() string {
	if t.Card == nil {
		return ""
	}
	return card.NameOf(*t.Card)
}

// Held reports whether it is on hold.
func (t Token) Held() bool { return t.Status == "held" }

// Plan is the address where an act on it begins.
func (t Token) Plan(act string) string { return plan.Holder.NewPath(act, []string{t.Ref()}, "") }
