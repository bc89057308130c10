package agencies

import (
	"testing"

	"mais/server/api"
	"mais/server/internal/web/page/admin/admintest"
	"mais/server/internal/web/page/pagetest"
)

func TestTemplate(t *testing.T) { pagetest.Check(t, page, Page{}) }

func TestList(t *testing.T) {
	p := Page{Frame: admintest.Frame("Agencies"), Adds: true, Agencies: []api.Agency{
		{ID: "a1", AgencyFields: api.AgencyFields{Name: "Northshire Police", Kind: "police", SponsorName: "Ch Supt Reid", SponsorEmail: "reid@northshire.example",
			Domains: []string{"a.example", "b.example"}, Passwords: api.PasswordsLimited}, Sites: 12, Users: 1204},
		{ID: "b2", AgencyFields: api.AgencyFields{Name: "Northshire Trust", Kind: "health", Passwords: "later"}},
	}}
	admintest.Says(t, Render(p), "2 agencies", "Northshire Police", "1,204", "Ch Supt Reid reid@northshire.example", "a.example, b.example", "Limited", "None: no code is sent", "None is given", "Add an agency")
	links := pagetest.ByTag(admintest.Main(t, Render(p)), "a")
	if got := pagetest.Attr(links[1], "href"); got != "/admin/agencies/a1" {
		t.Errorf("the first agency leads to %s", got)
	}
	p.Adds = false
	admintest.Silent(t, Render(p), "Add an agency")
	admintest.Says(t, Render(Page{Frame: admintest.Frame("Agencies"), Adds: true}), "There is no agency yet", "Add the first one")
}

func TestHostile(t *testing.T) {
	show := func(text string) []byte {
		return Render(Page{Frame: admintest.Frame("Agencies"), Agencies: []api.Agency{{ID: text, AgencyFields: api.AgencyFields{
			Name: text, Kind: text, SponsorName: text, SponsorEmail: text, Domains: []string{text}, Passwords: text}}}})
	}
	for _, text := range admintest.Hostile(t) {
		admintest.Calm(t, show(text), show("calm"), text)
	}
}
