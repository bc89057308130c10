package usage

import (
	"fmt"
	"strings"
	"testing"

	"mais/server/api"
	"mais/server/internal/web/page/admin/admintest"
	"mais/server/internal/web/page/pagetest"
)

func TestTemplate(t *testing.T) { pagetest.Check(t, page, Page{}) }

// quarter is a quarter of a year of two agencies.
func quarter() Page {
	u := api.Usage{AsOf: admintest.Now}
	for n := range 13 {
		u.Weeks = append(u.Weeks, api.UsageWeek{From: admintest.Now.AddDate(0, 0, 7*(n-12)).Format("2006-01-02"), Active: 3 * n, Looked: 2 * n, Looks: 100 * n})
	}
	for n := range 12 {
		u.Months = append(u.Months, api.UsageMonth{From: fmt.Sprintf("2026-%02d-01", n+1), Registered: n})
	}
	for _, name := range []string{"Northshire Police", "HMP Northshire"} {
		u.Agencies = append(u.Agencies, api.UsageAgency{
			Agency: name, People: 1500, Registered: 1200, Readers: 1100, NeverLooked: 1, Active: 40, Looks: 900,
			LooksByWeek: make([]int, 13), RegisteredByMonth: make([]int, 12), Answers: api.UsageAnswers{Yes: 3, Partly: 1, NotFound: 1},
		})
	}
	u.All = api.UsageAgency{People: 3000, Registered: 2400, Readers: 2200, NeverLooked: 2, Active: 80, Looks: 1800,
		LooksByWeek: make([]int, 13), RegisteredByMonth: make([]int, 12), Answers: api.UsageAnswers{Yes: 6, Partly: 2, NotFound: 2}}
	return Page{Frame: admintest.Frame("Usage"), Usage: u}
}

// TestSameNumbers: each drawing has the numbers of the table below it.
func TestSameNumbers(t *testing.T) {
	p := quarter()
	doc := admintest.Main(t, Render(p))
	for n, want := range []int{13, 13, 12, 4} {
		if drawn := pagetest.ByClass(pagetest.ByTag(doc, "svg")[n], "mais-chart__bar"); len(drawn) != want {
			t.Errorf("drawing %d has %d bars, want %d", n, len(drawn), want)
		}
	}
	rows := pagetest.ByTag(pagetest.ByID(doc, "weeks"), "tr")
	if got, want := pagetest.Text(rows[13]), "22 Nov 2026 36 24 1,200"; got != want {
		t.Errorf("the last week is %q, want %q", got, want)
	}
	rows = pagetest.ByTag(pagetest.ByID(doc, "by-agency"), "tr")
	if got, want := pagetest.Text(rows[3]), "All 3,000 2,400 2,200 2 80 1,800 6 2 0 2"; got != want {
		t.Errorf("all together: %q, want %q", got, want)
	}
	admintest.Says(t, Render(p), "2,400 of 3,000 people have registered", "80 people used the service in the last 28 days and opened 1,800 records",
		"Of 2,200 registered people who may read records, 2 have never opened one", "6 of 10 (60%) said yes")
	admintest.Silent(t, Render(p), "What people added")
}

// TestNothing: a service that nobody has used says so without a drawing that fails.
func TestNothing(t *testing.T) {
	p := Page{Frame: admintest.Frame("Usage"), Usage: api.Usage{AsOf: admintest.Now}}
	admintest.Says(t, Render(p), "0 of 0 people have registered", "There is no agency yet")
}

func TestHostile(t *testing.T) {
	show := func(text string) []byte {
		p := quarter()
		p.Usage.Agencies[0].Agency, p.Usage.Weeks[0].From = text, text
		p.Usage.Words = []api.UsageWords{{Day: text, Agency: text, Answer: "no", Words: text}}
		return Render(p)
	}
	for _, text := range admintest.Hostile(t) {
		admintest.Calm(t, show(text), show("calm"), text)
	}
	if !strings.Contains(string(show("calm")), "Only governance officers see this") {
		t.Error("the words are not shown")
	}
}
