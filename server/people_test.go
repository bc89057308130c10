package server

import (
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"testing"

	"mais/certs"
	"mais/server/api"
	"mais/server/internal/lifecycle"
	"mais/server/internal/web/page/pagetest"
)

// council is an estate with a second administrator, since nobody approves what they made.
type council struct {
	*estate
	second *member
}

func newCouncil(t *testing.T) council {
	t.Helper()
	e := newEstate(t)
	if _, err := e.ownerOf(t).Exec(t.Context(), `UPDATE access.agency SET domains = ARRAY['agency.example']`); err != nil {
		t.Fatal(err)
	}
	return council{e, e.member(t, "Agency", "Second Admin", lifecycle.Administrator)}
}

// proposes has a member propose a change and confirm it.
func (m *member) proposes(t *testing.T, r api.ChangeRequest) (c api.Change) {
	t.Helper()
	m.send(t, api.PathChanges, r).decode(t, http.StatusCreated, &c)
	m.send(t, api.PathChanges+"/"+c.ID+"/confirm", api.ConfirmRequest{Word: c.Word, Digest: c.Digest}).decode(t, http.StatusOK, &c)
	return c
}

// approves has a second person approve it.
func (m *member) approves(t *testing.T, c api.Change) api.Change {
	t.Helper()
	m.get(t, api.PathChanges+"/"+c.ID).decode(t, http.StatusOK, &c)
	m.send(t, api.PathChanges+"/"+c.ID+"/approve", api.DecisionRequest{Word: c.Word, Digest: c.Digest}).decode(t, http.StatusOK, &c)
	return c
}

// entryOf is somebody's entry, as an administrator sees it.
func (m *member) entryOf(t *testing.T, id string) (u api.User) {
	t.Helper()
	m.get(t, api.PathUsers+"/"+id).decode(t, http.StatusOK, &u)
	return u
}

// working is an officer with a session in a browser and a token.
func (c council) working(t *testing.T) (m *member, cookie string) {
	t.Helper()
	m = c.member(t, "Agency", "Dana Officer", "police_officer")
	cookie = c.signIn(t, m.c)
	m.c.get(t, c.urls.Mutual+"/find", "Cookie", cookie, "Accept", "text/html").wantPage(t, http.StatusOK, "Find a person")
	return m, cookie
}

// TestLeaver: one person enters that somebody has left; from then on they are refused, their session has ended and what they
// held is revoked, each with its event, and the revocation's receipt can be had.
func TestLeaver(t *testing.T) {
	c := newCouncil(t)
	dana, cookie := c.working(t)
	u := c.own.entryOf(t, dana.user)
	done := c.own.proposes(t, api.ChangeRequest{Kind: api.UserLeave, Target: u.ID, Version: u.Version, Note: "left on Friday"})
	if done.State != api.ChangeApplied || done.Effect.Sessions != 1 || done.Effect.Certificates != 1 {
		t.Fatalf("the change = %+v, want it applied, with what it ended", done)
	}
	got := dana.c.get(t, c.urls.Mutual+"/find", "Cookie", cookie, "Accept", "text/html")
	if got.StatusCode == http.StatusOK {
		t.Errorf("the next request = %s", got.Status)
	}
	c.hasEnded(t, dana, "cessationOfOperation", c.own.user, done.ID)
	if after := c.own.entryOf(t, u.ID); after.Stage != api.StageLeft || after.Sessions != 0 || strings.Join(after.May, " ") != "return" {
		t.Errorf("afterwards the entry is %+v", after)
	}
	if got := c.all.c.get(t, c.urls.Mutual+api.PathCertificates+"/"+dana.ref.String()+"/receipt"); got.StatusCode != http.StatusOK {
		t.Errorf("the receipt of the revocation = %s %s", got.Status, got.body)
	}
}

// losesRoles asserts that somebody is refused at once and told, when the node has heard of it, that they have no role.
func (m *member) losesRoles(t *testing.T, path string) {
	t.Helper()
	eventually(t, "whoever has no role is told so", func() bool {
		got := m.c.get(t, m.e.urls.Mutual+path)
		got.wantStatus(t, http.StatusForbidden)
		return strings.Contains(string(got.body), api.ProblemPrefix+api.WithoutRole)
	})
}

