package server

import (
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"

	"mais/ca"
	"mais/certs"
	"mais/server/api"
	"mais/server/internal/audit"
)

// sessionOf signs a member in and returns the cookie and the session's name.
func (m *member) sessionOf(t *testing.T) (cookie, name string) {
	t.Helper()
	before := m.e.openSessions(t, m)
	cookie = m.e.signIn(t, m.c)
	for _, s := range m.e.openSessions(t, m) {
		if !slices.Contains(before, s) {
			name = s
		}
	}
	if name == "" {
		t.Fatal("the sign-in made no session")
	}
	return cookie, name
}

func (e *estate) openSessions(t *testing.T, m *member) (names []string) {
	t.Helper()
	var own api.Sessions
	m.get(t, api.PathSessions).decode(t, http.StatusOK, &own)
	for _, s := range own.Sessions {
		if s.User != m.user || s.Address != custody || s.Method != api.ByToken || s.Site != "Custody" {
			t.Errorf("the session = %+v", s)
		}
		names = append(names, s.Name)
	}
	return names
}

// TestEveryEndIsRecorded: however a session ends, there is one entry of its end, with the reason and
// under its holder's name, and it opens nothing any more.
func TestEveryEndIsRecorded(t *testing.T) {
	e := newEstate(t)
	ends := map[string]func(t *testing.T, m *member, cookie, name string){
		"sign-out": func(t *testing.T, m *member, cookie, _ string) {
			m.c.post(t, e.urls.Mutual+"/sign-out", nil, "Cookie", cookie).wantPage(t, http.StatusOK, "Take your card out now")
		},
		"new-sign-in": func(t *testing.T, m *member, cookie, _ string) { e.signIn2(t, m.c, cookie) },
		"mismatch": func(t *testing.T, m *member, cookie, _ string) {
			e.theirs.c.get(t, e.urls.Mutual+api.PathWhoami, "Cookie", cookie).wantProblem(t, http.StatusForbidden, api.SessionMismatch)
		},
		"ended-by-holder": func(t *testing.T, m *member, _, name string) {
			var ended api.SessionsEnded
			m.send(t, api.PathSessions+"/"+name+"/end", nil).decode(t, http.StatusOK, &ended)
			if ended.Ended != 1 {
				t.Errorf("%d sessions ended, want 1", ended.Ended)
			}
		},
		"ended-by-administrator": func(t *testing.T, m *member, _, name string) {
			e.own.send(t, api.PathAdminSessions+"/"+name+"/end", nil).decode(t, http.StatusOK, new(api.SessionsEnded))
		},
		"left": func(t *testing.T, m *member, _, _ string) {
			if n, err := e.authn.EndOf(t.Context(), m.user, "left"); n != 1 || err != nil {
				t.Errorf("EndOf = %d, %v", n, err)
			}
			if n, err := e.authn.EndOf(t.Context(), m.user, "left"); n != 0 || err != nil {
				t.Errorf("EndOf again = %d, %v", n, err)
			}
		},
		"held": func(t *testing.T, m *member, _, _ string) { e.setStatus(t, m.ref, string(certs.Held)) },
		"revoked": func(t *testing.T, m *member, _, _ string) {
			if err := e.authority.Revoke(t.Context(), m.ref, ca.KeyCompromise, "test"); err != nil {
				t.Fatal(err)
			}
		},
	}
	for reason, end := range ends {
		t.Run(reason, func(t *testing.T) {
			m := e.member(t, "Agency", "Ann "+reason, "police_officer")
			cookie, name := m.sessionOf(t)
			end(t, m, cookie, name)
			var entries []entry
			eventually(t, "the session's end is recorded", func() bool {
				entries = e.entries(t, "act = 'session.end' AND session = $1", name)
				return len(entries) > 0
			})
			if len(entries) != 1 || entries[0].Reason != reason || entries[0].User != m.user || entries[0].Outcome != string(audit.Allowed) {
				t.Errorf("the end is recorded as %+v", entries)
			}
			if got := m.c.get(t, e.urls.Mutual+"/access", "Cookie", cookie); got.StatusCode == http.StatusOK {
				t.Error("the session goes on")
			}
		})
	}
}

