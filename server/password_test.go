package server

import (
	"net/http"
	"net/url"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	"mais/server/api"
	"mais/server/internal/audit"
	"mais/server/internal/record/recordtest"
	"mais/server/internal/web/page/pagetest"
)

// TestPassword: the whole way on the pages, from the invitation to a record, and out again.
func TestPassword(t *testing.T) {
	s := newStation(t)
	page := s.browser(t, custody).page(t, "/").shown(t, http.StatusOK)
	if pagetest.ByID(page, "password") == nil || !strings.Contains(pagetest.Text(page), "I was invited: set a password") {
		t.Errorf("the first page has no form to sign in: %s", pagetest.Text(page))
	}
	k := s.keyholder(t, "police_officer")
	person := s.aPerson(t)
	if start := k.signsIn(t); start != "/find" {
		t.Errorf("the work begins at %s, want /find", start)
	}
	began := s.entries(t, "act = 'session.start' AND user_id = $1", k.id)
	if len(began) != 1 || began[0].Session == "" || s.count(t, `SELECT count(*) FROM audit.event WHERE act = 'session.start' AND auth_method = 'password'`) != 1 {
		t.Fatalf("the audit has %+v, want one session.start by password", began)
	}
	find := k.browser.page(t, "/find").shown(t, http.StatusOK)
	if text := pagetest.Text(find); !strings.Contains(text, "Password") || strings.Contains(text, "0001") || strings.Contains(text, "My tokens") || !strings.Contains(text, "My security") {
		t.Errorf("the frame does not say how one is signed in: %s", text)
	}
	k.browser.send(t, "/person/"+person+"/reason", url.Values{"reason": {"custody"}, "number": {"CUST/1"}}).goesTo(t, "/person/"+person)
	got := k.browser.page(t, "/person/"+person)
	if text := pagetest.Text(got.shown(t, http.StatusOK)); !strings.Contains(text, "surname") {
		t.Errorf("the record does not open: %s", text)
	}
	for path, want := range map[string]int{"/access": 200, "/recent": 200, "/contacts": 200, "/security": 200, "/sessions": 200, "/admin": 404, "/tokens": 404, "/admin/people": 404, "/reviews": 404, "/audit": 404, api.PathWhoami: 404, api.PathPeople + person: 404} {
		if got := k.browser.page(t, path); got.StatusCode != want {
			t.Errorf("GET %s = %d, want %d", path, got.StatusCode, want)
		}
	}
	k.browser.send(t, "/sign-out", nil).shown(t, http.StatusOK)
	if k.browser.cookies["__Host-mais-p"] != "" {
		t.Error("the cookie is still there")
	}
	k.browser.page(t, "/find").goesTo(t, "/")
	if n := s.count(t, `SELECT count(*) FROM audit.event WHERE act = 'session.end' AND auth_method = 'password' AND reason = 'sign-out'`); n != 1 {
		t.Errorf("%d ends by sign-out are in the audit, want 1", n)
	}
	if len(s.letters(t, k.email, "your password")) == 0 {
		eventually(t, "the holder is told", func() bool { return len(s.letters(t, k.email, "your password")) > 0 })
	}
}

// aPerson loads a person, and returns their id.
func (s *station) aPerson(t *testing.T) string {
	t.Helper()
	s.imported(t, recordtest.Canary())
	var id string
	if err := s.sql.QueryRow(t.Context(), `SELECT id::text FROM record.person LIMIT 1`).Scan(&id); err != nil {
		t.Fatal(err)
	}
	return id
}

