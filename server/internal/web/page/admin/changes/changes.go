// Package changes is the list of changes of people, places and roles: those that wait for the
// reader to decide on them, the reader's own drafts, and all that was. Render it with [Render].
package changes

import (
	"embed"
	"net/url"
	"slices"
	"strconv"

	"mais/server/api"
	"mais/server/api/form"
	"mais/server/internal/web/page/admin"
	"mais/server/internal/web/page/frame"
)

//go:embed changes.html
var files embed.FS

var page = admin.Template(files, "changes.html")

// Path is the address of the list.
const Path = admin.Root + "/changes"

// PerPage is how many changes stand on a page.
const PerPage = 50

// Page is the data of the page.
type Page struct {
	frame.Frame
	Asked  api.ChangeFilter
	Found  api.Changes
	Drafts []api.Change // of the reader, which they have not confirmed; shown above what waits
}

// Render returns the document.
func Render(p Page) []byte { return frame.Render(page, p) }

// PathOf is the address of a change.
func PathOf(id string) string { return Path + "/" + url.PathEscape(id) }

// Filter is a way to narrow the list.
type Filter struct {
	Words, Path string
	Here        bool
}

var filters = []admin.Option{
	{Value: "mine", Label: "Waiting for you"}, {Value: "open", Label: "Open"}, {Value: api.ChangeApplied, Label: "Done"},
	{Value: api.ChangeRefused, Label: "Refused"}, {Value: "", Label: "All"},
}

// Filters are the ways to narrow the list.
func (p Page) Filters() (all []Filter) {
	for _, f := range filters {
		all = append(all, Filter{Words: f.Label, Path: p.at(f.Value, 1), Here: f.Value == p.Asked.State})
	}
	return all
}

// Waiting reports whether the list is of what the reader may decide on.
func (p Page) Waiting() bool { return p.Asked.State == "mine" }

// List is a table of changes.
type List struct {
	Caption string
	Rows    []Row
}

// List are the changes, in their order; nil: there is none.
func (p Page) List() *List {
	caption := "Changes, the newest first"
	if p.Waiting() {
		caption = "Waiting for you to approve or refuse"
	}
	return listOf(caption, p.Found.Changes)
}

// DraftList are the reader's own drafts; nil: there is none.
func (p Page) DraftList() *List {
	return listOf("Your drafts, which nobody sees before you confirm them", p.Drafts)
}

// Pager leads through the list.
func (p Page) Pager() admin.Pager {
	return admin.PagerOf(max(1, p.Asked.Page), PerPage, p.Found.Total, func(n int) string { return p.at(p.Asked.State, n) })
}

func (p Page) at(state string, page int) string {
	q := url.Values{"state": {state}}
	if state == "" {
		q.Set("state", "all")
	}
	if p.Asked.Target != "" {
		q.Set("target", p.Asked.Target)
	}
	if page > 1 {
		q.Set("page", strconv.Itoa(page))
	}
	return Path + "?" + q.Encode()
}

// Row is a change in words.
type Row struct {
	api.Change
	Path, What, About string
	State             admin.State
}

func listOf(caption string, found []api.Change) *List {
	if len(found) == 0 {
		return nil
	}
	list := &List{Caption: caption}
	for _, c := range found {
		list.Rows = append(list.Rows, Row{Change: c, Path: PathOf(c.ID), What: What(c.Kind), About: About(c), State: StateOf(c)})
	}
	return list
}

// StateOf says how a change stands.
func StateOf(c api.Change) admin.State {
	switch c.State {
	case api.ChangeDraft:
		return admin.State{Words: "Not confirmed", Colour: "grey"}
	case api.ChangeWaiting:
		return admin.State{Words: "Waits for a second person", Colour: "yellow"}
	case api.ChangeRefused:
		return admin.State{Words: "Refused", Colour: "red"}
	case api.ChangeDiscarded:
		return admin.State{Words: "Discarded", Colour: "grey"}
	case api.ChangeExpired:
		return admin.State{Words: "Expired", Colour: "grey"}
	}
	if c.AppliedAt == nil {
		return admin.State{Words: "Under way", Colour: "blue"}
	}
	return admin.State{Words: "Done", Colour: "green"}
}

// What is a kind of change in words.
func What(kind string) string {
	if words, ok := kinds[kind]; ok {
		return words
	}
	return kind
}

// About is whom or what it changes: a role by its words.
func About(c api.Change) string {
	if slices.Contains([]string{api.RoleAdd, api.RoleChange, api.RoleDelete}, c.Kind) {
		return form.RoleLabel(c.Subject)
	}
	return c.Subject
}

var kinds = map[string]string{
	api.AgencyAdd: "Add an agency", api.AgencyChange: "Change an agency", api.SiteAdd: "Add a site", api.SiteChange: "Change a site",
	api.SiteClose: "Close a site", api.NetworkAdd: "Recognise a network", api.NetworkRemove: "Recognise a network no longer",
	api.UserInvite: "Invite somebody", api.UsersInvite: "Invite people", api.UserChange: "Change somebody’s entry", api.UserLeave: "End somebody’s access",
	api.UserReturn: "Have somebody return", api.RoleAdd: "Add a role", api.RoleChange: "Change a role", api.RoleDelete: "Delete a role",
}
