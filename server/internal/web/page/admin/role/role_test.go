package role

import (
	"net/url"
	"slices"
	"testing"

	"golang.org/x/net/html"

	"mais/server/api"
	"mais/server/api/form"
	"mais/server/internal/web/page/admin/admintest"
	"mais/server/internal/web/page/frame"
	"mais/server/internal/web/page/pagetest"
)

func TestTemplate(t *testing.T) { pagetest.Check(t, page, Page{}) }

// dictionary is the form's as the service lists it.
func dictionary() (all api.Items) {
	for _, s := range form.Sections() {
		section := api.ItemSection{Key: s.Name, Label: s.Label}
		for _, i := range s.Items {
			section.Items = append(section.Items, api.ItemEntry{Key: s.Name + "." + i.Name, Label: i.Label, Audience: "restricted"})
		}
		all.Sections = append(all.Sections, section)
	}
	all.Sections[0].Items[5].Audience = "full"
	return all
}

func read(items ...string) (all []api.Permission) {
	for _, item := range items {
		all = append(all, api.Permission{Item: item, Act: "read"})
	}
	return all
}

func officer() Page {
	r := api.Role{RoleFields: api.RoleFields{Name: "police_officer", Description: "sees the risks", Level: "card", Passwords: api.PasswordsLimited, TOTP: true,
		Permissions: append(read("risk_factors.triggers_and_warning_signs", "risk_factors.significant_dates", "physical_health.epilepsy"), api.Permission{Item: "physical_health.asthma", Act: "emergency"})},
		BuiltIn: true, Holders: 1204, Version: 3}
	return Page{Frame: admintest.Frame("Police officer"), Role: r, Typed: TypedOf(r), Items: dictionary(), All: true}
}

// sent is what a browser sends of a page's form.
func sent(t *testing.T, p Page) (one map[string]string, may []string) {
	t.Helper()
	one = map[string]string{}
	for _, e := range pagetest.ByTag(admintest.Main(t, Render(p)), "input") {
		kind := pagetest.Attr(e, "type")
		_, checked := attribute(e, "checked")
		if (kind == "checkbox" || kind == "radio") && !checked {
			continue
		}
		if name := pagetest.Attr(e, "name"); name == May {
			may = append(may, pagetest.Attr(e, "value"))
		} else {
			one[name] = pagetest.Attr(e, "value")
		}
	}
	return one, may
}

// TestFormComesBack: the form as it stands asks for the role as it is.
func TestFormComesBack(t *testing.T) {
	p := officer()
	one, may := sent(t, p)
	typed := Read(one, may, p.Items)
	asked := typed.Asked(p.Items)
	if len(asked.Permissions) != 4 || typed.Version != 3 || asked.Name != "" || asked.Level != "card" || asked.Passwords != api.PasswordsLimited || !asked.TOTP || asked.Description != "sees the risks" {
		t.Errorf("the untouched form asks for %+v", asked)
	}
	for name := range one {
		if !slices.Contains(Fields(), name) {
			t.Errorf("the form has the field %q, which Fields does not name", name)
		}
	}
}

// TestWholeSection: its box, once touched, counts for all items; untouched, the items count.
func TestWholeSection(t *testing.T) {
	p := officer()
	count := func(change func([]string) []string, item string) (n int, has bool) {
		one, may := sent(t, p)
		asked := Read(one, change(may), p.Items).Asked(p.Items)
		return len(asked.Permissions), slices.Contains(asked.Permissions, api.Permission{Item: item, Act: "read"})
	}
	without := func(values ...string) func([]string) []string {
		return func(may []string) []string {
			return slices.DeleteFunc(may, func(v string) bool { return slices.Contains(values, v) })
		}
	}
	if n, has := count(func(may []string) []string { return append(may, "physical_health r") }, "physical_health.asthma"); n != 8 || !has {
		t.Errorf("a section ticked gives %d permissions, its item %v, want 8", n, has)
	}
	if n, has := count(without("risk_factors r"), "risk_factors.significant_dates"); n != 2 || has {
		t.Errorf("a section cleared leaves %d permissions, its item %v, want 2", n, has)
	}
	if n, has := count(without("risk_factors.significant_dates r"), "risk_factors.triggers_and_warning_signs"); n != 3 || !has {
		t.Errorf("an item of a whole section cleared leaves %d permissions, its neighbour %v, want 3", n, has)
	}
	if n, _ := count(func(may []string) []string { return append(may, "no.such r", "physical_health.epilepsy x", "") }, ""); n != 4 {
		t.Errorf("boxes that nobody offered give %d permissions, want 4", n)
	}
}

// TestEverythingTickedFits: what a browser sends of the fullest form is less than the service
// reads of one, which is 16 KiB.
func TestEverythingTickedFits(t *testing.T) {
	p := officer()
	for _, s := range p.Items.Sections {
		for _, i := range s.Items {
			for _, act := range Acts {
				p.Typed.May[api.Permission{Item: i.Key, Act: act}] = true
			}
		}
	}
	one, may := sent(t, p)
	values := url.Values{May: may}
	for name, value := range one {
		values.Set(name, value)
	}
	values.Set(Note, string(make([]byte, 500)))
	if n := len(values.Encode()); n > 16<<10 || len(may) < 252 {
		t.Errorf("the fullest form has %d bytes with %d boxes", n, len(may))
	}
}

func TestRole(t *testing.T) {
	p := officer()
	admintest.Says(t, Render(p), "1,204 people have this role", "See a record as they do", "Show who gains or loses what", "ePEX number for clinicians", "another administrator has to approve it, unless it only takes some items or tightens passwords")
	admintest.Silent(t, Render(p), "Delete this role")
	p.Role.BuiltIn = false
	admintest.Says(t, Render(p), "Delete this role", "1,204 people would lose it")
	p.All = false
	admintest.Says(t, Render(p), "sees the risks", "History of epilepsy Yes No No No", "An administrator of the whole service changes roles")
	admintest.Silent(t, Render(p), "Delete this role", "Show who gains")
	office := officer()
	office.Role.Office = true
	office.Title = "Administrator"
	admintest.Says(t, Render(office), "This is an office", "reads no record")
	if len(pagetest.ByTag(admintest.Main(t, Render(office)), "table")) != 0 {
		t.Error("an office has a matrix")
	}
	blank := Page{Frame: admintest.Frame("Add a role"), Items: dictionary(), Typed: Blank(), All: true}
	blank.Faults = frame.Faults{{Field: Name, Text: "The name is not there"}}
	admintest.Says(t, Render(blank), "Add a role", "Small letters and underscores", "There is a problem", "The name is not there")
}

func TestHostile(t *testing.T) {
	show := func(text string) []byte {
		p := officer()
		p.All, p.Role.Description = false, text
		return Render(p)
	}
	for _, text := range admintest.Hostile(t) {
		admintest.Calm(t, show(text), show("calm"), text)
	}
}

func attribute(e *html.Node, name string) (string, bool) {
	for _, a := range e.Attr {
		if a.Key == name {
			return a.Val, true
		}
	}
	return "", false
}