// TestRoleTaken: whose roles are taken while they are signed in is told that, and without any role that they have none.
func TestRoleTaken(t *testing.T) {
	c := newCouncil(t)
	dana, cookie := c.working(t)
	u := c.own.entryOf(t, dana.user)
	will := u.UserFields
	will.Roles = []string{}
	if done := c.own.proposes(t, api.ChangeRequest{Kind: api.UserChange, Target: u.ID, Version: u.Version, User: &will}); done.State != api.ChangeApplied {
		t.Fatalf("the change = %+v, want it applied", done)
	}
	eventually(t, "the session ended", func() bool { return len(c.entries(t, "act = 'session.end' AND user_id = $1", dana.user)) == 1 })
	dana.c.get(t, c.urls.Mutual+"/find", "Cookie", cookie, "Accept", "text/html").wantPage(t, http.StatusUnauthorized, "What you may do was changed")
	dana.c.get(t, c.urls.Mutual+api.PathWhoami, "Cookie", cookie).wantProblem(t, http.StatusUnauthorized, api.SessionEnded)
	dana.losesRoles(t, api.PathUsers)
}

// TestMoverToAnotherAgency: it takes two people; then the old token and session are gone, and a new code brings another.
func TestMoverToAnotherAgency(t *testing.T) {
	c := newCouncil(t)
	dana, cookie := c.working(t)
	u := c.all.entryOf(t, dana.user)
	will := u.UserFields
	will.Agency, will.Sites = c.agencyOf(t, "Elsewhere"), []string{c.there}
	waits := c.all.proposes(t, api.ChangeRequest{Kind: api.UserChange, Target: u.ID, Version: u.Version, User: &will})
	if waits.State != api.ChangeWaiting || len(waits.Second) == 0 {
		t.Fatalf("the change = %+v, want it to wait", waits)
	}
	dana.c.get(t, c.urls.Mutual+"/find", "Cookie", cookie, "Accept", "text/html").wantPage(t, http.StatusOK, "Find a person") // as long as it waits
	if done := c.second.approves(t, waits); done.State != api.ChangeApplied {
		t.Fatalf("approved it is %+v", done)
	}
	if got := dana.c.get(t, c.urls.Mutual+"/find", "Cookie", cookie, "Accept", "text/html"); got.StatusCode == http.StatusOK {
		t.Errorf("the next request = %s", got.Status)
	}
	c.hasEnded(t, dana, "affiliationChanged", c.second.user, waits.ID)
	eventually(t, "all of the former is taken", func() bool {
		ending, err := c.Host().Register.BeingEnded(t.Context(), u.ID)
		return err == nil && !ending
	})
	if moved := c.all.entryOf(t, dana.user); moved.Stage != api.StageInvited || moved.Registered != nil {
		t.Errorf("who has to enrol again is %s, registered %v", moved.Stage, moved.Registered)
	}
	again := c.token(t, certs.User, u.ID, dana.email, "Dana Officer")
	var who api.Whoami
	again.get(t, api.PathWhoami).decode(t, http.StatusOK, &who)
	if who.Agency != "Elsewhere" {
		t.Errorf("with a new token they are %+v", who)
	}
	if moved := c.all.entryOf(t, dana.user); moved.Registered == nil {
		t.Errorf("with a new token they are %s", moved.Stage)
	}
}

// agencyOf is the id of an agency.
func (c council) agencyOf(t *testing.T, name string) string {
	t.Helper()
	var all api.Agencies
	c.all.get(t, api.PathAgencies).decode(t, http.StatusOK, &all)
	for _, a := range all.Agencies {
		if a.Name == name {
			return a.ID
		}
	}
	t.Fatalf("there is no agency %s", name)
	return ""
}

