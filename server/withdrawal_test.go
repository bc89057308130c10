package server

import (
	"net/http"
	"net/url"
	"strings"
	"testing"

	"mais/server/api"
	"mais/server/internal/audit"
	"mais/server/internal/people"
)

// decides has one person change something, and another approve it where that is needed.
func (s *station) decides(t *testing.T, first, second token, p people.Proposal) {
	t.Helper()
	p.Subject = "somebody"
	by := audit.Event{User: first.user, UserName: "first", AuthMethod: "token"}
	id, err := s.register.Propose(t.Context(), first.user, p, by)
	if err != nil {
		t.Fatal(err)
	}
	state, err := s.register.Confirm(t.Context(), first.user, id, []byte("{}"), by)
	if err == nil && state == api.ChangeWaiting {
		by.User = second.user
		state, err = s.register.Approve(t.Context(), second.user, id, "", []byte("{}"), by)
	}
	if err != nil || state != api.ChangeApplied {
		t.Fatalf("%s = %s, %v", p.Kind, state, err)
	}
}

func (k *keyholder) fields(t *testing.T) *api.UserFields {
	t.Helper()
	u, err := k.station.register.UserOf(t.Context(), k.id)
	if err != nil {
		t.Fatal(err)
	}
	return &api.UserFields{Email: u.Email, Name: u.Name, Agency: u.Agency, Sites: u.Sites, Roles: u.Roles}
}

// A database that is restored from before lets nobody in who was turned away since: with no old
// password, no used recovery code, no role or network that was taken. Whoever came back after that is let in.
func TestRestoreLetsNobodyIn(t *testing.T) {
	s := newStation(t)
	first, second := s.enrolled(t, "administrator", s.custody), s.enrolled(t, "administrator", s.custody)
	leaver, roleless, changed, recovered, elsewhere, stays := s.keyholder(t, "police_officer"), s.keyholder(t, "police_officer"),
		s.keyholder(t, "police_officer"), s.keyholder(t, "police_officer"), s.keyholder(t, "police_officer"), s.keyholder(t, "police_officer")
	returned := s.keyholder(t, "police_officer")
	leaver.signsIn(t)
	stays.signsIn(t)
	used, wasRecovered := recovered.codes[0], recovered.password
	restore := s.db.Save(t)
	good := 0 // a look that had begun before may fail still
	eventually(t, "the service has found the database again", func() bool {
		if good++; s.ready(t.Context()) != nil {
			good = 0
		}
		return good > 100
	})

	s.decides(t, first, second, people.Proposal{Kind: api.UserLeave, Target: leaver.id})
	taken := roleless.fields(t)
	taken.Roles = nil
	s.decides(t, first, second, people.Proposal{Kind: api.UserChange, Target: roleless.id, After: taken})
	changed.signsIn(t)
	old := changed.password
	changed.browser.send(t, "/security/password", url.Values{"current": {old}, "code": {changed.code(t)}, "password": {"seven brass kettles sing"}, "again": {"seven brass kettles sing"}}).
		shown(t, http.StatusOK)
	b := s.browser(t, custody)
	code := recovered.asksReset(t, b)
	recovered.confirm(t, "/recover/second", b.sets(t, code, used, "nine copper bells at dusk").shown(t, http.StatusOK)).shown(t, http.StatusOK)
	s.decides(t, first, second, people.Proposal{Kind: api.NetworkRemove, After: &api.NetworkFields{Site: s.custody, Prefix: "127.0.9.7/32"}})
	back := returned.fields(t)
	s.decides(t, first, second, people.Proposal{Kind: api.UserLeave, Target: returned.id})
	s.decides(t, first, second, people.Proposal{Kind: api.UserReturn, Target: returned.id, After: back})
	eventually(t, "the journal is told of the return", func() bool {
		return s.count(t, `SELECT count(*) FROM access.withdrawal WHERE lifted_at IS NOT NULL OR journal IS NULL`) == 0
	})

	restore()
	eventually(t, "closed, and open again", func() bool {
		return s.count(t, `SELECT count(*) FROM audit.event WHERE act = 'journal.replay'`) > 0 && s.ready(t.Context()) == nil
	})
	refused := func(what string, got reply) {
		t.Helper()
		if got.StatusCode != http.StatusForbidden && got.StatusCode != http.StatusUnauthorized {
			t.Errorf("%s: %s", what, got.Status)
		}
	}
	refused("the session of a leaver", leaver.browser.page(t, "/access"))
	refused("a leaver", leaver.tries(t, s.browser(t, custody), leaver.password, leaver.code(t)))
	refused("without a role", roleless.tries(t, s.browser(t, custody), roleless.password, roleless.code(t)))
	refused("with an old password", changed.tries(t, s.browser(t, custody), old, changed.code(t)))
	refused("with a password of before the recovery", recovered.tries(t, s.browser(t, custody), wasRecovered, recovered.code(t)))
	refused("from a network that was taken away", elsewhere.tries(t, s.browser(t, "127.0.9.7"), elsewhere.password, elsewhere.code(t)))
	if n := s.count(t, `SELECT count(*) FROM access.password WHERE user_id = $1::uuid`, recovered.id); n != 0 {
		t.Error("there is a password that a used recovery code would replace")
	}
	refused("a session of before the restore", stays.browser.page(t, "/access"))
	stays.signsIn(t)
	if u, err := s.register.UserOf(t.Context(), returned.id); err != nil || u.LeftAt != nil || strings.Join(u.Roles, " ") != "police_officer" {
		t.Errorf("who left and returned is %+v, %v", u, err)
	}
	if n := len(s.entries(t, "act = 'access.withdrawn-again' AND detail ->> 'identity' = $1", "urn:mais:user:"+leaver.id)); n == 0 {
		t.Error("no event tells that the leaver was turned away again")
	}
	if n := s.count(t, `SELECT count(*) FROM audit.event WHERE act = 'access.withdrawn-again' AND user_name = 'MAIS, after a restore' AND detail ->> 'name' LIKE '%: left'`); n == 0 {
		t.Error("the event says in no words who was turned away again")
	}
	if f := s.checkRestored(t.Context()); f.State != "warning" {
		t.Errorf("the check says of the restore: %+v", f)
	}
}
