// Package certificates is the inventory as administrators look through it: a search, filters,
// an order, a page of what was found, and boxes to choose some of it for an act. What is asked
// for is an [Asked], which addresses carry; render the page with [Render].
//
// Part of a person's name or mail address never stands in an address: what was typed into the
// search goes there sealed.
package certificates

import (
	"embed"
	"net/url"

	"mais/server/internal/web/page/admin"
	"mais/server/internal/web/page/frame"
)

//go:embed certificates.html
var files embed.FS

var page = admin.Template(files, "certificates.html")

// Path is the address of the list.
const Path = admin.Root + "/certificates"

// PerPage is how many certificates stand on a page.
const PerPage = 25

// The names of the fields: of the search, and of the choice.
const (
	Query   = "q"
	Status  = "status"
	Profile = "profile"
	Issuer  = "issuer"
	Agency  = "agency"
	Before  = "before"

	Pick   = "pick"
	All    = "all"
	Filter = "filter"
	Act    = "act"
)

// Fields returns the names of the search's fields.
func Fields() []string {
	return append([]string{Query, Status, Profile, Issuer, Agency}, admin.DateFields(Before)...)
}

// Page is the data of the page.
type Page struct {
	frame.Frame
	Asked Asked
	Typed Typed // what stands in the form
	Gone  bool  // the search of the address is of another session
	// Refused marks a search that could not be made: its faults are all there is to show.
	Refused bool
	Total   int
	Rows    []admin.Certificate
}

// Render returns the document.
func Render(p Page) []byte { return frame.Render(page, p) }

// Before are the boxes of the date before which certificates end.
func (p Page) Before() admin.Date {
	d := p.Typed.before()
	d.Label, d.Hint, d.Fault = "Ends before", "For example, 31 3 2027", p.Faults.Of(Before)
	return d
}

// Statuses are what the list can be narrowed to.
func (Page) Statuses() []admin.Option { return admin.Statuses }

// Profiles are the kinds of certificate.
func (Page) Profiles() []admin.Option { return admin.Profiles }

// More reports whether a filter is in use that the page folds away otherwise.
func (p Page) More() bool {
	t := p.Typed
	return t[Profile]+t[Issuer]+t[Agency]+t[Before]+t[Before+"-month"]+t[Before+"-year"] != ""
}

// Narrowed reports whether anything was asked for.
func (p Page) Narrowed() bool { return p.Asked.narrowed() }

// From and To are the places of the first and the last certificate of the page.
func (p Page) From() int { return (max(1, p.Asked.Page)-1)*PerPage + 1 }

// To is the place of the last certificate of the page.
func (p Page) To() int { return p.From() + len(p.Rows) - 1 }

// Number writes a number for people.
func (Page) Number(n int) string { return admin.Number(n) }

// Found says how many were found.
func (p Page) Found() string { return admin.Count(p.Total, "certificate", "certificates") }

// Pager leads to the other pages.
func (p Page) Pager() admin.Pager {
	return admin.PagerOf(max(1, p.Asked.Page), PerPage, p.Total, func(n int) string {
		to := p.Asked
		to.Page = n
		return to.Path()
	})
}

// Filtered is what was asked for, for the form that chooses.
func (p Page) Filtered() string { return p.Asked.Values().Encode() }

// Export is the address of all that was found, in a format.
func (p Page) Export(format string) string {
	return Path + "/export/" + url.PathEscape(format) + query(p.Asked.Values())
}

// Acts are what can be done with what was chosen.
func (Page) Acts() []admin.Act { return admin.Acts }

// Column is a heading of the list by which it can be put in order.
type Column struct {
	Name, Label string
	Sort        string // aria-sort
	Path        string // of the list in the order that a press on it brings
}

// Column returns the heading of an order.
func (p Page) Column(name, label string) Column {
	c := Column{Name: name, Label: label, Sort: "none"}
	to := p.Asked
	to.Page, to.Sort = 0, name
	switch sort := p.Asked.order(); sort {
	case name:
		c.Sort, to.Sort = "ascending", "-"+name
	case "-" + name:
		c.Sort = "descending"
	}
	c.Path = to.Path()
	return c
}
