package certificates

import (
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/net/html"

	"mais/server/api"
	"mais/server/internal/web/page/admin"
	"mais/server/internal/web/page/admin/admintest"
	"mais/server/internal/web/page/frame"
	"mais/server/internal/web/page/pagetest"
)

func TestTemplate(t *testing.T) { pagetest.Check(t, page, Page{}) }

func listed(a Asked, total int, rows ...api.Certificate) Page {
	return Page{Frame: admintest.Frame("Certificates"), Asked: a, Typed: a.Typed(), Total: total, Rows: admin.Certificates(rows, admintest.Now)}
}

func TestList(t *testing.T) {
	held, gone := admintest.Certificate("aa00000000000000000000000000000b"), admintest.Certificate("aa00000000000000000000000000000c")
	held.Status, gone.Status, gone.Expired = "held", "revoked", true
	p := listed(Asked{Status: "held", Sort: "holder"}, 312, admintest.Certificate("aa00000000000000000000000000000a"), held, gone)
	doc := admintest.Main(t, Render(p))
	admintest.Says(t, Render(p), "312 certificates, 1 to 3", "Dana Whitlock", "dana@example.org", "Northshire Police", "On hold", "Revoked and expired",
		"Person, software token", "in 61 days", "Page 1 of 13", "Next page", "All 312 certificates that were found, on every page", "Nothing happens yet", "Show all")
	for _, e := range pagetest.ByTag(doc, "input") {
		if has(e, "checked") {
			t.Errorf("%s is ticked already", pagetest.Attr(e, "id"))
		}
	}
	sorts := map[string]string{}
	for _, th := range pagetest.ByTag(doc, "th") {
		if sort := pagetest.Attr(th, "aria-sort"); sort != "" {
			sorts[strings.Trim(pagetest.Text(th), " ▲▼")] = sort + " " + pagetest.Attr(pagetest.ByTag(th, "a")[0], "href")
		}
	}
	want := map[string]string{
		"Holder": "ascending /admin/certificates?sort=-holder&status=held", "Status": "none /admin/certificates?sort=status&status=held",
		"Issued": "none /admin/certificates?sort=issued&status=held", "Ends": "none /admin/certificates?sort=expires&status=held",
	}
	if diff := cmp.Diff(want, sorts); diff != "" {
		t.Errorf("orders (-want +got):\n%s", diff)
	}
	var links []string
	for _, a := range pagetest.ByTag(doc, "a") {
		links = append(links, pagetest.Attr(a, "href"))
	}
	for _, path := range []string{
		"/admin/certificates/export/csv?sort=holder&status=held", "/admin/certificates/export/json?sort=holder&status=held",
		"/admin/certificates?page=2&sort=holder&status=held", "/admin/certificates/people-1/" + held.Serial,
	} {
		if !slices.Contains(links, path) {
			t.Errorf("nothing leads to %s, only %q", path, links)
		}
	}
	var acts []string
	for _, b := range pagetest.ByTag(pagetest.ByClass(doc, "mais-bulk")[0], "button") {
		acts = append(acts, pagetest.Attr(b, "name")+"="+pagetest.Attr(b, "value"))
	}
	if diff := cmp.Diff([]string{"act=hold", "act=release", "act=revoke"}, acts); diff != "" {
		t.Errorf("acts (-want +got):\n%s", diff)
	}
}

func has(e *html.Node, key string) bool {
	return slices.ContainsFunc(e.Attr, func(a html.Attribute) bool { return a.Key == key })
}

// TestEmpty: an empty list says what to do.
func TestEmpty(t *testing.T) {
	admintest.Says(t, Render(listed(Asked{}, 0)), "0 certificates", "There is no certificate that you administer yet", "Send somebody a code")
	admintest.Says(t, Render(listed(Asked{Query: "x"}, 0)), "No certificate that you administer fits", "from its first six digits on")
	p := listed(Asked{}, 0)
	p.Gone = true
	admintest.Says(t, Render(p), "That search is no longer open")
}

