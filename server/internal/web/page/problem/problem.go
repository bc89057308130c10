// Package problem is the page of every refusal and failure: what happened, what to do next,
// whom to call, and the number under which it stands in the log. Make a [Page] of a frame
// whose title says what happened.
//
// Strangers, who come from no recognised network, get the same as [Plain]: they can fetch
// no style sheet.
package problem

import (
	"embed"
	"html/template"

	"mais/server/internal/web/page/frame"
)

//go:embed problem.html plain.html
var files embed.FS

var (
	page  = frame.Template(files, "problem.html")
	plain = template.Must(template.ParseFS(files, "plain.html"))
)

// Page is the data of the page.
type Page struct {
	frame.Frame
	Address   string     // the caller's, where that is the matter
	Detail    string     // what happened, in a sentence or two
	Steps     []string   // what to do
	Again     frame.Link // the way out; without a text there is none, without a path it is the page's own address
	Direct    bool       // the way out has the focus: it is all that there is to do
	Reference string     // the number in the log and the audit
}

// Render returns the document.
func Render(p Page) []byte { return frame.Render(page, p) }

// Plain returns a document that needs no other file.
func Plain(p Page) []byte { return frame.Render(plain, p) }
