package e2e_test

import (
	"fmt"
	"net/http"
	"testing"

	"mais/server/api"
)

// TestHijack copies a session to where it does not belong: another token, another site.
func TestHijack(t *testing.T) {
	t.Parallel()
	s := up(t, "--subnet", "127.0.0.1/32", "--people", "1")
	officer := s.enrol(t, "officer@police.northshire.example")
	constable := s.enrol(t, "constable@police.northshire.example")
	s.secondSite(t, officer.email, "127.0.0.3/32")
	s.someonesSite(t, "127.0.0.4/32")

	home, other, elsewhere := officer.client(t), constable.client(t), officer.client(t, "127.0.0.3")
	await(t, "the new site to be recognised", func() bool {
		a, err := elsewhere.do(t.Context(), http.MethodGet, api.PathWhoami, nil, nil)
		return err == nil && a.status == http.StatusOK && decode[api.Whoami](t, a).Site == "Eastgate Custody Suite"
	})

	for _, tt := range []struct {
		name  string
		thief *client
		from  string
		as    string
	}{
		{"another token", other, "127.0.0.1", "Demo Police Officer"},
		{"another site", elsewhere, "127.0.0.3", "Demo Custody Sergeant"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			since := s.lastEvent(t)
			cookie := home.signIn(t)
			home.ask(t, http.MethodGet, api.PathWhoami, nil, cookie).granted(t)
			tt.thief.get(t, api.PathWhoami).granted(t) // by itself the thief's token is good
			tt.thief.ask(t, http.MethodGet, api.PathWhoami, nil, cookie).refused(t, 403, api.SessionMismatch)
			home.ask(t, http.MethodGet, api.PathWhoami, nil, cookie).refused(t, 401, api.SessionEnded)
			tt.thief.ask(t, http.MethodGet, api.PathWhoami, nil, cookie).refused(t, 401, api.SessionEnded)
			home.get(t, api.PathWhoami).granted(t)

			ended := s.audited(t, 1, "the end of the session", func(e event) bool {
				return e.ID > since && e.Act == "session.end" && e.Reason == "mismatch" && e.UserName == "Demo Custody Sergeant" && e.Address == tt.from
			})
			attempts := s.audited(t, 1, "the attempt", func(e event) bool {
				return e.ID > since && e.Act == "session.hijack" && e.Outcome == "refused" && e.UserName == tt.as && e.Address == tt.from
			})
			if len(ended) == 1 && len(attempts) == 1 && (ended[0].Session == "" || ended[0].Session != attempts[0].Session) {
				t.Errorf("the two events name the sessions %q and %q, want one", ended[0].Session, attempts[0].Session)
			}
		})
	}

	t.Run("recognised, but not for this user", func(t *testing.T) {
		a := officer.client(t, "127.0.0.4").get(t, api.PathWhoami).refused(t, 403, api.WrongNetwork)
		if got := a.problem().Address; got != "127.0.0.4" {
			t.Errorf("the problem names the address %q, want 127.0.0.4", got)
		}
	})
}

// signIn starts a session and returns the cookie as the browser would send it.
func (c *client) signIn(t *testing.T) http.Header {
	t.Helper()
	a := c.ask(t, http.MethodPost, "/sign-in", nil, nil)
	cookies := (&http.Response{Header: a.header}).Cookies()
	if a.status != http.StatusSeeOther || len(cookies) != 1 {
		t.Fatalf("sign-in = %d %v %s, want 303 and one cookie", a.status, a.header, a.body)
	}
	if k := cookies[0]; !k.Secure || !k.HttpOnly || k.SameSite != http.SameSiteStrictMode || k.Path != "/" || k.Domain != "" || k.Name[:7] != "__Host-" {
		t.Errorf("the cookie is %s", k)
	}
	return http.Header{"Cookie": {cookies[0].Name + "=" + cookies[0].Value}}
}

// lastEvent is the number of the newest event.
func (s *service) lastEvent(t *testing.T) (id int64) {
	t.Helper()
	if _, err := fmt.Sscan(s.psql(t, "SELECT max(id) FROM audit.event"), &id); err != nil {
		t.Fatal(err)
	}
	return id
}

// secondSite gives a user a second site of their agency with a subnet of its own, by SQL.
func (s *service) secondSite(t *testing.T, email, subnet string) {
	t.Helper()
	s.psql(t, fmt.Sprintf(`WITH u AS (SELECT id, agency FROM access.user_account WHERE email = '%s'),
		s AS (INSERT INTO access.site (agency, name) SELECT agency, 'Eastgate Custody Suite' FROM u RETURNING id),
		n AS (INSERT INTO access.subnet (site, cidr) SELECT id, '%s' FROM s)
		INSERT INTO access.user_site (user_id, site) SELECT u.id, s.id FROM u, s`, email, subnet))
}

// someonesSite makes a site where none of the demo's users works.
func (s *service) someonesSite(t *testing.T, subnet string) {
	t.Helper()
	s.psql(t, fmt.Sprintf(`WITH s AS (INSERT INTO access.site (agency, name) SELECT id, 'Westgate' FROM access.agency LIMIT 1 RETURNING id)
		INSERT INTO access.subnet (site, cidr) SELECT id, '%s' FROM s`, subnet))
}
