// Package networks is every network that the reader administers, and the question whose an
// address is. What is asked for is an [Asked], which addresses carry; render the page with
// [Render].
package networks

import (
	"embed"
	"net/netip"
	"net/url"
	"strings"

	"mais/server/api"
	"mais/server/internal/web/page/admin"
	"mais/server/internal/web/page/admin/agency"
	"mais/server/internal/web/page/frame"
)

//go:embed networks.html
var files embed.FS

var page = admin.Template(files, "networks.html")

// Path is the address of the page.
const Path = admin.Root + "/networks"

// PerPage is how many networks stand on a page.
const PerPage = 50

// The names of the form's fields and of the parameters of an address.
const (
	Address = "address"
	Query   = "q"

	most = 200 // characters of what is looked for
)

// Fields returns the names of the form's fields.
func Fields() []string { return []string{Address, Query} }

// Asked is what the page is asked for.
type Asked struct {
	Address string // whose is it?
	Query   string // part of a network, a site or an agency
	Page    int
}

// Read returns what an address asks for; ok is false for one that no page of ours leads to.
func Read(v url.Values) (a Asked, ok bool) {
	a = Asked{Address: v.Get(Address), Query: v.Get(Query)}
	page, ok := admin.ReadPage(v, Address, Query)
	if a.Page = page; !ok {
		return a, false
	}
	return a, len(a.faults()) == 0
}

// Typed is what a form brought, or what is wrong with it.
func Typed(sent map[string]string) (Asked, frame.Faults) {
	a := Asked{Address: strings.TrimSpace(sent[Address]), Query: strings.TrimSpace(sent[Query])}
	return a, a.faults()
}

func (a Asked) faults() (faults frame.Faults) {
	if ip, err := netip.ParseAddr(a.Address); a.Address != "" && (err != nil || ip.Zone() != "") {
		faults = append(faults, frame.Fault{Field: Address, Text: "Enter one address, like 192.0.2.7 or 2001:db8::7"})
	}
	if len(a.Query) > most || strings.ContainsFunc(a.Query, func(r rune) bool { return r < ' ' }) {
		faults = append(faults, frame.Fault{Field: Query, Text: "What you look for must be 200 characters or fewer, in one line"})
	}
	return faults
}

// Path is the page's address.
func (a Asked) Path() string {
	return admin.AddressOf(Path, map[string]string{Address: a.Address, Query: a.Query}, a.Page)
}

// Row is a network of a site.
type Row struct {
	Prefix string
	Site   api.Site
}

// Path is the address of its site's page.
func (r Row) Path() string { return agency.SitePath(r.Site.ID) }

// Of is the address of its agency's page.
func (r Row) Of() string { return agency.Path(r.Site.Agency) }

// People says how many work there.
func (r Row) People() string { return admin.Number(r.Site.Users) }

// Rows are the networks of open sites that are looked for: those that hold what was typed in
// their own text or in the names of their site and agency.
func Rows(sites []api.Site, query string) (rows []Row) {
	query = strings.ToLower(query)
	for _, s := range sites {
		if s.ClosedAt != nil {
			continue
		}
		named := strings.Contains(strings.ToLower(s.Name), query) || strings.Contains(strings.ToLower(s.AgencyName), query)
		for _, p := range s.Networks {
			if named || strings.Contains(p, query) {
				rows = append(rows, Row{p, s})
			}
		}
	}
	return rows
}

// Page is the data of the page.
type Page struct {
	frame.Frame
	Asked   Asked
	Refused bool // the question could not be asked: its faults are all there is to show
	Answer  *api.NetworkAnswer
	All     bool // the reader administers everything
	Found   []Row
}

// Render returns the document.
func Render(p Page) []byte { return frame.Render(page, p) }

// Boxes are the form's fields.
func (p Page) Boxes() []admin.Field {
	return []admin.Field{
		{Name: Address, Label: "Whose is this address?", Value: p.Asked.Address, Width: "20", Serial: true, Fault: p.Faults.Of(Address)},
		{Name: Query, Label: "Part of a network, a site or an agency", Value: p.Asked.Query, Fault: p.Faults.Of(Query)},
	}
}

// Match is a network that holds the address.
type Match struct{ api.NetworkMatch }

// Path is the address of its site's page.
func (m Match) Path() string { return agency.SitePath(m.Site) }

// People says how many work there.
func (m Match) People() string { return admin.Count(m.Users, "person", "people") }

// Matches are the networks that hold the address.
func (p Page) Matches() (matches []Match) {
	for _, m := range p.Answer.Matches {
		matches = append(matches, Match{m})
	}
	return matches
}

// Rows are those of this page.
func (p Page) Rows() []Row {
	from := min((max(1, p.Asked.Page)-1)*PerPage, len(p.Found))
	return p.Found[from:min(from+PerPage, len(p.Found))]
}

// Count says how many were found.
func (p Page) Count() string { return admin.Count(len(p.Found), "network", "networks") }

// Pager leads to the other pages.
func (p Page) Pager() admin.Pager {
	return admin.PagerOf(max(1, p.Asked.Page), PerPage, len(p.Found), func(n int) string {
		to := p.Asked
		to.Page = n
		return to.Path()
	})
}
