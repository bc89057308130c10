package people

import (
	"net/url"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"mais/server/api"
	"mais/server/internal/web/page/admin/admintest"
	"mais/server/internal/web/page/pagetest"
)

func TestTemplate(t *testing.T) { pagetest.Check(t, page, Page{}) }

func listed(a Asked, total int, people ...api.User) Page {
	return Page{
		Frame: admintest.Frame("People"), Asked: a, Total: total, People: people, Roles: []api.Role{{RoleFields: api.RoleFields{Name: "police_officer"}}},
		Agencies: []api.Agency{{ID: "1", AgencyFields: api.AgencyFields{Name: "Northshire Police"}}, {ID: "2", AgencyFields: api.AgencyFields{Name: "Trust"}}},
	}
}

func somebody() api.User {
	at := admintest.Now
	return api.User{
		ID: "6f2d6a0e-6a3d-4a43-9c55-5a0b7a1f2f01", UserFields: api.UserFields{Name: "Dana Whitlock", Email: "dana@police.example", Roles: []string{"police_officer"}},
		AgencyName: "Northshire Police", SiteNames: []string{"Northgate", "Southgate"}, Stage: api.StageActive, LastSeen: &at,
	}
}

func TestList(t *testing.T) {
	lapsed := somebody()
	lapsed.Name, lapsed.Roles, lapsed.SiteNames, lapsed.LastSeen, lapsed.Stage = "Sam Ellis", nil, nil, nil, api.StageLapsed
	p := listed(Asked{Role: "police_officer", Sort: "-seen"}, 26, somebody(), lapsed)
	admintest.Says(t, Render(p), "26 people", "Dana Whitlock dana@police.example", "Has signed in", "Police officer", "Northshire Police Northgate, Southgate", "22 Nov 2026",
		"Sam Ellis", "The code lapsed", "None", "No site", "Never", "Page 1 of 2", "Show all")
	var links []string
	for _, a := range pagetest.ByTag(admintest.Main(t, Render(p)), "a") {
		links = append(links, pagetest.Attr(a, "href"))
	}
	for _, want := range []string{"/admin/people/6f2d6a0e-6a3d-4a43-9c55-5a0b7a1f2f01", "/admin/people?page=2&role=police_officer&sort=-seen", "/admin/people/new"} {
		if !strings.Contains(strings.Join(links, " "), want) {
			t.Errorf("nothing leads to %s, only %q", want, links)
		}
	}
}

// TestEmpty: an empty list says what to do.
func TestEmpty(t *testing.T) {
	admintest.Says(t, Render(listed(Asked{}, 0)), "0 people", "Nobody is registered yet", "many from a file")
	admintest.Says(t, Render(listed(Asked{Stage: api.StageLeft}, 0)), "Nobody whom you manage fits")
	p := listed(Asked{}, 0)
	p.Gone = true
	admintest.Says(t, Render(p), "That search is no longer open")
}

// TestFaults: what was typed stays, and a search that was not made shows no list.
func TestFaults(t *testing.T) {
	a, faults := Typed(map[string]string{Query: "a\u200bb", Stage: "odd", Sort: "odd"})
	if len(faults) != 3 {
		t.Errorf("Typed = %+v, %v", a, faults)
	}
	if _, faults := Typed(map[string]string{Query: strings.Repeat("ä", 201)}); len(faults) != 1 {
		t.Errorf("a long search has the faults %v", faults)
	}
	p := Page{Frame: admintest.Frame("People"), Asked: a, Refused: true}
	p.Faults = faults
	admintest.Says(t, Render(p), "There is a problem", "holds a character that cannot be seen")
	if len(pagetest.ByTag(admintest.Main(t, Render(p)), "table")) > 0 {
		t.Error("there is a list")
	}
}

// TestRead: an address says what it was made of, and nothing else is taken. Part of a name never
// stands in one.
func TestRead(t *testing.T) {
	for _, a := range []Asked{{}, {Sealed: "x-_y", Agency: "1", Site: "2", Role: "clinician", Stage: "all", Sort: "-invited", Page: 3}} {
		u, err := url.Parse(a.Path())
		if err != nil {
			t.Fatal(err)
		}
		got, ok := Read(u.Query())
		if diff := cmp.Diff(a, got); diff != "" || !ok {
			t.Errorf("Read(%s), %v (-want +got):\n%s", a.Path(), ok, diff)
		}
	}
	for _, query := range []string{"stage=x", "sort=x", "page=0", "page=x", "q=name", "stage=left&stage=left", "more=1"} {
		v, err := url.ParseQuery(query)
		if err != nil {
			t.Fatal(err)
		}
		if a, ok := Read(v); ok {
			t.Errorf("Read(%q) = %+v, want none", query, a)
		}
	}
	if at := (Asked{Query: "Whitlock", Sealed: "sealed"}).Path(); strings.Contains(at, "Whitlock") {
		t.Error(at)
	}
}

func TestHostile(t *testing.T) {
	show := func(text string) []byte {
		u := somebody()
		u.Name, u.Email, u.AgencyName, u.SiteNames, u.Roles = text, text, text, []string{text}, []string{text}
		return Render(listed(Asked{Query: text}, 1, u))
	}
	for _, text := range admintest.Hostile(t) {
		admintest.Calm(t, show(text), show("calm"), text)
	}
}

// FuzzRead: an address that is taken means the same when it is written again.
func FuzzRead(f *testing.F) {
	for _, seed := range []string{"", "stage=left&page=2", "find=x&role=clinician", "sort=-seen", "page=-1", "stage=left&stage=left"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, query string) {
		v, err := url.ParseQuery(query)
		if err != nil {
			return
		}
		a, ok := Read(v)
		if !ok {
			return
		}
		u, err := url.Parse(a.Path())
		if err != nil {
			t.Fatalf("Path() = %q: %v", a.Path(), err)
		}
		if a.Page == 1 {
			a.Page = 0 // the first page is not written
		}
		if again, ok := Read(u.Query()); !ok || again != a {
			t.Errorf("Read(%q) = %+v, and again %+v, %v", query, a, again, ok)
		}
	})
}
