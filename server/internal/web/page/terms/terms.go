// Package terms is the page on which somebody who was invited reads, at their first sign-in, what their roles are
// about and the confidentiality terms, and accepts them. Render it with [Render]. Later it shows what
// they accepted.
package terms

import (
	"embed"
	"strings"

	"mais/server/api"
	"mais/server/internal/web/page/frame"
)

//go:embed terms.html
var files embed.FS

var page = frame.Template(files, "terms.html")

// Path is the page's address.
const Path = "/terms"

// The names of the form's fields.
const (
	Accept  = "accept"
	Version = "version"
	Role    = "role" // whose sheet is shown; as often as there are
	Yes     = "yes"
)

// Page is the data of the page.
type Page struct {
	frame.Frame
	Terms api.Terms
	Sees  string // the items that a session of a password shows; empty: it is none, or not limited
}

// Render returns the document.
func Render(p Page) []byte { return frame.Render(page, p) }

// Part is a paragraph of a sheet; one that begins with a short sentence has it for its head.
type Part struct{ Head, Text string }

// Sheet is a sheet as the page shows it.
type Sheet struct {
	Title string
	New   bool // to a reader who has accepted the terms before
	Parts []Part
}

// Again reports whether the reader accepted the terms before, and has been given a further role since.
func (p Page) Again() bool { return p.Terms.Due && p.Terms.AcceptedAt != nil }

// Sheets are those of the reader's roles.
func (p Page) Sheets() (sheets []Sheet) {
	for _, s := range p.Terms.Sheets {
		out := Sheet{Title: s.Title, New: s.New && p.Again()}
		for _, text := range s.Text {
			out.Parts = append(out.Parts, partOf(text))
		}
		sheets = append(sheets, out)
	}
	return sheets
}

// maxHead is how long a sentence can be and head a paragraph.
const maxHead = 30

func partOf(text string) Part {
	head, rest, cut := strings.Cut(text, ". ")
	if !cut || len(head) > maxHead {
		return Part{Text: text}
	}
	return Part{head, rest}
}
