package networks

import (
	"fmt"
	"net/url"
	"testing"

	"github.com/google/go-cmp/cmp"

	"mais/server/api"
	"mais/server/internal/web/page/admin/admintest"
	"mais/server/internal/web/page/pagetest"
)

func TestTemplate(t *testing.T) { pagetest.Check(t, page, Page{Answer: &api.NetworkAnswer{}}) }

func sites() []api.Site {
	return []api.Site{
		{ID: "s1", SiteFields: api.SiteFields{Agency: "a1", Name: "Custody"}, AgencyName: "Northshire Police", Networks: []string{"10.1.0.0/16", "2001:db8::/48"}, Users: 1204},
		{ID: "s2", SiteFields: api.SiteFields{Agency: "a2", Name: "Ward"}, AgencyName: "Northshire Trust", Networks: []string{"10.1.0.0/16"}},
		{ID: "s3", SiteFields: api.SiteFields{Agency: "a2", Name: "Old ward"}, AgencyName: "Northshire Trust", Networks: []string{"10.9.0.0/16"}, ClosedAt: &admintest.Now},
	}
}

func TestRows(t *testing.T) {
	for query, want := range map[string]int{"": 3, "10.1": 2, "POLICE": 2, "ward": 1, "2001:DB8": 1, "10.9": 0, "nobody": 0} {
		if got := Rows(sites(), query); len(got) != want {
			t.Errorf("Rows(%q) are %d, want %d", query, len(got), want)
		}
	}
}

func TestList(t *testing.T) {
	p := Page{Frame: admintest.Frame("Networks"), All: true, Found: Rows(sites(), "")}
	admintest.Says(t, Render(p), "3 networks", "10.1.0.0/16", "Custody", "Northshire Police", "1,204")
	admintest.Silent(t, Render(p), "Old ward")
	admintest.Says(t, Render(Page{Frame: admintest.Frame("Networks")}), "No site has a network yet")
	admintest.Says(t, Render(Page{Frame: admintest.Frame("Networks"), Asked: Asked{Query: "x"}}), "No network fits")
	var many []api.Site
	for n := range 120 {
		many = append(many, api.Site{ID: fmt.Sprint(n), SiteFields: api.SiteFields{Name: "S"}, AgencyName: "A", Networks: []string{fmt.Sprintf("10.%d.0.0/16", n)}})
	}
	p.Found, p.Asked = Rows(many, "10."), Asked{Query: "10.", Page: 3}
	admintest.Says(t, Render(p), "120 networks", "Page 3 of 3", "10.119.0.0/16")
	p.Asked.Page = 99
	admintest.Says(t, Render(p), "120 networks")
}

func TestAnswer(t *testing.T) {
	p := Page{Frame: admintest.Frame("Networks"), All: true, Asked: Asked{Address: "10.1.2.3"}, Answer: &api.NetworkAnswer{Address: "10.1.2.3", Matches: []api.NetworkMatch{
		{Prefix: "10.1.0.0/16", Site: "s1", Name: "Custody", Agency: "Northshire Police", Users: 1}}}}
	admintest.Says(t, Render(p), "Custody, Northshire Police by 10.1.0.0/16, 1 person", "The most specific first")
	p.Answer.Matches = nil
	admintest.Says(t, Render(p), "refused before a token is looked at")
	p.All = false
	admintest.Says(t, Render(p), "No site of your agency has a network that holds it")
}

// TestRead: an address says what it was made of, and nothing else is taken.
func TestRead(t *testing.T) {
	for _, a := range []Asked{{}, {Address: "2001:db8::7"}, {Query: "a & b", Page: 3}} {
		u, err := url.Parse(a.Path())
		if err != nil {
			t.Fatal(err)
		}
		got, ok := Read(u.Query())
		if diff := cmp.Diff(a, got); diff != "" || !ok {
			t.Errorf("Read(%s), %v (-want +got):\n%s", a.Path(), ok, diff)
		}
	}
	for _, query := range []string{"page=0", "page=x", "address=x", "address=fe80::1%25eth0", "q=a&q=b", "more=1", "q=a%00"} {
		v, err := url.ParseQuery(query)
		if err != nil {
			t.Fatal(err)
		}
		if a, ok := Read(v); ok {
			t.Errorf("Read(%q) = %+v, want none", query, a)
		}
	}
	if a, faults := Typed(map[string]string{Address: " 10.0.0.0/8 ", Query: "x"}); len(faults) != 1 || a.Address != "10.0.0.0/8" {
		t.Errorf("Typed = %+v, %v", a, faults)
	}
	p := Page{Frame: admintest.Frame("Networks"), Refused: true}
	p.Asked, p.Faults = Typed(map[string]string{Address: "10.0.0.0/8"})
	admintest.Says(t, Render(p), "There is a problem", "Enter one address")
	if pagetest.Attr(pagetest.ByID(admintest.Main(t, Render(p)), Address), "value") != "10.0.0.0/8" {
		t.Error("what was typed is lost")
	}
}

func TestHostile(t *testing.T) {
	show := func(text string) []byte {
		all := []api.Site{{ID: text, SiteFields: api.SiteFields{Agency: text, Name: text}, AgencyName: text, Networks: []string{text}}}
		return Render(Page{Frame: admintest.Frame("Networks"), Asked: Asked{Query: text, Address: text}, Found: Rows(all, ""),
			Answer: &api.NetworkAnswer{Address: text, Matches: []api.NetworkMatch{{Prefix: text, Site: text, Name: text, Agency: text}}}})
	}
	for _, text := range admintest.Hostile(t) {
		admintest.Calm(t, show(text), show("calm"), text)
	}
}

// FuzzRead: an address that is taken means the same when it is written again.
func FuzzRead(f *testing.F) {
	for _, seed := range []string{"", "q=custody&page=2", "address=10.0.0.1", "address=::ffff:10.0.0.1&q=x", "page=-1"} {
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