// TestPasswordPolicy: what agency and role say is in force at once, in live sessions too.
func TestPasswordPolicy(t *testing.T) {
	s := newStation(t)
	k := s.keyholder(t, "police_officer")
	k.signsIn(t)
	s.exec(t, `UPDATE access.role SET passwords = 'forbidden' WHERE name = 'police_officer'`)
	eventually(t, "the role's policy takes effect", func() bool { return k.browser.page(t, "/access").StatusCode != http.StatusOK })
	k.browser.page(t, "/access") // it may have been the look that the change overtook
	if n := len(s.entries(t, "act = 'session.end' AND reason = 'no-passwords' AND user_id = $1", k.id)); n != 1 {
		t.Errorf("%d sessions ended for the policy, want 1", n)
	}
	got := k.tries(t, s.browser(t, custody), k.password, k.code(t))
	got.shown(t, http.StatusForbidden)
	s.audited(t, got, "password.fail", audit.Refused)
	s.exec(t, `UPDATE access.role SET passwords = 'allowed' WHERE name = 'police_officer'`)
	s.exec(t, `UPDATE access.agency SET passwords = 'forbidden'`)
	eventually(t, "the agency's policy takes effect", func() bool { return !s.authn.PasswordsAnywhere() })
	k.tries(t, s.browser(t, custody), k.password, k.code(t)).shown(t, http.StatusForbidden)
	if page := s.browser(t, custody).page(t, "/").shown(t, http.StatusOK); pagetest.ByID(page, "password") != nil {
		t.Error("the form to sign in is shown where nobody may")
	}
	s.exec(t, `UPDATE access.agency SET passwords = 'allowed'`)
	eventually(t, "passwords are allowed again", func() bool { return s.authn.PasswordsAnywhere() })
	s.exec(t, `UPDATE access.role SET level = 'card' WHERE name = 'police_officer'`)
	eventually(t, "a role that demands a card has no password", func() bool {
		return k.tries(t, s.browser(t, custody), k.password, k.code(t)).StatusCode == http.StatusForbidden
	})
	for _, office := range []string{"administrator", "governance_officer", "agency_administrator"} {
		if _, err := s.sql.Exec(t.Context(), `UPDATE access.role SET passwords = 'limited' WHERE name = $1`, office); err == nil {
			t.Errorf("the database lets the office %s have passwords", office)
		}
	}
}

// TestPasswordRegistration: what is refused takes nothing of the code; of many at once one is served.
func TestPasswordRegistration(t *testing.T) {
	s := newStation(t)
	k, code := s.invited(t, "clinician")
	form := func(email, code, password, again string) url.Values {
		return url.Values{"email": {email}, "code": {code}, "password": {password}, "again": {again}}
	}
	for name, c := range map[string]struct {
		form   url.Values
		status int
	}{
		"short":     {form(k.email, code, "fourteen chars", "fourteen chars"), 422},
		"differs":   {form(k.email, code, goodPassword, goodPassword+"x"), 422},
		"expected":  {form(k.email, code, "passwordpassword1", "passwordpassword1"), 422},
		"own name":  {form(k.email, code, "key holder agency", "key holder agency"), 422},
		"no code":   {form(k.email, "x", goodPassword, goodPassword), 403},
		"no holder": {form("other@agency.example", code, goodPassword, goodPassword), 403},
	} {
		if got := k.browser.send(t, "/register", c.form); got.StatusCode != c.status || strings.Contains(string(got.body), goodPassword) {
			t.Errorf("%s: %d, want %d and no password on the page", name, got.StatusCode, c.status)
		} else if kept := strings.Contains(string(got.body), code); kept != (c.status == 422) {
			t.Errorf("%s: the code is kept: %v", name, kept)
		}
	}
	away := s.browser(t, ward) // another site than theirs
	if got := away.send(t, "/register", form(k.email, code, goodPassword, goodPassword)); got.StatusCode != http.StatusForbidden {
		t.Errorf("a password is set from another site: %d", got.StatusCode)
	}
	var served, busy atomic.Int32
	register := func() {
		b := &browser{client: k.browser.client, public: k.browser.public, cookies: map[string]string{}}
		switch got := b.send(t, "/register", form(k.email, code, goodPassword, goodPassword)); got.StatusCode {
		case http.StatusOK:
			served.Add(1)
		case http.StatusServiceUnavailable, http.StatusTooManyRequests:
			busy.Add(1)
		case http.StatusForbidden:
		default:
			t.Errorf("POST /register = %d\n%.1000s", got.StatusCode, got.body)
		}
	}
	var all sync.WaitGroup
	for range 200 {
		all.Go(register)
	}
	all.Wait()
	if busy.Load() == 200 { // too busy for every one of them: then nothing of the code is spent
		eventually(t, "one is served, or refused", func() bool {
			before := busy.Load()
			register()
			return busy.Load() == before
		})
	}
	if n := served.Load(); n != 1 {
		t.Errorf("of 200 with one code %d were served, want 1; %d were told that the service is busy", n, busy.Load())
	}
	if n := s.count(t, `SELECT count(*) FROM access.password WHERE user_id = $1::uuid`, k.id); n != 1 {
		t.Errorf("%d passwords, want 1", n)
	}
	s.exec(t, `UPDATE access.role SET passwords = 'forbidden' WHERE name = 'clinician'`)
	other, code := s.invited(t, "clinician")
	if got := other.browser.send(t, "/register", form(other.email, code, goodPassword, goodPassword)); got.StatusCode != http.StatusForbidden {
		t.Errorf("who may have no password sets one: %d", got.StatusCode)
	}
}