// TestLivePageOnEndedSession: whoever works on in a window whose session somebody ended is told so,
// and the browser's other windows lock.
func TestLivePageOnEndedSession(t *testing.T) {
	e := newEstate(t)
	here, _ := e.officer.sessionOf(t)
	other, there := e.officer.sessionOf(t)
	got := e.officer.c.post(t, e.urls.Mutual+"/sessions/"+there+"/end", nil, "Cookie", here)
	if got.StatusCode != http.StatusSeeOther || got.Header.Get("Location") != "/sessions?ended=1" {
		t.Fatalf("the button = %d %s", got.StatusCode, got.Header.Get("Location"))
	}
	e.officer.c.get(t, e.urls.Mutual+"/sessions?ended=1", "Cookie", here).wantPage(t, http.StatusOK, "1 session was ended")
	page := e.officer.c.get(t, e.urls.Mutual+"/access", "Cookie", other)
	page.wantPage(t, http.StatusUnauthorized, "Your session has ended")
	if !strings.Contains(string(page.body), "data-signed-out") || !strings.Contains(page.Header.Get("Set-Cookie"), "Max-Age=0") {
		t.Error("the other windows do not lock")
	}
	_, third := e.officer.sessionOf(t)
	e.officer.c.post(t, e.urls.Mutual+"/sessions/end", nil, "Cookie", here).wantStatus(t, http.StatusSeeOther)
	if open := e.openSessions(t, e.officer); len(open) != 1 || slices.Contains(open, third) {
		t.Errorf("open after all others were ended: %q", open)
	}
}

func (r reply) wantStatus(t *testing.T, status int) {
	t.Helper()
	if r.StatusCode != status {
		t.Errorf("%s %s = %d %s, want %d", r.Request.Method, r.Request.URL.Path, r.StatusCode, r.body, status)
	}
}

// TestWhoEndsWhose: an administrator everybody's, an agency's administrator those of their agency who
// hold no office, and nobody else anybody's but their own.
func TestWhoEndsWhose(t *testing.T) {
	e := newEstate(t)
	governor := e.member(t, "Agency", "Gwen Governor", "governance_officer")
	for name, test := range map[string]struct {
		by, of *member
		status int
	}{
		"an administrator, anywhere":       {e.all, e.theirs, http.StatusOK},
		"an administrator, an officer":     {e.all, governor, http.StatusOK},
		"their own agency's":               {e.own, e.officer, http.StatusOK},
		"their own agency's office":        {e.own, governor, http.StatusForbidden},
		"their own agency's administrator": {e.own, e.all, http.StatusForbidden},
		"another agency's":                 {e.own, e.theirs, http.StatusNotFound},
		"an officer":                       {e.officer, e.theirs, http.StatusForbidden},
		"a governance officer":             {governor, e.officer, http.StatusForbidden},
		"another agency's administrator":   {e.theirAdmin, e.officer, http.StatusNotFound},
	} {
		cookie := e.signIn(t, test.of.c)
		var sessions api.Sessions
		e.all.get(t, api.PathAdminSessions+"?user="+test.of.user).decode(t, http.StatusOK, &sessions)
		if sessions.Total != 1 {
			t.Fatalf("%s: %d sessions", name, sessions.Total)
		}
		got := test.by.send(t, api.PathAdminSessions+"/"+sessions.Sessions[0].Name+"/end", nil)
		got.wantStatus(t, test.status)
		all := test.by.send(t, api.PathAdminSessions+"/end", api.EndSessions{User: test.of.user})
		want := test.status
		if want == http.StatusOK {
			want = http.StatusNotFound // it is over
		}
		all.wantStatus(t, want)
		test.of.c.post(t, e.urls.Mutual+"/sign-out", nil, "Cookie", cookie)
	}
	if ends := e.entries(t, "act = 'session.end' AND reason = 'ended-by-administrator' AND detail ->> 'by_name' = 'Own Admin'"); len(ends) != 1 || ends[0].User != e.officer.user {
		t.Errorf("the holder's entry = %+v", ends)
	}
}

// TestAdminSessionPages: the list, its search and the question before a session is ended.
func TestAdminSessionPages(t *testing.T) {
	e := newEstate(t)
	cookie := e.signIn(t, e.all.c)
	_, name := e.officer.sessionOf(t)
	v := &visitor{client: e.all.c, world: e.world, cookie: cookie}
	page := func(path string) reply { return v.page(t, path) }
	form := func(path string, sent url.Values) reply { return v.send(t, path, sent) }
	page("/admin/sessions").wantPage(t, http.StatusOK, "2 sessions")
	found := form("/admin/sessions", url.Values{"q": {"ann off"}})
	at := found.Header.Get("Location")
	if found.StatusCode != http.StatusSeeOther || strings.Contains(strings.ToLower(at), "ann") {
		t.Fatalf("the search leads to %d %q", found.StatusCode, at)
	}
	page(at).wantPage(t, http.StatusOK, "1 session")
	page("/admin/sessions/"+name+"/end").wantPage(t, http.StatusOK, "ends at once")
	page("/admin/sessions/end?user="+e.officer.user).wantPage(t, http.StatusOK, "1 session, all there are")
	form("/admin/sessions/end", url.Values{"user": {e.officer.user}}).wantStatus(t, http.StatusSeeOther)
	if open := e.openSessions(t, e.officer); len(open) != 0 {
		t.Errorf("open after all were ended: %q", open)
	}
}
