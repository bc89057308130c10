package agency

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"mais/server/api"
	"mais/server/internal/web/page/admin"
	"mais/server/internal/web/page/admin/admintest"
	"mais/server/internal/web/page/frame"
	"mais/server/internal/web/page/pagetest"
)

func TestTemplates(t *testing.T) {
	pagetest.Check(t, page, Page{})
	pagetest.Check(t, form, Form{})
}

func one() Page {
	return Page{Frame: admintest.Frame("Agency"), Changes: true,
		Agency: api.Agency{ID: "a1", AgencyFields: api.AgencyFields{Name: "Northshire Police", Kind: "police", SponsorName: "Ch Supt Reid",
			SponsorEmail: "reid@northshire.example", Domains: []string{"northshire.example"}, Passwords: api.PasswordsForbidden}, Users: 1},
		Sites: []api.Site{
			{ID: "s1", SiteFields: api.SiteFields{Name: "Custody"}, Networks: []string{"10.1.0.0/16", "10.2.0.0/16", "10.3.0.0/16", "2001:db8::/48"}, Users: 1204},
			{ID: "s2", SiteFields: api.SiteFields{Name: "Ward"}},
			{ID: "s3", SiteFields: api.SiteFields{Name: "Old court"}, ClosedAt: &admintest.Now},
		}}
}

func TestPage(t *testing.T) {
	p := one()
	admintest.Says(t, Render(p), "Northshire Police", "Ch Supt Reid", "Not at all: a token is needed", "1 person", "Custody", "10.1.0.0/16, 10.2.0.0/16, 10.3.0.0/16 and 1 more", "1,204",
		"None: nobody comes in from there", "Old court Closed", "Change…", "Add the site…")
	p.Changes, p.Agency.Passwords, p.Sites, p.Site = false, api.PasswordsAllowed, nil, "Nor"
	p.Faults = frame.Faults{{Field: SiteName, Text: "The name is missing"}}
	admintest.Silent(t, Render(p), "Change…")
	admintest.Says(t, Render(p), "It has no site yet", "As far as each role lets them", "There is a problem")
	doc := admintest.Main(t, Render(p))
	if pagetest.Attr(pagetest.ByID(doc, SiteName), "value") != "Nor" || pagetest.Text(pagetest.ByID(doc, SiteName+"-error")) != "Error: The name is missing" {
		t.Error("what was typed is lost, or its fault")
	}
}

// TestForm: what was typed stands there again with its faults, and goes where it came from.
func TestForm(t *testing.T) {
	sent := map[string]string{Name: "N", Kind: "police", SponsorName: "R", SponsorEmail: "r@", Domains: "a.example, @b.example\r\nc.example", Passwords: api.PasswordsLimited, Version: "7"}
	typed, version := Typed(sent)
	want := api.AgencyFields{Name: "N", Kind: "police", SponsorName: "R", SponsorEmail: "r@", Domains: []string{"a.example", "@b.example", "c.example"}, Passwords: api.PasswordsLimited}
	if diff := cmp.Diff(want, typed); diff != "" || version != 7 {
		t.Errorf("Typed, version %d (-want +got):\n%s", version, diff)
	}
	f := Form{Frame: admintest.Frame("Change an agency"), ID: "a1", Version: 7, Typed: typed, Note: "case 7"}
	f.Faults = admin.Said([]api.FieldError{{Field: "agency.sponsor_email", Detail: "is not an email address"}, {Field: "agency.domains", Detail: "is missing"},
		{Field: "agency.passwords", Detail: "is missing"}, {Field: "target", Detail: "is odd"}}, Said)
	admintest.Says(t, RenderForm(f), "The sponsor’s email address is not an email address", "The list of domains is missing", "This is odd", "need a second administrator")
	doc := admintest.Main(t, RenderForm(f))
	if at := pagetest.Attr(pagetest.ByTag(doc, "form")[0], "action"); at != "/admin/agencies/a1/change" {
		t.Errorf("the form goes to %s", at)
	}
	if pagetest.Text(pagetest.ByID(doc, Domains)) != "a.example @b.example c.example" || pagetest.Attr(pagetest.ByID(doc, Note), "value") != "case 7" {
		t.Error("what was typed is lost")
	}
	f.ID, f.Faults = "", nil
	if at := pagetest.Attr(pagetest.ByTag(admintest.Main(t, RenderForm(f)), "form")[0], "action"); at != Root {
		t.Errorf("the form of a new agency goes to %s", at)
	}
}

func TestHostile(t *testing.T) {
	show := func(text string) []byte {
		p := one()
		p.Agency.AgencyFields = api.AgencyFields{Name: text, Kind: text, SponsorName: text, SponsorEmail: text, Domains: []string{text}, Passwords: text}
		p.Sites = []api.Site{{ID: text, SiteFields: api.SiteFields{Name: text}, Networks: []string{text}}}
		p.Site = text
		return Render(p)
	}
	fill := func(text string) []byte {
		return RenderForm(Form{Frame: admintest.Frame("Add an agency"), ID: text, Note: text, Typed: api.AgencyFields{
			Name: text, Kind: text, SponsorName: text, SponsorEmail: text, Domains: []string{text}, Passwords: text}})
	}
	for _, text := range admintest.Hostile(t) {
		admintest.Calm(t, show(text), show("calm"), text)
		admintest.Calm(t, fill(text), fill("calm"), text)
	}
}
