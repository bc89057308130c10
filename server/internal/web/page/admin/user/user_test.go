package user

import (
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"mais/server/api"
	"mais/server/internal/web/page/admin/admintest"
	"mais/server/internal/web/page/frame"
	"mais/server/internal/web/page/pagetest"
)

const dana = "6f2d6a0e-6a3d-4a43-9c55-5a0b7a1f2f01"

func TestTemplates(t *testing.T) {
	pagetest.Check(t, page, Page{})
	pagetest.Check(t, formPage, Form{})
	pagetest.Check(t, leavePage, Leave{})
}

func entry() api.User {
	at := admintest.Now
	return api.User{
		ID: dana, Version: 7, AgencyName: "Northshire Police", SiteNames: []string{"Northgate"}, Stage: api.StageActive, InvitedAt: &at, Registered: &at,
		FirstSeen: &at, LastSeen: &at, AcceptedAt: &at, Sessions: 2, May: []string{"change", "leave", "invite", "end-sessions"},
		UserFields: api.UserFields{
			Name: "Dana Whitlock", Email: "dana@police.example", Agency: "a1", Sites: []string{"s1"}, Roles: []string{"governance_officer", "police_officer"},
			Starts: "2026-01-02", Ends: "2027-01-01", Vetting: "NPPV 3", VettedOn: "2025-12-01", VouchedBy: "Sam Ellis",
		},
	}
}

func shown(u api.User) Page {
	return Page{Frame: admintest.Frame("Person"), User: u, Certificates: "/admin/certificates?find=x", Changes: []api.Change{
		{ID: "c1", Kind: api.UserChange, State: api.ChangeWaiting, Note: "night shift", MadeBy: api.Actor{Name: "Ada"}, MadeAt: admintest.Now},
	}}
}

func TestPage(t *testing.T) {
	p := shown(entry())
	admintest.Says(t, Render(p), "Dana Whitlock", "Has signed in", "dana@police.example · Northshire Police", "Change…", "They leave…", "End sessions…",
		"From 2 January 2026 until the end of 1 January 2027", "NPPV 3, 1 December 2025", "Sam Ellis", "Governance officer, Police officer",
		"2 open sessions", "No password", "Changed night shift", "Waits for a second person", "Terms accepted")
	gone := entry()
	gone.Stage, gone.May, gone.Sessions, gone.Starts, gone.Ends, gone.Vetting, gone.Sites, gone.SiteNames = api.StageLeft, []string{"return"}, 0, "", "", "", nil, nil
	admintest.Says(t, Render(shown(gone)), "Has left", "They return…", "No first and no last day", "Not recorded", "they cannot sign in from anywhere")
	mover := entry()
	mover.Stage, mover.LeftAt, mover.PutOut = api.StageLeft, &admintest.Now, true
	admintest.Says(t, Render(shown(mover)), "Taken away again after the restore of 22 November 2026 at 12:00: they had moved, or their address had changed")
	bounced := entry()
	bounced.Stage, bounced.BouncedAt, bounced.Bounce, bounced.Registered = api.StageBounced, bounced.InvitedAt, "550 no such user", nil
	admintest.Says(t, Render(shown(bounced)), "The mail with their code came back", "550 no such user", "Not yet")
	own := shown(entry())
	own.Own, own.User.May = true, nil
	admintest.Says(t, Render(own), "This is your own entry")
}

func blank(to string) Form {
	return Form{
		Frame: admintest.Frame("Change"), For: to, User: entry(), Chosen: true,
		Agencies: []api.Agency{{ID: "a1", AgencyFields: api.AgencyFields{Name: "Northshire Police", Domains: []string{"police.example"}}}, {ID: "a2"}},
		Sites:    []api.Site{{ID: "s1", SiteFields: api.SiteFields{Name: "Northgate"}, Networks: []string{"192.0.2.0/24"}}, {ID: "s2", SiteFields: api.SiteFields{Name: "Southgate"}}},
		Roles:    []api.Role{{RoleFields: api.RoleFields{Name: "clinician", Description: "reads every item"}}, {RoleFields: api.RoleFields{Name: "police_officer"}}},
	}
}