// TestPasswordSecurity: what its holder changes on their own page.
func TestPasswordSecurity(t *testing.T) {
	s := newStation(t)
	k := s.keyholder(t, "police_officer")
	k.signsIn(t)
	other := s.browser(t, custody)
	k.tries(t, other, k.password, k.code(t)).goesTo(t, "/")
	b := k.browser
	change := func(current, code string) reply {
		return b.send(t, "/security/password", url.Values{"current": {current}, "code": {code}, "password": {"seven brass kettles sing"}, "again": {"seven brass kettles sing"}})
	}
	wrong := change("not the password", k.code(t))
	wrong.shown(t, http.StatusForbidden)
	s.audited(t, wrong, "password.fail", audit.Refused)
	change(k.password, "000000").shown(t, http.StatusForbidden)
	got := change(k.password, k.code(t))
	got.shown(t, http.StatusOK)
	s.audited(t, got, "password.set", audit.Allowed)
	b.page(t, "/security").shown(t, http.StatusOK)
	other.page(t, "/security").shown(t, http.StatusUnauthorized)
	old := k.password
	k.password = "seven brass kettles sing"
	k.tries(t, s.browser(t, custody), old, k.code(t)).shown(t, http.StatusForbidden)

	codes := b.send(t, "/security/codes", url.Values{"current": {k.password}, "code": {k.code(t)}})
	if fresh := recoveryCodes(codes.shown(t, http.StatusOK)); len(fresh) != 10 || fresh[0] == k.codes[0] {
		t.Errorf("new recovery codes are %v", fresh)
	}
	was := k.secret
	setup := b.send(t, "/security/second", url.Values{"current": {k.password}, "code": {k.code(t)}}).shown(t, http.StatusOK)
	sealed := hiddenField(setup, "sealed")
	k.confirm(t, "/security/second/confirm", setup).shown(t, http.StatusOK)
	if k.secret == was {
		t.Error("the second factor is the old one")
	}
	if got := other.send(t, "/security/second/confirm", url.Values{"sealed": {sealed}, "code": {k.code(t)}}); got.StatusCode == http.StatusOK {
		t.Error("another browser confirms a second factor")
	}
	b.send(t, "/security/enrol", url.Values{"current": {"not the password"}, "code": {k.code(t)}}).shown(t, http.StatusForbidden)
	b.send(t, "/security/enrol", url.Values{"current": {k.password}, "code": {k.code(t)}}).shown(t, http.StatusOK)
	if s.count(t, `SELECT count(*) FROM ca.enrolment_order WHERE holder = $1 AND used_at IS NULL AND cancelled_at IS NULL`, k.email) != 1 {
		t.Error("no code for a token was made")
	}
	b.send(t, "/sign-out", nil)
	k.signsIn(t)
	for range 2 { // who leaves loses it; again is no fault
		if _, err := s.authn.ForgetPassword(t.Context(), k.id, "urn:mais:user:of-whoever"); err != nil {
			t.Fatal(err)
		}
	}
	k.tries(t, k.browser, k.password, "123456").shown(t, http.StatusForbidden)
	if n := len(s.entries(t, "act = 'password.forget' AND user_id = $1", k.id)); n != 1 {
		t.Errorf("%d events tell of a password that was forgotten, want 1", n)
	}
	eventually(t, "its holder is told by mail", func() bool { return len(s.letters(t, k.email, "your password was taken away")) > 0 })
}
