// Package roleview shows a record as somebody sees it who has one role: an invented one, cut as
// real ones are. Render it with [Render].
package roleview

import (
	"embed"

	"mais/server/api"
	"mais/server/api/form"
	"mais/server/internal/web/page/admin"
	"mais/server/internal/web/page/admin/roles"
	"mais/server/internal/web/page/frame"
	"mais/server/internal/web/page/record/view"
)

//go:embed roleview.html
var files embed.FS

var page = view.Template(files, "roleview.html")

// Page is the data of the page.
type Page struct {
	frame.Frame
	Role      api.Role
	Record    view.Record
	Emergency bool // as while emergency access is on
}

// Render returns the document.
func Render(p Page) []byte { return frame.Render(page, p) }

// PathOf is the address of the page of a role.
func PathOf(name string) string { return roles.PathOf(name) + "/as" }

// Own is the address of the role.
func (p Page) Own() string { return roles.PathOf(p.Role.Name) }

// Path is the address of this page, and Other of the same outside or in an emergency.
func (p Page) Path() string { return PathOf(p.Role.Name) }

// Other is the address of the other of the two.
func (p Page) Other() string {
	if p.Emergency {
		return p.Path()
	}
	return p.Path() + "?emergency=yes"
}

// Label is the role in words.
func (p Page) Label() string { return form.RoleLabel(p.Role.Name) }

// Head is who the invented record is about.
func (p Page) Head() view.Head { return p.Record.Head("record") }

// Count says how many of the form's items are shown.
func (p Page) Count() string {
	shown, all := p.count()
	return admin.Number(shown) + " of the " + admin.Count(all, "item is", "items are") + " shown, " + admin.Number(all-shown) + " withheld"
}

// Nothing reports whether the role shows nothing at all.
func (p Page) Nothing() bool {
	shown, _ := p.count()
	return shown == 0
}

// count counts the items of the form, each once however often it was recorded.
func (p Page) count() (shown, all int) {
	seen := map[string]bool{}
	for _, s := range p.Record.Sections {
		for _, i := range s.All() {
			if seen[i.Key] {
				continue
			}
			seen[i.Key] = true
			if all++; i.State != view.Withheld {
				shown++
			}
		}
	}
	return shown, all
}

// More reports whether an emergency shows more than what is always shown.
func (p Page) More() bool { return p.Emergency || p.Record.Emergency() }
