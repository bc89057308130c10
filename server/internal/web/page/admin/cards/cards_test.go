package cards

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

func listed(a Asked, total int, cards ...api.CardEntry) Page {
	return Page{Frame: admintest.Frame("Cards"), Asked: a, Total: total, Cards: cards}
}

func entry() api.CardEntry {
	return api.CardEntry{
		ID: "yubico-12345678", Serial: 12345678, Level: "attested", State: api.CardInUse, Holder: "dana@example.org", Name: "Dana Whitlock", Agency: "Northshire Police",
		Firmware: "5.7.1", Form: "USB-C key", FirstSeen: admintest.Now, LastSeen: admintest.Now, OtherHolder: true,
	}
}

func TestList(t *testing.T) {
	claimed := api.CardEntry{ID: "guid-00ff", Level: "software", State: api.CardReturned, Holder: "sam@example.org", LastSeen: admintest.Now}
	p := listed(Asked{State: api.CardInUse, Other: true}, 26, entry(), claimed)
	admintest.Says(t, Render(p), "26 cards", "12345678", "Dana Whitlock dana@example.org", "Northshire Police", "Had another holder", "In use", "Vouched for by its maker", "5.7.1", "USB-C key",
		"guid-00ff", "Given back", "Only claimed", "Not known", "Page 1 of 2", "Show all")
	doc := admintest.Main(t, Render(p))
	var links []string
	for _, a := range pagetest.ByTag(doc, "a") {
		links = append(links, pagetest.Attr(a, "href"))
	}
	for _, want := range []string{"/admin/cards/yubico-12345678", "/admin/cards/guid-00ff", "/admin/cards?other=yes&page=2&state=in-use"} {
		if !strings.Contains(strings.Join(links, " "), want) {
			t.Errorf("nothing leads to %s, only %q", want, links)
		}
	}
}

// TestEmpty: an empty list says what to do.
func TestEmpty(t *testing.T) {
	admintest.Says(t, Render(listed(Asked{}, 0)), "0 cards", "Nobody whom you administer has enrolled a card yet", "tokenctl piv enrol")
	admintest.Says(t, Render(listed(Asked{State: api.CardHeld}, 0)), "No card of somebody whom you administer fits")
	p := listed(Asked{}, 0)
	p.Gone = true
	admintest.Says(t, Render(p), "That search is no longer open")
}

// TestFaults: what was typed stays, and a search that was not made shows no list.
func TestFaults(t *testing.T) {
	a, faults := Typed(map[string]string{Query: "a\u200bb", State: "odd", Level: "odd", Other: yes})
	if len(faults) != 3 || !a.Other {
		t.Errorf("Typed = %+v, %v", a, faults)
	}
	p := Page{Frame: admintest.Frame("Cards"), Asked: a, Refused: true}
	p.Faults = faults
	admintest.Says(t, Render(p), "There is a problem", "holds a character that cannot be seen")
	if len(pagetest.ByTag(admintest.Main(t, Render(p)), "table")) > 0 {
		t.Error("there is a list")
	}
}

// TestRead: an address says what it was made of, and nothing else is taken. Part of a name never
// stands in one.
func TestRead(t *testing.T) {
	for _, a := range []Asked{{}, {Sealed: "x-_y", State: api.CardHeld, Level: "card", Other: true, Page: 3}} {
		u, err := url.Parse(a.Path())
		if err != nil {
			t.Fatal(err)
		}
		got, ok := Read(u.Query())
		if diff := cmp.Diff(a, got); diff != "" || !ok {
			t.Errorf("Read(%s), %v (-want +got):\n%s", a.Path(), ok, diff)
		}
	}
	for _, query := range []string{"state=x", "level=x", "other=no", "page=0", "page=x", "q=name", "state=held&state=held", "more=1"} {
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
		c := entry()
		c.Name, c.Holder, c.Agency, c.Firmware, c.Form = text, text+"2", text, text, text
		return Render(listed(Asked{Query: text}, 1, c))
	}
	for _, text := range admintest.Hostile(t) {
		admintest.Calm(t, show(text), show("calm"), text)
	}
}

// FuzzRead: an address that is taken means the same when it is written again.
func FuzzRead(f *testing.F) {
	for _, seed := range []string{"", "state=held&page=2", "find=x&other=yes", "level=card", "page=-1", "state=held&state=held"} {
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
