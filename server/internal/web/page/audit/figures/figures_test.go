package figures

import (
	"fmt"
	"testing"
	"time"

	"mais/server/api"
	"mais/server/internal/web/page/admin/admintest"
	"mais/server/internal/web/page/audit"
	"mais/server/internal/web/page/pagetest"
)

func TestTemplate(t *testing.T) { pagetest.Check(t, page, Page{}) }

func month(days int) Page {
	f := api.AuditFigures{Hours: make([]api.AuditHour, 24), Agencies: []api.AuditAgency{{Agency: "Northshire Police", Looks: 900, Lookers: 12}, {Looks: 3, Lookers: 1}}}
	for n := range f.Hours {
		f.Hours[n] = api.AuditHour{Hour: n, Looks: n * 10}
	}
	for n := range days {
		f.Days = append(f.Days, api.AuditDay{Day: admintest.Now.AddDate(0, 0, n-days).Format(time.DateOnly), Looks: 10 * n, Lookers: n, Door: n % 5, Permission: n % 3, Other: 1})
	}
	return Page{Frame: admintest.Frame("Figures"), Days: audit.Days{Action: audit.FiguresPath}, Figures: f}
}

// TestSameNumbers: each drawing has a bar for each row of its table, with the same number.
func TestSameNumbers(t *testing.T) {
	p := month(30)
	doc := admintest.Main(t, Render(p))
	tables := pagetest.ByClass(doc, "mais-numeric")
	charts := pagetest.ByTag(doc, "svg")
	if len(tables) != 3 || len(charts) != 4 {
		t.Fatalf("%d tables and %d drawings, want 3 and 4", len(tables), len(charts))
	}
	for n, of := range []struct{ table, column int }{{0, 0}, {0, -1}, {1, 0}, {2, 0}} {
		bars, rows := pagetest.ByClass(charts[n], "mais-chart__bar"), pagetest.ByTag(tables[of.table], "tr")[1:]
		if len(bars) != len(rows) {
			t.Errorf("drawing %d has %d bars, its table %d rows", n, len(bars), len(rows))
		}
		if of.column < 0 {
			continue
		}
		for i, bar := range bars {
			got, want := pagetest.Text(pagetest.ByClass(bar, "mais-chart__number")[0]), pagetest.Text(pagetest.ByTag(rows[i], "td")[of.column])
			if got != want {
				t.Errorf("bar %d of drawing %d says %s, the table %s", i, n, got, want)
			}
		}
	}
	for i, d := range p.All() {
		if got := pagetest.Text(pagetest.ByClass(pagetest.ByClass(charts[1], "mais-chart__bar")[i], "mais-chart__number")[0]); got != fmt.Sprint(d.Refused()) {
			t.Errorf("refusals of day %d: %s, want %d", i, got, d.Refused())
		}
	}
	admintest.Says(t, Render(p), "Northshire Police", "No agency", "By hour of the day")
}

// A quarter has room for every third label only; nothing at all has pages too.
func TestManyAndNone(t *testing.T) {
	labels := 0
	for _, b := range pagetest.ByClass(pagetest.ByTag(admintest.Main(t, Render(month(92))), "svg")[0], "mais-chart__bar") {
		if pagetest.Text(b) != "" {
			labels++
		}
	}
	if labels == 0 {
		t.Error("the bars of a quarter say nothing")
	}
	admintest.Says(t, Render(Page{Frame: admintest.Frame("Figures"), Days: audit.Days{Action: audit.FiguresPath}}), "Nobody opened a record")
	admintest.Silent(t, Render(Page{Frame: admintest.Frame("Figures"), Days: audit.Days{Action: audit.FiguresPath, Wrong: true}}), "By agency")
}

func TestHostile(t *testing.T) {
	for _, text := range admintest.Hostile(t) {
		show := func(text string) []byte {
			p := month(2)
			p.Figures.Agencies[0].Agency, p.Figures.Days[0].Day = text, text
			return Render(p)
		}
		admintest.Calm(t, show(text), show("calm"), text)
	}
}
