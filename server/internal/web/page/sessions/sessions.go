// Package sessions is the page "My sessions": where the reader is signed in, and the buttons that
// end one of them or all others. Render it with [Render].
package sessions

import (
	"embed"
	"net/url"

	"mais/server/api"
	"mais/server/internal/web/page/frame"
)

//go:embed sessions.html
var files embed.FS

var page = frame.Template(files, "sessions.html")

// Path is the page's address.
const Path = "/sessions"

// Page is the data of the page.
type Page struct {
	frame.Frame
	Sessions []api.Session
	Ended    int  // by the button that led here
	Password bool // is what the reader came with, and has no token to hold
}

// Render returns the document.
func Render(p Page) []byte { return frame.Render(page, p) }

// Row is a session in words.
type Row struct {
	api.Session
	How string // it was begun
}

// Rows are the sessions, the reader's own first.
func (p Page) Rows() (rows []Row) {
	for _, s := range p.Sessions {
		row := Row{s, How(s.Method)}
		if s.Current {
			rows = append([]Row{row}, rows...)
			continue
		}
		rows = append(rows, row)
	}
	return rows
}

// End is where the button leads that ends a session.
func (r Row) End() string { return Path + "/" + url.PathEscape(r.Name) + "/end" }

// Others reports whether there are others than the reader's own.
func (p Page) Others() bool {
	for _, s := range p.Sessions {
		if !s.Current {
			return true
		}
	}
	return false
}

// How says in words how a session was begun.
func How(method string) string {
	if method == api.ByPassword {
		return "Password"
	}
	return "Token"
}
