// Package changepeople is everybody on a list of people that is to be invited or was: what each
// gets, and what became of it. Whoever approves a list looks through it here. Render it with
// [Render].
package changepeople

import (
	"embed"
	"net/url"
	"strconv"
	"strings"

	"mais/server/api"
	"mais/server/api/form"
	"mais/server/internal/web/page/admin"
	"mais/server/internal/web/page/admin/changes"
	"mais/server/internal/web/page/frame"
)

//go:embed changepeople.html
var files embed.FS

var page = admin.Template(files, "changepeople.html")

// PerPage is how many people stand on a page.
const PerPage = 100

// Page is the data of the page.
type Page struct {
	frame.Frame
	Change api.Change
	Found  api.ChangePeople
}

// Render returns the document.
func Render(p Page) []byte { return frame.Render(page, p) }

// Back is the address of the change.
func (p Page) Back() string { return changes.PathOf(p.Change.ID) }

// Count says how many they are.
func (p Page) Count() string { return admin.Count(p.Found.Total, "person", "people") }

// Pager leads through the list.
func (p Page) Pager() admin.Pager {
	return admin.PagerOf(max(1, p.Found.Page), PerPage, p.Found.Total, func(n int) string { return p.Back() + "/people?page=" + strconv.Itoa(n) })
}

// Row is somebody on the list, in words.
type Row struct {
	api.ChangePerson
	Path string // of their page, once they are registered
}

// Rows are those of the page.
func (p Page) Rows() (rows []Row) {
	for _, person := range p.Found.People {
		row := Row{ChangePerson: person}
		if person.User != "" {
			row.Path = admin.Root + "/people/" + url.PathEscape(person.User)
		}
		rows = append(rows, row)
	}
	return rows
}

// Gets are the roles, as they are called.
func (r Row) Gets() string {
	var labels []string
	for _, role := range r.ChangePerson.Roles {
		labels = append(labels, form.RoleLabel(role))
	}
	return strings.Join(labels, ", ")
}

// Where are the agency and the sites.
func (r Row) Where() string {
	return strings.Join(append([]string{r.Agency}, r.ChangePerson.Sites...), ", ")
}

// When are the first and the last day.
func (r Row) When() string {
	switch {
	case r.Starts == "" && r.Ends == "":
		return ""
	case r.Ends == "":
		return "from " + r.Starts
	case r.Starts == "":
		return "to " + r.Ends
	}
	return r.Starts + " to " + r.Ends
}

// Vetted says what is known of their vetting, and who vouches for them.
func (r Row) Vetted() string {
	text := strings.TrimSpace(r.Vetting + " " + r.VettedOn)
	if r.VouchedBy != "" {
		text = strings.TrimPrefix(text+"; vouched by "+r.VouchedBy, "; ")
	}
	return text
}

// Outcome says what became of it.
func (r Row) Outcome() string {
	switch {
	case r.Fault == "stopped":
		return "Stopped before they were registered"
	case r.Fault != "":
		return "Not registered: " + r.Fault
	case r.User != "":
		return "Registered"
	}
	return ""
}
