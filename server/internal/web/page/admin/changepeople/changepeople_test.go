package changepeople

import (
	"testing"

	"mais/server/api"
	"mais/server/internal/web/page/admin/admintest"
	"mais/server/internal/web/page/pagetest"
)

func TestTemplate(t *testing.T) { pagetest.Check(t, page, Page{}) }

// TestPeople: what each gets stands there, and what became of it.
func TestPeople(t *testing.T) {
	p := Page{Frame: admintest.Frame("The people of this list"), Change: api.Change{ID: "6f2d6a0e-6a3d-4a43-9c55-5a0b7a1f2f01"}, Found: api.ChangePeople{Total: 201, Page: 2, PerPage: PerPage, People: []api.ChangePerson{
		{N: 101, Name: "Dana Whitlock", Email: "dana@example.org", Agency: "Northshire Police", Sites: []string{"Custody"}, Roles: []string{"police_officer"}, Ends: "2027-01-31", Vetting: "SC", VouchedBy: "Bo", User: "7"},
		{N: 102, Name: "Eli Marsh", Email: "eli@example.org", Agency: "Northshire Police", Fault: "email: is registered already"},
	}}}
	admintest.Says(t, Render(p), "201 people", "101. Dana Whitlock dana@example.org", "Northshire Police, Custody", "to 2027-01-31", "SC; vouched by Bo", "Registered",
		"Not registered: email: is registered already")
	if links := pagetest.ByTag(admintest.Main(t, Render(p)), "a"); len(links) != 4 { // back, Dana, and the pages before and after
		t.Errorf("%d links", len(links))
	}
}
