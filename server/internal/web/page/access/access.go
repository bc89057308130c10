// Package access is the page "My access": who the service takes the reader for, what holds
// their key, and which items of a record their roles show, item by item. Render it with
// [Render].
//
// It speaks of the form, never of a person's record.
package access

import (
	"embed"
	"strings"
	"time"

	"mais/server/internal/web/page/frame"
)

//go:embed access.html
var files embed.FS

var page = frame.Template(files, "access.html")

// Page is the data of the page. Who the reader is stands in the frame's holder.
type Page struct {
	frame.Frame
	Address  string        // as the server sees it
	Idle     time.Duration // how long a session lasts that nobody uses
	Roles    []Role
	Sections []Section
	Limited  bool // signed in with a password, which shows less than a token
}

// Role is a role in words, and what it is for.
type Role struct{ Label, Description string }

// Section is a section of the record.
type Section struct {
	Label string
	Items []Item
}

// Item is one item, and the roles, in words, by which the reader sees it. One that no role
// shows is withheld.
type Item struct {
	Label     string
	Read      string // roles that show it
	Emergency string // roles that show it in an emergency only
	Token     string // roles that show it with a token, and not with the password that the reader came with
}

// Count is how many items there are of each kind.
type Count struct{ All, Read, Emergency, Withheld int }

// Count counts the form's items, never what is recorded.
func (p Page) Count() (n Count) {
	for _, s := range p.Sections {
		for _, i := range s.Items {
			n.All++
			switch {
			case i.Read != "":
				n.Read++
			case i.Emergency != "":
				n.Emergency++
			default:
				n.Withheld++
			}
		}
	}
	return n
}

// Seen lists what the reader sees.
func (p Page) Seen() string { return p.list(func(i Item) bool { return i.Read != "" }) }

// WithToken lists what the reader would see with a token.
func (p Page) WithToken() string {
	return p.list(func(i Item) bool { return i.Read == "" && i.Emergency == "" && i.Token != "" })
}

// OnlyInEmergency lists what only an emergency opens.
func (p Page) OnlyInEmergency() string {
	return p.list(func(i Item) bool { return i.Read == "" && i.Emergency != "" })
}

// Withheld lists what is withheld always.
func (p Page) Withheld() string {
	return p.list(func(i Item) bool { return i.Read == "" && i.Emergency == "" })
}

// list names the items that fit, and a section of which all do by its own name.
func (p Page) list(fits func(Item) bool) string {
	var names []string
	for _, s := range p.Sections {
		var items []string
		for _, i := range s.Items {
			if fits(i) {
				items = append(items, i.Label)
			}
		}
		if len(items) == len(s.Items) {
			items = []string{"all of “" + s.Label + "”"}
		}
		names = append(names, items...)
	}
	return strings.Join(names, "; ")
}

// Minutes is Idle in minutes.
func (p Page) Minutes() int { return int(p.Idle / time.Minute) }

// Render returns the document.
func Render(p Page) []byte { return frame.Render(page, p) }
