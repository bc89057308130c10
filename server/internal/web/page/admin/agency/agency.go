// Package agency is one agency as administrators see it: what is said of it, its sites, and the
// form that adds or changes one. Render the page with [Render] and the form with [RenderForm].
//
// The form changes nothing: it leads to the page of a change.
package agency

import (
	"embed"
	"net/url"
	"strconv"
	"strings"

	"mais/server/api"
	"mais/server/internal/web/page/admin"
	"mais/server/internal/web/page/frame"
)

//go:embed agency.html form.html
var files embed.FS

var (
	page = admin.Template(files, "agency.html")
	form = admin.Template(files, "form.html")
)

// Root is the address of the list of agencies.
const Root = admin.Root + "/agencies"

// Path is the address of an agency's page.
func Path(id string) string { return Root + "/" + url.PathEscape(id) }

// SitePath is the address of a site's page.
func SitePath(id string) string { return admin.Root + "/sites/" + url.PathEscape(id) }

// The names of the form's fields; SiteName is that of the form which adds a site.
const (
	Name         = "name"
	Kind         = "kind"
	SponsorName  = "sponsor-name"
	SponsorEmail = "sponsor-email"
	Domains      = "domains"
	Passwords    = "passwords"
	Note         = "note"
	Version      = "version"
	SiteName     = "site"
)

// Fields returns the names of the form's fields.
func Fields() []string {
	return []string{Name, Kind, SponsorName, SponsorEmail, Domains, Passwords, Note, Version}
}

// Said are the fields as faults name them.
var Said = [][3]string{
	{"agency.name", Name, "The name"}, {"agency.kind", Kind, "The kind"}, {"agency.sponsor_name", SponsorName, "The sponsor’s name"},
	{"agency.sponsor_email", SponsorEmail, "The sponsor’s email address"}, {"agency.domains", Domains, "The list of domains"}, {"agency.passwords", Passwords, "Passwords: the choice"},
	{"note", Note, "The note"},
}

// Typed is what a form brought.
func Typed(sent map[string]string) (api.AgencyFields, int64) {
	version, _ := strconv.ParseInt(sent[Version], 10, 64)
	return api.AgencyFields{
		Name: sent[Name], Kind: sent[Kind], SponsorName: sent[SponsorName], SponsorEmail: sent[SponsorEmail],
		Domains: strings.FieldsFunc(sent[Domains], func(r rune) bool { return strings.ContainsRune(" \t\r\n,;", r) }), Passwords: sent[Passwords],
	}, version
}

// PasswordPolicies are how far an agency may let passwords go.
var PasswordPolicies = []admin.Option{
	{Value: api.PasswordsForbidden, Label: "Not at all: a token is needed"},
	{Value: api.PasswordsLimited, Label: "Limited: restricted items, to read, and no emergency access"},
	{Value: api.PasswordsAllowed, Label: "As far as each role lets them"},
}

var passwordWords = map[string]string{api.PasswordsForbidden: "Forbidden", api.PasswordsLimited: "Limited", api.PasswordsAllowed: "As roles allow"}

// PasswordWords says how far passwords go in a word or two.
func PasswordWords(policy string) string {
	if words, ok := passwordWords[policy]; ok {
		return words
	}
	return policy
}

// Page is the data of the page.
type Page struct {
	frame.Frame
	Agency  api.Agency
	Sites   []api.Site
	Changes bool // the reader may change what is said of the agency
	Site    string
}

// Render returns the document.
func Render(p Page) []byte { return frame.Render(page, p) }

// Path is the page's address.
func (p Page) Path() string { return Path(p.Agency.ID) }

// By says how far passwords go.
func (p Page) By() string {
	for _, o := range PasswordPolicies {
		if o.Value == p.Agency.Passwords {
			return o.Label
		}
	}
	return p.Agency.Passwords
}

// Waiting leads to the changes of the agency.
func (p Page) Waiting() string { return admin.Root + "/changes?target=" + url.QueryEscape(p.Agency.ID) }

// People says how many there are.
func (p Page) People() string { return admin.Count(p.Agency.Users, "person", "people") }

// NewSite is the box of the form that adds a site.
func (p Page) NewSite() admin.Field {
	return admin.Field{Name: SiteName, Label: "Name of a new site", Hint: "A place or a system, as its people call it: Northgate custody suite.", Value: p.Site, Fault: p.Faults.Of(SiteName)}
}

// Row is a site of the agency.
type Row struct{ api.Site }

// Rows are the sites.
func (p Page) Rows() (rows []Row) {
	for _, s := range p.Sites {
		rows = append(rows, Row{s})
	}
	return rows
}

// Path is the address of its page.
func (r Row) Path() string { return SitePath(r.ID) }

// Some are its first networks.
func (r Row) Some() []string { return r.Networks[:min(len(r.Networks), 3)] }

// More is how many others there are.
func (r Row) More() int { return len(r.Networks) - len(r.Some()) }

// Number writes a number with commas.
func (r Row) Number(n int) string { return admin.Number(n) }
