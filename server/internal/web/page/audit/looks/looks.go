// Package looks is the page that says who looked at a person, whom it knows by a number only. Render
// it with [Render].
package looks

import (
	"embed"
	"net/url"
	"strconv"

	"mais/server/api"
	"mais/server/internal/web/page/admin"
	"mais/server/internal/web/page/audit"
	"mais/server/internal/web/page/frame"
)

//go:embed looks.html
var files embed.FS

var page = audit.Template(files, "looks.html")

// Page is the data of the page.
type Page struct {
	frame.Frame
	Looks api.AuditLooks
	Top   bool
}

// Render returns the document.
func Render(p Page) []byte { return frame.Render(page, p) }

// Entries are all that is about the person.
func (p Page) Entries() []audit.Entry { return audit.Entries(p.Looks.Entries) }

// Next is the address of the page that follows.
func (p Page) Next() string {
	if p.Looks.Next == 0 {
		return ""
	}
	return p.First() + "?before=" + strconv.FormatInt(p.Looks.Next, 10)
}

// First is the address of the newest entries.
func (p Page) First() string { return audit.PersonOf(p.Looks.Person) }

// Of is the address of what one user did with this person's record.
func (p Page) Of(user string) string {
	return audit.Root + "?" + url.Values{"person": {p.Looks.Person}, "user": {user}}.Encode()
}

// Count says how often.
func (Page) Count(n int) string { return admin.Count(n, "time", "times") }