// TestForm: what a form shows, sent back as it is, is the entry as it was.
func TestForm(t *testing.T) {
	f := blank(ToChange)
	f.Fill(f.User.UserFields)
	doc := admintest.Main(t, RenderForm(f))
	sent := map[string]string{}
	var picked []string
	for _, in := range pagetest.ByTag(doc, "input") {
		name, value := pagetest.Attr(in, "name"), pagetest.Attr(in, "value")
		switch {
		case name != Pick && !slices.Contains(Fields(), name):
			t.Errorf("the form has a field %s that is not read", name)
		case name != Pick:
			sent[name] = value
		case strings.HasSuffix(value, "s1") || strings.HasSuffix(value, "police_officer"):
			picked = append(picked, value)
		}
	}
	again := blank(ToChange)
	again.Typed.Agency = "a1"
	version, faults := again.Read(sent, picked)
	if diff := cmp.Diff(entry().UserFields, again.Typed); diff != "" || version != 7 || faults != nil {
		t.Errorf("Read = version %d, faults %v (-want +got):\n%s", version, faults, diff)
	}
	admintest.Says(t, RenderForm(f), "at police.example", "192.0.2.0/24", "no network: nobody can sign in from there", "reads every item", "See what it would do")
}

func TestFormFaults(t *testing.T) {
	f := blank(ToInvite)
	f.User, f.Typed.Agency = api.User{}, "a1"
	_, faults := f.Read(map[string]string{Name: " Ann ", Email: " Ann@Police.example ", Starts: "31", "starts-month": "2", "starts-year": "2026"}, []string{"site-odd", "role-administrator"})
	want := api.UserFields{Name: "Ann", Email: "ann@police.example", Agency: "a1", Sites: []string{}, Roles: []string{}}
	if diff := cmp.Diff(want, f.Typed); diff != "" || len(faults) != 1 || faults[0].Field != Starts {
		t.Errorf("faults %v (-want +got):\n%s", faults, diff)
	}
	f.Faults = append(faults, frame.Fault{Field: Email, Text: "This address is registered"}, frame.Fault{Field: Roles, Text: "No office with another role"})
	admintest.Says(t, RenderForm(f), "There is a problem", "Enter a real date", "This address is registered", "No office with another role")
	for field, want := range map[string]frame.Fault{
		"user.vetted_on": {Field: Vetted, Text: "The day of the vetting is wrong"}, "user.sites": {Field: Sites, Text: "The sites is wrong"}, "target": {Field: Name, Text: "This is wrong"},
	} {
		if got := Said([]api.FieldError{{Field: field, Detail: "is wrong"}}); !slices.Equal(got, frame.Faults{want}) {
			t.Errorf("Said(%s) = %v, want %v", field, got, want)
		}
	}
	none := Form{Frame: admintest.Frame("Invite"), For: ToInvite}
	admintest.Says(t, RenderForm(none), "There is no agency yet")
}

func TestLeave(t *testing.T) {
	p := Leave{Frame: admintest.Frame("Leave"), User: entry()}
	admintest.Says(t, RenderLeave(p), "Dana Whitlock leaves", "their sessions end", "revoked for good", "change the last day")
}

func TestHostile(t *testing.T) {
	show := func(text string) (pages [][]byte) {
		u := entry()
		u.Name, u.Email, u.AgencyName, u.SiteNames, u.Roles, u.Vetting, u.VouchedBy, u.Bounce, u.BouncedAt = text, text, text, []string{text}, []string{text}, text, text, text, u.LastSeen
		p := shown(u)
		p.Changes[0].Note, p.Changes[0].MadeBy.Name, p.Changes[0].Kind, p.Changes[0].State = text, text, text, text
		f := blank(ToChange)
		f.User, f.Note, f.Agencies[0].Name, f.Agencies[0].Domains[0], f.Sites[0].Name, f.Roles[0].Description = u, text, text, text, text, text
		f.Fill(u.UserFields)
		return [][]byte{Render(p), RenderForm(f), RenderLeave(Leave{Frame: admintest.Frame("Leave"), User: u, Note: text})}
	}
	calm := show("calm")
	for _, text := range admintest.Hostile(t) {
		for n, page := range show(text) {
			admintest.Calm(t, page, calm[n], text)
		}
	}
}
