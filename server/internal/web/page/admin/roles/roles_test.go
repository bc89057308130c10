package roles

import (
	"testing"

	"mais/server/api"
	"mais/server/internal/web/page/admin/admintest"
	"mais/server/internal/web/page/pagetest"
)

func TestTemplate(t *testing.T) { pagetest.Check(t, page, Page{}) }

func list() Page {
	officer := api.Role{RoleFields: api.RoleFields{Name: "police_officer", Description: "sees the risks", Level: "card", Passwords: api.PasswordsLimited, TOTP: true,
		Permissions: []api.Permission{{Item: "risk_factors.significant_dates", Act: "read"}, {Item: "risk_factors.significant_dates", Act: "update"}}}, BuiltIn: true, Holders: 1204, Version: 3}
	office := api.Role{RoleFields: api.RoleFields{Name: "administrator", Description: "invites users", Level: "software", Passwords: api.PasswordsForbidden}, Office: true, BuiltIn: true, Holders: 1}
	added := api.Role{RoleFields: api.RoleFields{Name: "probation_officer", Description: "added", Level: "software", Passwords: api.PasswordsAllowed}}
	return Page{Frame: admintest.Frame("Roles"), Roles: []api.Role{office, officer, added}, All: true}
}

func TestRoles(t *testing.T) {
	admintest.Says(t, Render(list()), "Add a role", "Police officer sees the risks 1,204 people 1 item Smart card By password: restricted items, to read, with a second factor",
		"Administrator Office invites users 1 person No record: it is an office Software token Not by password", "Probation officer Added here added 0 people 0 items")
	p := list()
	p.All = false
	admintest.Silent(t, Render(p), "Add a role")
}

func TestHostile(t *testing.T) {
	show := func(text string) []byte {
		p := list()
		p.Roles[1].Description = text
		return Render(p)
	}
	for _, text := range admintest.Hostile(t) {
		admintest.Calm(t, show(text), show("calm"), text)
	}
}
