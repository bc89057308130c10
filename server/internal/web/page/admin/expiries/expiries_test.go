package expiries

import (
	"fmt"
	"strings"
	"testing"

	"mais/server/api"
	"mais/server/internal/web/page/admin/admintest"
	"mais/server/internal/web/page/pagetest"
)

func TestTemplate(t *testing.T) { pagetest.Check(t, page, Page{}) }

func quarter() Page {
	e := api.Expiries{AsOf: admintest.Now, Later: 1500, Overdue: 1, Days7: 3, Days30: 12, Soon: []api.Certificate{admintest.Certificate("aa")}}
	for n := range 13 {
		e.Weeks = append(e.Weeks, api.ExpiryWeek{From: admintest.Now.AddDate(0, 0, 7*n).Format("2006-01-02"), People: 100 * n, Sites: n % 3, Server: n % 2})
	}
	return Page{Frame: admintest.Frame("Expiries"), Expiries: e}
}

// TestSameNumbers: the drawing and the table say the same, which is what they were given.
func TestSameNumbers(t *testing.T) {
	p := quarter()
	doc := admintest.Main(t, Render(p))
	rows := pagetest.ByTag(pagetest.ByClass(doc, "mais-numeric")[0], "tr")[1:]
	bars := pagetest.ByClass(doc, "mais-chart__bar")
	if len(bars) != 13 || len(rows) != 14 {
		t.Fatalf("%d bars and %d rows, want 13 and one more", len(bars), len(rows))
	}
	for n, w := range p.Weeks() {
		if got, want := pagetest.Text(pagetest.ByClass(bars[n], "mais-chart__number")[0]), fmt.Sprint(w.All()); got != want {
			t.Errorf("bar %d says %s, want %s", n, got, want)
		}
		if got, want := pagetest.Text(rows[n]), fmt.Sprintf("%s %s %d %d %s", w.Medium, p.Number(w.People), w.Sites, w.Server, p.Number(w.All())); got != want {
			t.Errorf("row %d says %q, want %q", n, got, want)
		}
		if got, want := pagetest.Text(pagetest.ByTag(bars[n], "title")[0]), fmt.Sprintf("Week from %s: %d people, %d sites, %d of the service", w.Long, w.People, w.Sites, w.Server); got != want {
			t.Errorf("title %d = %q, want %q", n, got, want)
		}
	}
	admintest.Says(t, Render(p), "3 end within 7 days", "12 within 30 days", "1 certificate ended in the last 30 days and was not renewed", "Later 1,500", "ends next", "Dana Whitlock")
	if desc := pagetest.Text(pagetest.ByTag(doc, "desc")[0]); !strings.Contains(desc, "7,818 certificates end within 13 weeks. The most, 1,200, in the week from 14 February 2027") {
		t.Errorf("desc = %q", desc)
	}
}

func TestNothingEnds(t *testing.T) {
	p := quarter()
	p.Expiries = api.Expiries{AsOf: admintest.Now, Weeks: make([]api.ExpiryWeek, 13)}
	admintest.Says(t, Render(p), "0 end within 7 days", "Nobody that you administer has a good certificate")
}

func TestHostile(t *testing.T) {
	show := func(text string) []byte {
		p := quarter()
		c := &p.Expiries.Soon[0]
		c.Name, c.Agency, c.Issuer, c.Profile = text, text, text, text
		p.Expiries.Weeks[0].From = text
		return Render(p)
	}
	for _, text := range admintest.Hostile(t) {
		admintest.Calm(t, show(text), show("calm"), text)
	}
}
