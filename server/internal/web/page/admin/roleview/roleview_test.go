package roleview

import (
	"testing"

	"mais/server/api"
	"mais/server/api/form"
	"mais/server/internal/web/page/admin/admintest"
	"mais/server/internal/web/page/pagetest"
	"mais/server/internal/web/page/record/view"
	"mais/server/internal/web/page/record/viewtest"
)

func TestTemplate(t *testing.T) { pagetest.Check(t, page, Page{}) }

func as(r api.Record, emergency ...string) Page {
	only := map[string]bool{}
	for _, key := range emergency {
		only[key] = true
	}
	return Page{Frame: admintest.Frame("As a police officer"), Role: api.Role{RoleFields: api.RoleFields{Name: "police_officer"}},
		Record: view.Of(r, view.Reader{Now: admintest.Now, Emergency: only})}
}

// TestAsRole: the page says that nothing of it is anybody's, shows what the role shows and says
// of the rest that it is withheld. Nothing on it leads to a record.
func TestAsRole(t *testing.T) {
	p := as(viewtest.Sample(), "release_medication.prescriptions")
	admintest.Says(t, Render(p), "Everything below is invented", "what a Police officer would see: 57 of the 63 items are shown, 6 withheld", "KETTERING, Tobias James",
		"Withheld from your role", "As in an emergency")
	main := admintest.Main(t, Render(p))
	if n := len(pagetest.ByTag(main, "form")); n != 0 {
		t.Errorf("the page has %d forms", n)
	}
	for _, a := range pagetest.ByTag(main, "a") {
		if href := pagetest.Attr(a, "href"); len(href) > 7 && href[:8] == "/person/" {
			t.Errorf("a link to %s", href)
		}
	}
	p.Emergency = true
	admintest.Says(t, Render(p), "while emergency access is on", "As it is always")
	admintest.Silent(t, Render(as(viewtest.Sample())), "As in an emergency")
}

// TestNothing: an office is shown that it sees nobody.
func TestNothing(t *testing.T) {
	r := viewtest.Empty()
	for _, s := range form.Sections() {
		for _, i := range s.Items {
			viewtest.Withhold(r, s.Name+"."+i.Name)
		}
	}
	admintest.Says(t, Render(as(r)), "0 of the 63 items are shown, 63 withheld", "finds nobody and opens no record")
}
