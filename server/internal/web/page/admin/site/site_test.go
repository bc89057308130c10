package site

import (
	"testing"

	"mais/server/api"
	"mais/server/internal/web/page/admin/admintest"
	"mais/server/internal/web/page/frame"
	"mais/server/internal/web/page/pagetest"
)

func TestTemplates(t *testing.T) {
	pagetest.Check(t, page, Page{})
	pagetest.Check(t, closing, Page{})
}

func one() Page {
	return Page{Frame: admintest.Frame("Site"), Rename: "Custody", Site: api.Site{ID: "s1", SiteFields: api.SiteFields{Agency: "a1", Name: "Custody"}, AgencyName: "Northshire Police",
		Networks: []string{"10.1.0.0/16", "2001:db8::/48"}, Users: 3, Version: 4}}
}

func TestPage(t *testing.T) {
	p := one()
	admintest.Says(t, Render(p), "Custody", "3 people work here", "2 networks", "Remove… 2001:db8::/48", "Add it…", "Rename it…", "Close this site…")
	var buttons []string
	for _, b := range pagetest.ByTag(admintest.Main(t, Render(p)), "button") {
		if pagetest.Attr(b, "name") == Prefix {
			buttons = append(buttons, pagetest.Attr(b, "value"))
		}
	}
	if len(buttons) != 2 || buttons[1] != "2001:db8::/48" {
		t.Errorf("buttons that remove = %v", buttons)
	}
	p.Prefix, p.Faults = "10.0.0.1/8", frame.Faults{{Field: Prefix, Text: "The network has bits after its length"}}
	doc := admintest.Main(t, Render(p))
	if pagetest.Attr(pagetest.ByID(doc, Prefix), "value") != "10.0.0.1/8" || pagetest.Text(pagetest.ByID(doc, Prefix+"-error")) != "Error: The network has bits after its length" {
		t.Error("what was typed is lost, or its fault")
	}
	p = one()
	p.Site.Networks = nil
	admintest.Says(t, Render(p), "Nobody comes in from here before the site has one")
}

// TestClosed: of a site that was closed nothing can be changed.
func TestClosed(t *testing.T) {
	p := one()
	p.Site.ClosedAt = &admintest.Now
	admintest.Says(t, Render(p), "Closed", "22 Nov")
	if n := len(pagetest.ByTag(admintest.Main(t, Render(p)), "button")); n != 0 {
		t.Errorf("%d buttons", n)
	}
	p.Faults = frame.Faults{{Field: Prefix, Text: "The site is closed already"}}
	admintest.Says(t, Render(p), "There is a problem")
	admintest.Says(t, RenderClose(one()), "Close Custody?", "cannot be opened again", "Show what would happen")
}

func TestHostile(t *testing.T) {
	filled := func(text string) Page {
		p := one()
		p.Site.Name, p.Site.AgencyName, p.Site.Networks, p.Prefix, p.Rename, p.Note = text, text, []string{text}, text, text, text
		return p
	}
	for _, text := range admintest.Hostile(t) {
		for _, render := range []func(Page) []byte{Render, RenderClose} {
			admintest.Calm(t, render(filled(text)), render(filled("calm")), text)
		}
	}
}
