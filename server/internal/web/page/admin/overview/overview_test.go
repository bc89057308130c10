package overview

import (
	"strings"
	"testing"

	"mais/server/api"
	"mais/server/internal/web/page/admin/admintest"
	"mais/server/internal/web/page/pagetest"
)

func TestTemplate(t *testing.T) { pagetest.Check(t, page, Page{}) }

func some() Page {
	return Page{Frame: admintest.Frame("Overview"), Expiries: api.Expiries{Days7: 3, Days30: 1234, Overdue: 2, ByKind: map[string]int{"person-card": 1000, "site": 12}},
		Held: 1, Unfinished: 1, Check: &api.Check{AsOf: admintest.Now, Findings: []api.CheckItem{
			{What: "clock", State: "ok", Says: "The clock is right"}, {What: "crl-people", State: "warning", Says: "The list is 40 hours old", Do: "Look at the timer"},
			{What: "chain", State: "fault", Says: "The chain is broken", Do: "Restore it"}}}}
}

// TestOverview: faults come first, with what to do; every number leads to what it counts.
func TestOverview(t *testing.T) {
	page := Render(some())
	admintest.Says(t, page, "You administer every user", "1,012 good certificates", "Person, smart card 1,000", "Site’s machine 12", "1,234 end within 30 days", "1 on hold",
		"1 plan not finished", "2 ended lately and not renewed", "What to do: Restore it", "Warning Revocation list of people", "In order The clock is right", "made at 12:00")
	text := pagetest.Text(admintest.Main(t, page))
	if fault, warning := strings.Index(text, "The chain is broken"), strings.Index(text, "40 hours old"); fault > warning {
		t.Error("a warning stands before a fault")
	}
	var links []string
	for _, tile := range pagetest.ByClass(admintest.Main(t, page), "mais-tile") {
		links = append(links, pagetest.Attr(pagetest.ByTag(tile, "a")[0], "href"))
	}
	want := "/admin/certificates?before=2026-11-30&sort=expires&status=live /admin/certificates?before=2026-12-23&sort=expires&status=live /admin/certificates?status=held /admin/plans"
	if got := strings.Join(links, " "); got != want {
		t.Errorf("tiles lead to %s, want %s", got, want)
	}
}

// TestTasks: what waits is listed, what is urgent marked, and each line leads to where it is done.
func TestTasks(t *testing.T) {
	p := some()
	admintest.Says(t, Render(p), "Nothing waits for you among people and places", "Nobody’s last day is within 30 days")
	p.Tasks = api.Overview{ToApprove: 2, Open: 5, ReviewsOpen: 3, ReviewsOverdue: 1, Ending: 12, EndingSoon: []api.Ending{{ID: "0192", Name: "Dana Whitlock", Agency: "Northshire Police", Ends: "2026-12-01"}},
		WithoutRole: 4, Returned: []api.ReturnedChange{
			{ID: "0193", Kind: api.UserInvite, Subject: "Gil (gil@police.example)", State: api.ChangeRefused, By: "Second Administrator", Note: "the sponsor does not know them"},
			{ID: "0194", Kind: api.RoleAdd, Subject: "custody_nurse", State: api.ChangeExpired},
		},
		Registrations: api.FunnelRow{People: 1200, Registered: 1000, Active: 900, Waiting: 150, Bounced: 1, Lapsed: 49}}
	page := Render(p)
	admintest.Says(t, page, "2 changes wait for your approval", "1 access review is overdue", "2 access reviews are open", "1 invitation came back", "49 invitations have lapsed", "4 people have no role: nothing is open to them",
		"Second Administrator refused your change: Invite somebody, Gil (gil@police.example). Because: the sponsor does not know them",
		"Nobody decided on your change in time: Add a role, Custody nurse", "3 other changes are open",
		"1,200 people: 1,000 registered, 900 of them signed in, 150 with an invitation that is open", "12 people have their last day within 30 days", "Dana Whitlock, Northshire Police: 1 December 2026")
	p.Tasks.Restored = &api.Restored{At: admintest.Now, Made: &admintest.Now, Things: 6, People: 1}
	p.Check.Findings = append(p.Check.Findings, api.CheckItem{What: "restored", State: "warning", Says: "the service was restored"})
	if strings.Contains(pagetest.Text(admintest.Main(t, Render(p))), "the service was restored") {
		t.Error("a restore is told of twice")
	}
	admintest.Says(t, Render(p), "Restored on 22 November 2026 at 12:00 to the backup of 22 November 2026 at 12:00: 6 things were taken away again, from 1 person. Return whoever had only moved")
	list := pagetest.ByClass(admintest.Main(t, page), "mais-todo")[0]
	var links []string
	for _, a := range pagetest.ByTag(list, "a") {
		links = append(links, strings.TrimPrefix(pagetest.Attr(a, "href"), "/admin"))
	}
	if got, want := strings.Join(links, " "), "/changes?state=mine /access-reviews /access-reviews /people?stage=bounced /people?stage=lapsed /people?role=- /changes/0193 /changes/0194 /changes?state=open"; got != want {
		t.Errorf("tasks lead to %s, want %s", got, want)
	}
	if urgent := len(pagetest.ByClass(list, "mais-todo--act")); urgent != 7 {
		t.Errorf("%d tasks are urgent, want 7", urgent)
	}
}

// TestOfAnAgency: who administers one agency is told so, and sees nothing of the service.
func TestOfAnAgency(t *testing.T) {
	p := some()
	p.Of, p.Check, p.Expiries = "Northshire Police", nil, api.Expiries{}
	admintest.Says(t, Render(p), "users and sites of Northshire Police", "0 good certificates", "Nobody that you administer has one", "What to do here")
	admintest.Silent(t, Render(p), "In order", "The whole check")
}

// TestUnchecked: a check that was not to be had is said not to have been, and the rest is there.
func TestUnchecked(t *testing.T) {
	p := some()
	p.Check, p.Unchecked = nil, true
	admintest.Says(t, Render(p), "could not be checked just now", "Check it again", "1 on hold", "1,012 good certificates")
	admintest.Silent(t, Render(p), "In order")
}

// TestQuarantineWaits: that nothing can be released yet stands before the numbers, and leads there.
func TestQuarantineWaits(t *testing.T) {
	p := some()
	p.Waiting = []api.Quarantine{{ID: 3, Held: 1100, Needs: 2, Approved: []string{"urn:mais:user:1"}}}
	page := Render(p)
	admintest.Says(t, page, "1,100 certificates are on hold because a journal was lost", "before 1 administrator has approved that")
	inset := pagetest.ByClass(admintest.Main(t, page), "govuk-inset-text")
	if len(inset) != 1 || pagetest.Attr(pagetest.ByTag(inset[0], "a")[0], "href") != "/admin/quarantines/3" {
		t.Error("the quarantine that waits is not linked")
	}
}

func TestHostile(t *testing.T) {
	show := func(text string) []byte {
		p := some()
		p.Of, p.Check.Findings = text, []api.CheckItem{{What: text, State: "fault", Says: text, Do: text}, {What: text, State: "ok", Says: text}}
		return Render(p)
	}
	for _, text := range admintest.Hostile(t) {
		admintest.Calm(t, show(text), show("calm"), text)
	}
}