// hasEnded waits until what somebody held has ended, and looks for the events of it: by whom, and of which change.
func (c council) hasEnded(t *testing.T, m *member, reason, by, change string) {
	t.Helper()
	eventually(t, "the certificate is revoked", func() bool {
		var d api.CertificateDetail
		got := c.all.c.get(t, c.urls.Mutual+api.PathCertificates+"/"+m.ref.String())
		got.decode(t, http.StatusOK, &d)
		return d.Status == "revoked" && d.Reason == reason
	})
	revoked := c.entries(t, "act = 'token.revoke' AND detail ->> 'certificate' = $1", m.ref.String())
	if len(revoked) != 1 || revoked[0].User != by || revoked[0].Detail["change"] != change || revoked[0].Detail["reason"] != reason {
		t.Errorf("the events of the revocation = %+v, want one by %s of change %s", revoked, by, change)
	}
	eventually(t, "the session's end is recorded", func() bool { return len(c.entries(t, "act = 'session.end' AND user_id = $1", m.user)) == 1 })
	m.c.get(t, c.urls.Mutual+api.PathWhoami).wantProblem(t, http.StatusForbidden, api.RevokedToken)
}

// TestFirstSignIn: whoever was invited reads and accepts the terms before anything of anybody is shown to them, in a browser
// and by a program.
func TestFirstSignIn(t *testing.T) {
	c := newCouncil(t)
	fields := api.UserFields{Email: "new@agency.example", Name: "New Officer", Agency: c.agencyOf(t, "Agency"), Sites: []string{c.custody}, Roles: []string{"police_officer"}}
	done := c.second.approves(t, c.own.proposes(t, api.ChangeRequest{Kind: api.UserInvite, User: &fields}))
	var found api.Users
	c.own.get(t, api.PathUsers+"?q=new%40agency.example").decode(t, http.StatusOK, &found)
	if done.State != api.ChangeApplied || found.Total != 1 || found.Users[0].Stage != api.StageInvited {
		t.Fatalf("after the invitation the register has %+v", found)
	}
	m := c.token(t, certs.User, found.Users[0].ID, fields.Email, fields.Name)
	cookie := c.signIn(t, m.c)
	html := []string{"Cookie", cookie, "Accept", "text/html", "Sec-Fetch-Site", "same-origin"}
	for _, path := range []string{"/", "/find", "/recent", "/admin", "/access"} {
		if got := m.c.get(t, c.urls.Mutual+path, html...); got.StatusCode != http.StatusSeeOther || got.Header.Get("Location") != "/terms" {
			t.Errorf("%s before the terms = %s to %q, want /terms", path, got.Status, got.Header.Get("Location"))
		}
	}
	for _, path := range []string{api.PathSearch, api.PathChanges} {
		p := m.c.post(t, c.urls.Mutual+path, map[string]string{"surname": "x"}).wantProblem(t, http.StatusForbidden, api.TermsDue)
		if !strings.Contains(p.Next, "tokenctl terms") {
			t.Errorf("%s before the terms says %q", path, p.Next)
		}
	}
	for _, path := range []string{"/terms", "/help", "/tokens"} {
		if got := m.c.get(t, c.urls.Mutual+path, html...); got.StatusCode != http.StatusOK {
			t.Errorf("%s before the terms = %s", path, got.Status)
		}
	}
	m.c.get(t, c.urls.Mutual+"/terms", html...).wantPage(t, http.StatusOK, "Before you begin")
	m.c.get(t, c.urls.Mutual+api.PathWhoami).decode(t, http.StatusOK, new(api.Whoami))
	var terms api.Terms
	m.get(t, api.PathTerms).decode(t, http.StatusOK, &terms)
	if !terms.Due || len(terms.Sheets) != 1 {
		t.Errorf("the terms are %+v", terms)
	}
	m.send(t, api.PathTerms, api.TermsRequest{Version: "of old"}).wantProblem(t, http.StatusConflict, api.Conflict)
	m.send(t, api.PathTerms, api.TermsRequest{Version: terms.Version, Roles: []string{}}).wantProblem(t, http.StatusConflict, api.Conflict)
	accepted := m.send(t, api.PathTerms, api.TermsRequest{Version: terms.Version, Roles: terms.Roles()})
	accepted.decode(t, http.StatusOK, &terms)
	if terms.Due || terms.AcceptedAt == nil {
		t.Errorf("accepted they are %+v", terms)
	}
	c.audited(t, accepted, "terms.accept", "allowed")
	m.c.get(t, c.urls.Mutual+"/find", html...).wantPage(t, http.StatusOK, "Find a person")
	if u := c.own.entryOf(t, m.user); u.Stage != api.StageActive || u.AcceptedAt == nil || u.FirstSeen == nil || u.Registered == nil {
		t.Errorf("afterwards the entry is %+v", u)
	}
}

