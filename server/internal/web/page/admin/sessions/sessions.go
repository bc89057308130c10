// Package sessions is the administrators' list of who is signed in now, and the question before
// sessions are ended. Render them with [Render] and [RenderEnd].
package sessions

import (
	"embed"
	"net/url"

	"mais/server/api"
	"mais/server/internal/web/page/admin"
	"mais/server/internal/web/page/frame"
	own "mais/server/internal/web/page/sessions"
)

//go:embed sessions.html end.html
var files embed.FS

var (
	page = admin.Template(files, "sessions.html")
	end  = admin.Template(files, "end.html")
)

// Path is the address of the list.
const Path = admin.Root + "/sessions"

// The fields of the form, and the parameters of an address.
const (
	Query  = "q"
	User   = "user" // a UUID: all sessions of somebody
	Sealed = "find" // what stands for Query in an address
)

// Page is the data of the list.
type Page struct {
	frame.Frame
	Sessions api.Sessions
	Query    string // as it was typed
	Sealed   string
	User     string
	Gone     bool // the search belongs to another session
	Ended    int  // by the button that led here
}

// Render returns the list.
func Render(p Page) []byte { return frame.Render(page, p) }

// Row is a session in words.
type Row struct {
	api.Session
	How string
}

// Rows are the sessions in their order.
func (p Page) Rows() (rows []Row) {
	for _, s := range p.Sessions.Sessions {
		rows = append(rows, Row{s, own.How(s.Method)})
	}
	return rows
}

// Last is the end of the certificate's serial number, by which people tell certificates apart; the whole
// stands where the session is ended.
func (r Row) Last() string { return "…" + r.Certificate[max(0, len(r.Certificate)-6):] }

// Endable reports whether the reader may end it.
func (r Row) Endable() bool { return len(r.May) > 0 }

// End is the address of the question before it is ended.
func (r Row) End() string { return Path + "/" + url.PathEscape(r.Name) + "/end" }

// Count says how many sessions there are.
func (p Page) Count() string { return admin.Count(p.Sessions.Total, "session", "sessions") }

// Narrowed reports whether the list leaves anybody out.
func (p Page) Narrowed() bool { return p.Query != "" || p.User != "" }

// EndAll is the address of the question before all sessions of the one user are ended.
func (p Page) EndAll() string { return Path + "/end?" + url.Values{User: {p.User}}.Encode() }

// Pager leads through the list.
func (p Page) Pager() admin.Pager {
	return admin.PagerOf(p.Sessions.Page, max(1, p.Sessions.PerPage), p.Sessions.Total, func(n int) string { return PathOf(p.Sealed, p.User, n) })
}

// PathOf is the address of a page of the list.
func PathOf(sealed, user string, n int) string {
	return admin.AddressOf(Path, map[string]string{Sealed: sealed, User: user}, n)
}

// Ending is the data of the question: one session, or all of its user.
type Ending struct {
	frame.Frame
	Session api.Session
	All     int // how many there are of the user, where all are ended
}

// RenderEnd returns the question.
func RenderEnd(e Ending) []byte { return frame.Render(end, e) }

// Action is where the answer goes.
func (e Ending) Action() string {
	if e.All > 0 {
		return Path + "/end"
	}
	return Path + "/" + url.PathEscape(e.Session.Name) + "/end"
}

// Count says how many sessions end.
func (e Ending) Count() string { return admin.Count(e.All, "session", "sessions") }
