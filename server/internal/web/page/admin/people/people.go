// Package people is the register of people as administrators look through it: a search, filters, an order, a
// page of what was found. What is asked for is an [Asked], which addresses carry; render the page
// with [Render].
//
// Part of a person's name or mail address never stands in an address: what was typed into the
// search goes there sealed.
package people

import (
	"embed"
	"net/url"
	"strings"

	"mais/server/api"
	"mais/server/api/form"
	"mais/server/internal/web/page/admin"
	"mais/server/internal/web/page/frame"
)

//go:embed people.html
var files embed.FS

var page = admin.Template(files, "people.html")

// Path is the address of the list, below which each person's page is.
const Path = admin.Root + "/people"

// PerPage is how many people stand on a page.
const PerPage = 25

// The names of the form's fields and of the parameters of an address; Sealed stands there for
// Query.
const (
	Query  = "q"
	Agency = "agency"
	Site   = "site" // of an address only
	Role   = "role"
	Stage  = "stage"
	Sort   = "sort"
	Sealed = "find"
)

// Fields returns the names of the form's fields.
func Fields() []string { return []string{Query, Agency, Role, Stage, Sort} }

// Stages are what the list can be narrowed to; without one it is who has not left.
var Stages = []admin.Option{
	{Value: api.StageInvited, Label: "Invited"}, {Value: api.StageBounced, Label: "The mail came back"}, {Value: api.StageLapsed, Label: "The code lapsed"},
	{Value: api.StageRegistered, Label: "Registered"}, {Value: api.StageActive, Label: "Has signed in"}, {Value: api.StageDue, Label: "Starts later"},
	{Value: api.StageEnded, Label: "Past the last day"}, {Value: api.StageLeft, Label: "Has left"}, {Value: "all", Label: "Everybody, who has left too"},
}

// Sorts are the orders; without one it is by name.
var Sorts = []admin.Option{
	{Value: "name", Label: "Name"}, {Value: "email", Label: "Email address"}, {Value: "agency", Label: "Agency"}, {Value: "-seen", Label: "Last here"},
	{Value: "seen", Label: "Longest not here"}, {Value: "-invited", Label: "Last invited"},
}

// Asked is what the list is asked for.
type Asked struct {
	Query, Sealed      string
	Agency, Site, Role string
	Stage, Sort        string
	Page               int
}

// Read returns what an address asks for; ok is false for one that no page of ours leads to.
// Query is the caller's to fill in, from Sealed.
func Read(v url.Values) (a Asked, ok bool) {
	a = Asked{Sealed: v.Get(Sealed), Agency: v.Get(Agency), Site: v.Get(Site), Role: v.Get(Role), Stage: v.Get(Stage), Sort: v.Get(Sort)}
	page, ok := admin.ReadPage(v, Sealed, Agency, Site, Role, Stage, Sort)
	if a.Page = page; !ok {
		return a, false
	}
	return a, len(a.faults()) == 0
}

// Typed is what a form brought, or what is wrong with it. Sealed is the caller's to fill in.
func Typed(sent map[string]string) (Asked, frame.Faults) {
	a := Asked{Query: strings.TrimSpace(sent[Query]), Agency: sent[Agency], Role: sent[Role], Stage: sent[Stage], Sort: sent[Sort]}
	return a, a.faults()
}

func (a Asked) faults() (faults frame.Faults) {
	if text := admin.QueryFault(a.Query); text != "" {
		faults = append(faults, frame.Fault{Field: Query, Text: text})
	}
	if !admin.Known(Stages, a.Stage) {
		faults = append(faults, frame.Fault{Field: Stage, Text: "Choose a stage from the list"})
	}
	if !admin.Known(Sorts, a.Sort) {
		faults = append(faults, frame.Fault{Field: Sort, Text: "Choose an order from the list"})
	}
	return faults
}

// Path is the address of the list.
func (a Asked) Path() string {
	return admin.AddressOf(Path, map[string]string{Sealed: a.Sealed, Agency: a.Agency, Site: a.Site, Role: a.Role, Stage: a.Stage, Sort: a.Sort}, a.Page)
}

// Filter is what the register is asked for.
func (a Asked) Filter() api.UserFilter {
	return api.UserFilter{
		Query: a.Query, Agency: a.Agency, Site: a.Site, Role: a.Role, Stage: a.Stage, Sort: a.Sort, Page: max(1, a.Page), PerPage: PerPage,
	}
}

// Page is the data of the page.
type Page struct {
	frame.Frame
	Asked    Asked
	Gone     bool // the search of the address is of another session
	Refused  bool // the search could not be made: its faults are all there is to show
	Agencies []api.Agency
	Roles    []api.Role
	Total    int
	People   []api.User
}

// Render returns the document.
func Render(p Page) []byte { return frame.Render(page, p) }

// Row is somebody of the list.
type Row struct{ api.User }

// Rows are the people of the page.
func (p Page) Rows() (rows []Row) {
	for _, u := range p.People {
		rows = append(rows, Row{u})
	}
	return rows
}

// Path is the address of their page.
func (r Row) Path() string { return Path + "/" + url.PathEscape(r.ID) }

// Tag is how far they have come.
func (r Row) Tag() admin.State { return StageOf(r.Stage) }

// RoleNames are their roles in words.
func (r Row) RoleNames() string {
	var names []string
	for _, role := range r.Roles {
		names = append(names, form.RoleLabel(role))
	}
	return strings.Join(names, ", ")
}

// Where are the names of their sites.
func (r Row) Where() string { return strings.Join(r.SiteNames, ", ") }

// StageOf is a stage in words and in the colour of a tag.
func StageOf(stage string) admin.State {
	colours := map[string]string{
		api.StageActive: "green", api.StageRegistered: "turquoise", api.StageInvited: "blue", api.StageDue: "light-blue", api.StageBounced: "red",
		api.StageLapsed: "yellow",
	}
	for _, o := range Stages {
		if colour := colours[stage]; o.Value == stage && colour != "" {
			return admin.State{Words: o.Label, Colour: colour}
		} else if o.Value == stage {
			return admin.State{Words: o.Label, Colour: "grey"}
		}
	}
	return admin.State{Words: form.Word(stage), Colour: "grey"}
}

// RoleOption is a role with its words.
type RoleOption struct{ Value, Label string }

// RoleOptions are what the list can be narrowed to.
func (p Page) RoleOptions() (options []RoleOption) {
	options = append(options, RoleOption{api.NoRole, "No role at all"})
	for _, r := range p.Roles {
		options = append(options, RoleOption{r.Name, form.RoleLabel(r.Name)})
	}
	return options
}

// Stages are what the list can be narrowed to.
func (Page) Stages() []admin.Option { return Stages }

// Sorts are the orders.
func (Page) Sorts() []admin.Option { return Sorts }

// Narrowed reports whether anybody was asked for.
func (p Page) Narrowed() bool {
	a := p.Asked
	a.Page, a.Sort = 0, ""
	return a != Asked{}
}

// Found says how many were found.
func (p Page) Found() string { return admin.Count(p.Total, "person", "people") }

// Pager leads to the other pages.
func (p Page) Pager() admin.Pager {
	return admin.PagerOf(max(1, p.Asked.Page), PerPage, p.Total, func(n int) string {
		to := p.Asked
		to.Page = n
		return to.Path()
	})
}
