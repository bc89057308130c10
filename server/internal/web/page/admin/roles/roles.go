// Package roles is the list of roles: what each is for, who has it, and what it demands. Render
// it with [Render].
package roles

import (
	"embed"
	"net/url"

	"mais/server/api"
	"mais/server/api/form"
	"mais/server/internal/web/page/admin"
	"mais/server/internal/web/page/frame"
)

//go:embed roles.html
var files embed.FS

var page = admin.Template(files, "roles.html")

// Path is the address of the list; a role's is below it, and so is New.
const (
	Path = admin.Root + "/roles"
	New  = Path + "/new"
)

// PathOf is the address of a role.
func PathOf(name string) string { return Path + "/" + url.PathEscape(name) }

// Page is the data of the page.
type Page struct {
	frame.Frame
	Roles []api.Role
	All   bool // the reader administers everything, and may add a role
}

// Render returns the document.
func Render(p Page) []byte { return frame.Render(page, p) }

// Row is a role in words.
type Row struct {
	api.Role
	Path, Label, Holding, Key, ByPassword, Shows string
}

// Rows are the roles in their order.
func (p Page) Rows() (rows []Row) {
	for _, r := range p.Roles {
		rows = append(rows, Row{r, PathOf(r.Name), form.RoleLabel(r.Name), admin.Count(r.Holders, "person", "people"), form.LevelLabel(r.Level), Passwords(r), shows(r)})
	}
	return rows
}

// Passwords says in words how far passwords go for a role.
func Passwords(r api.Role) string {
	said := map[string]string{
		api.PasswordsForbidden: "Not by password", api.PasswordsLimited: "By password: restricted items, to read", api.PasswordsAllowed: "By password: all that it shows",
	}[r.Passwords]
	if r.TOTP && r.Passwords != api.PasswordsForbidden {
		said += ", with a second factor"
	}
	return said
}

// shows says how much of a record a role shows.
func shows(r api.Role) string {
	if r.Office {
		return "No record: it is an office"
	}
	n := 0
	for _, p := range r.Permissions {
		if p.Act == "read" {
			n++
		}
	}
	return admin.Count(n, "item", "items")
}
