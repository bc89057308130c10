package funnel

import (
	"fmt"
	"testing"

	"mais/server/api"
	"mais/server/internal/web/page/admin/admintest"
	"mais/server/internal/web/page/pagetest"
)

func TestTemplate(t *testing.T) { pagetest.Check(t, page, Page{}) }

func two() Page {
	police := api.FunnelRow{Agency: "Northshire Police", AgencyID: "6f2d6a0e-6a3d-4a43-9c55-5a0b7a1f2f01", People: 1200, Due: 21, Sent: 1100, Bounced: 3, Waiting: 40, Reminded: 12, Lapsed: 57, Registered: 1000, Active: 900}
	trust := api.FunnelRow{Agency: "Northshire NHS Trust", AgencyID: "6f2d6a0e-6a3d-4a43-9c55-5a0b7a1f2f02", People: 10, Sent: 10, Registered: 10, Active: 4}
	all := api.FunnelRow{People: 1210, Due: 21, Sent: 1110, Bounced: 3, Waiting: 40, Reminded: 12, Lapsed: 57, Registered: 1010, Active: 904}
	none := api.FunnelRow{Agency: "Empty Agency", AgencyID: "6f2d6a0e-6a3d-4a43-9c55-5a0b7a1f2f03"}
	return Page{Frame: admintest.Frame("Funnel"), Funnel: api.Funnel{AsOf: admintest.Now, Agencies: []api.FunnelRow{trust, none, police}, All: all}}
}

// TestSameNumbers: the drawing and the sums of the table say the same.
func TestSameNumbers(t *testing.T) {
	p := two()
	doc := admintest.Main(t, Render(p))
	bars := pagetest.ByClass(doc, "mais-chart__bar")
	if len(bars) != 8 {
		t.Fatalf("%d bars, want 8", len(bars))
	}
	for n, want := range []string{"1,210 people are registered as users", "21 people start later", "1,110 people were sent", "40 people have a good code", "3 people were not reached", "57 people let", "1,010 people have a token", "904 people have signed in"} {
		if got := pagetest.Text(pagetest.ByTag(bars[n], "title")[0]); len(got) < len(want) || got[:len(want)] != want {
			t.Errorf("bar %d says %q, want %q", n, got, want)
		}
	}
	admintest.Says(t, Render(p), "1,010 have registered (83%)", "All 1,210 let in 21 start later 1,110", "21 people start later: the code goes out on the first day", "Send 57 of Northshire Police a fresh code", "3 people could not be reached")
	rows := pagetest.ByTag(pagetest.ByClass(doc, "mais-numeric")[0], "tr")
	if len(rows) != 4 {
		t.Errorf("%d rows, want a head, two agencies with people and the sums", len(rows))
	}
	if forms := pagetest.ByTag(doc, "form"); len(forms) != 1 || pagetest.Attr(pagetest.ByTag(forms[0], "input")[0], "value") != p.Funnel.Agencies[2].AgencyID {
		t.Errorf("%d forms, want one, for the agency with lapsed codes", len(forms))
	}
	links := map[string]bool{}
	for _, a := range pagetest.ByTag(doc, "a") {
		links[pagetest.Attr(a, "href")] = true
	}
	for _, want := range []string{"/admin/people?stage=bounced", "/admin/people?stage=due", fmt.Sprintf("/admin/people?agency=%s&stage=lapsed", p.Funnel.Agencies[2].AgencyID)} {
		if !links[want] {
			t.Errorf("no way leads to %s", want)
		}
	}
}

func TestNobody(t *testing.T) {
	p := Page{Frame: admintest.Frame("Funnel"), Funnel: api.Funnel{AsOf: admintest.Now}}
	admintest.Says(t, Render(p), "Nobody has been let in yet", "Invite many from a file")
	p.Sent = true
	admintest.Says(t, Render(p), "Fresh codes are on their way")
}

func TestHostile(t *testing.T) {
	show := func(text string) []byte {
		p := two()
		p.Funnel.Agencies[2].Agency, p.Funnel.Agencies[2].AgencyID = text, text
		return Render(p)
	}
	for _, text := range admintest.Hostile(t) {
		admintest.Calm(t, show(text), show("calm"), text)
	}
}