// TestFaults: what was typed stays, each fault leads to its field, and a search that was not
// made shows no list; a choice of nothing shows the list.
func TestFaults(t *testing.T) {
	typed := Typed{Query: strings.Repeat("x", 201), Agency: "a\u200bb", Before: "31", Before + "-month": "2", Before + "-year": "2027", Profile: "emperor", Status: "odd"}
	_, faults := typed.Asked()
	p := Page{Frame: admintest.Frame("Certificates"), Typed: typed, Refused: true}
	p.Faults = faults
	doc := admintest.Main(t, Render(p))
	var fields []string
	for _, a := range pagetest.ByTag(pagetest.ByClass(doc, "govuk-error-summary")[0], "a") {
		fields = append(fields, pagetest.Attr(a, "href"))
	}
	if want := []string{"#q", "#agency", "#status", "#profile", "#before"}; !slices.Equal(fields, want) {
		t.Errorf("faults lead to %v, want %v", fields, want)
	}
	if len(pagetest.ByTag(doc, "table")) > 0 || pagetest.Attr(pagetest.ByID(doc, "q"), "value") != typed[Query] || pagetest.Attr(pagetest.ByID(doc, "before"), "value") != "31" {
		t.Error("there is a list, or what was typed is lost")
	}
	p = listed(Asked{}, 1, admintest.Certificate("aa"))
	p.Faults = frame.Faults{{Field: Pick, Text: "Tick the certificates first"}}
	admintest.Says(t, Render(p), "Tick the certificates first", "Dana Whitlock")
}

// TestRead: an address says what it was made of, and nothing else is taken.
func TestRead(t *testing.T) {
	for _, a := range []Asked{
		{}, {Status: "live", Sort: "-expires", Page: 3}, {Sealed: "x-_y", Query: "", Issuer: "people-1", Agency: "N & S Police"},
		{Before: time.Date(2027, 3, 31, 0, 0, 0, 0, frame.London), Profile: "site"},
	} {
		u, err := url.Parse(a.Path())
		if err != nil {
			t.Fatal(err)
		}
		got, ok := Read(u.Query())
		if diff := cmp.Diff(a, got, cmp.Comparer(func(a, b time.Time) bool { return a.Equal(b) })); diff != "" || !ok {
			t.Errorf("Read(%s), %v (-want +got):\n%s", a.Path(), ok, diff)
		}
	}
	for _, query := range []string{"status=x", "sort=serial", "sort=--issued", "page=0", "page=-1", "page=x", "page=99999999", "before=1.1.2027", "profile=x", "q=name",
		"status=held&status=held", "agency=" + strings.Repeat("x", 201), "agency=%ff", "other=1"} {
		v, err := url.ParseQuery(query)
		if err != nil {
			t.Fatal(err)
		}
		if a, ok := Read(v); ok {
			t.Errorf("Read(%q) = %+v, want none", query, a)
		}
	}
}

// TestQueryIsInNoAddress: part of a name never stands in one.
func TestQueryIsInNoAddress(t *testing.T) {
	a := Asked{Query: "Whitlock", Sealed: "sealed", Status: "held", Page: 2}
	page := string(Render(listed(a, 100, admintest.Certificate("aa"))))
	for _, attr := range []string{`href="`, `action="`, `name="filter" value="`} {
		for _, part := range strings.Split(page, attr)[1:] {
			if at, _, _ := strings.Cut(part, `"`); strings.Contains(at, "Whitlock") {
				t.Errorf("%s%s", attr, at)
			}
		}
	}
	if !strings.Contains(page, "find=sealed") {
		t.Error("the search is in no address at all")
	}
}

func TestFilter(t *testing.T) {
	before := time.Date(2027, 3, 31, 0, 0, 0, 0, frame.London)
	got := Asked{Query: "da", Status: "held", Profile: "site", Issuer: "sites-1", Agency: "N", Before: before, Page: 2}.Filter()
	want := api.CertificateFilter{Query: "da", Status: "held", Profile: "site", Issuer: "sites-1", Agency: "N", ExpiresBefore: before, Sort: "-issued", Page: 2, PerPage: PerPage}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("Filter() (-want +got):\n%s", diff)
	}
}

func TestHostile(t *testing.T) {
	show := func(text string) []byte {
		c := admintest.Certificate("aa")
		c.Name, c.Holder, c.Agency, c.Issuer = text, text+"2", text, text
		return Render(listed(Asked{Query: text, Agency: text}, 1, c))
	}
	for _, text := range admintest.Hostile(t) {
		admintest.Calm(t, show(text), show("calm"), text)
	}
}