// says asserts a page with a status that says some words.
func (r reply) says(t *testing.T, status int, words ...string) {
	t.Helper()
	text := pagetest.Text(r.shown(t, status))
	for _, w := range words {
		if !strings.Contains(text, w) && !strings.Contains(string(r.body), `value="`+w+`"`) {
			t.Errorf("%s does not say %q:\n%s", r.Request.URL.Path, w, text)
		}
	}
}

// TestPeopleInBrowser: an administrator finds somebody, looks at their entry and what they hold, and proposes a change, all by
// links and forms that the pages have.
func TestPeopleInBrowser(t *testing.T) {
	c := newCouncil(t)
	v := &visitor{client: c.all.c, world: c.world, cookie: c.signIn(t, c.all.c)}
	v.page(t, "/admin/people").says(t, http.StatusOK, "Ann Officer", "Has signed in", "Invite one")
	found := v.send(t, "/admin/people", url.Values{"q": {"ann off"}}).goesTo(t, "/admin/people?find=")
	if strings.Contains(found, "ann") {
		t.Errorf("what was typed is in the address %s", found)
	}
	v.page(t, found).says(t, http.StatusOK, "1 person", "Ann Officer")
	entry := v.page(t, "/admin/people/"+c.officer.user)
	entry.says(t, http.StatusOK, "Ann Officer", c.officer.email, "Police officer", "They leave…", "No password")
	list := regexp.MustCompile(`href="(/admin/certificates\?find=[^"]+)"`).FindSubmatch(entry.body)
	if list == nil {
		t.Fatal("nothing leads to their certificates")
	}
	v.page(t, string(list[1])).says(t, http.StatusOK, "1 certificate", c.officer.email)
	agency := c.agencyOf(t, "Agency")
	v.page(t, "/admin/people/new").says(t, http.StatusOK, "Go on", "Elsewhere")
	form := v.send(t, "/admin/people/new/agency", url.Values{"agency": {agency}}).goesTo(t, "/admin/people/new/")
	v.page(t, form).says(t, http.StatusOK, "Police officer", "Custody", "at agency.example")
	v.send(t, form, url.Values{"name": {"Noor Haddad"}, "email": {"noor@elsewhere.example"}, "pick": {"role-police_officer", "role-administrator"}}).
		says(t, http.StatusUnprocessableEntity, "There is a problem", "noor@elsewhere.example")
	change := v.send(t, form, url.Values{"name": {"Noor Haddad"}, "email": {"noor@agency.example"}, "pick": {"role-police_officer", "site-" + c.custody}}).goesTo(t, "/admin/changes/")
	v.page(t, change).says(t, http.StatusOK, "Noor Haddad")
	own := v.page(t, "/admin/people/"+c.all.user)
	own.says(t, http.StatusOK, "This is your own entry")
	for _, path := range []string{"/change", "/leave"} {
		v.page(t, "/admin/people/"+c.all.user+path).says(t, http.StatusForbidden)
	}
	v.page(t, "/admin/people/"+c.officer.user+"/leave").says(t, http.StatusOK, "revoked for good")
	leave := v.send(t, "/admin/people/"+c.officer.user+"/leave", url.Values{"note": {"left on Friday"}}).goesTo(t, "/admin/changes/")
	v.page(t, leave).says(t, http.StatusOK, "Ann Officer")
	v.page(t, "/admin/people/"+c.officer.user).says(t, http.StatusOK, "Left", "Not confirmed", "left on Friday")
}
