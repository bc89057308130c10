// Package site is one site as administrators see it: its networks, and the forms that add and
// remove one, rename the site and close it. Render it with [Render]; the question before a site
// is closed with [RenderClose].
//
// The forms change nothing: each leads to the page of a change.
package site

import (
	"embed"
	"net/url"

	"mais/server/api"
	"mais/server/internal/web/page/admin"
	"mais/server/internal/web/page/admin/agency"
	"mais/server/internal/web/page/frame"
)

//go:embed site.html close.html
var files embed.FS

var (
	page    = admin.Template(files, "site.html")
	closing = admin.Template(files, "close.html")
)

// Root is the path below which the pages of sites are.
const Root = admin.Root + "/sites"

// Path is the address of a site's page.
func Path(id string) string { return agency.SitePath(id) }

// The names of the forms' fields.
const (
	Prefix  = "prefix"
	Name    = "name"
	Note    = "note"
	Version = "version"
)

// Said are the fields as faults name them.
var Said = [][3]string{
	{"network.prefix", Prefix, "The network"}, {"network.site", Prefix, "The site"}, {"site.name", Name, "The name"}, {"note", Note, "The note"},
}

// SaidClosing are those of the question whether the site is to be closed.
var SaidClosing = [][3]string{{"note", Note, "The note"}}

// Page is the data of the page.
type Page struct {
	frame.Frame
	Site   api.Site
	Prefix string // as typed
	Rename string // as typed
	Note   string // as typed
}

// Render returns the document.
func Render(p Page) []byte { return frame.Render(page, p) }

// RenderClose returns the question whether the site is to be closed.
func RenderClose(p Page) []byte { return frame.Render(closing, p) }

// Path is the page's address.
func (p Page) Path() string { return Path(p.Site.ID) }

// Of is the address of its agency's page.
func (p Page) Of() string { return agency.Path(p.Site.Agency) }

// Waiting leads to the changes of the site.
func (p Page) Waiting() string { return admin.Root + "/changes?target=" + url.QueryEscape(p.Site.ID) }

// People says how many work there.
func (p Page) People() string {
	return admin.Count(p.Site.Users, "person works", "people work") + " here"
}

// Count says how many networks there are.
func (p Page) Count() string { return admin.Count(len(p.Site.Networks), "network", "networks") }

// NewNetwork is the box of the form that adds a network.
func (p Page) NewNetwork() admin.Field {
	return admin.Field{Name: Prefix, Label: "Add a network", Hint: "Address and length: 192.0.2.0/24, or 2001:db8:12::/48. For a single address /32, or /128.", Value: p.Prefix, Width: "30", Serial: true, Fault: p.Faults.Of(Prefix)}
}

// NewName is the box of the form that renames the site.
func (p Page) NewName() admin.Field {
	return admin.Field{Name: Name, Label: "Another name", Value: p.Rename, Fault: p.Faults.Of(Name)}
}

// Why is the box for the reason of closing it.
func (p Page) Why() admin.Field {
	return admin.Field{Name: Note, Label: "Why, if there is more to say", Hint: "It is kept with the change. At most 500 characters; name no service user.", Value: p.Note, Fault: p.Faults.Of(Note)}
}
