package e2e_test

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"mais/server/api"
)

// TestNewcomer goes from an empty directory to an audited look and beyond, in the order of
// the README, and starts the demo a second time.
func TestNewcomer(t *testing.T) {
	t.Parallel()
	s := up(t)
	t.Logf("first start: ready after %s", s.took)
	saysHowToEnrol(t, s)
	s.importPeople(t, namesakes)

	officer := s.enrol(t, "officer@police.northshire.example")
	nurse := s.enrol(t, "nurse@trust.northshire.example")
	research := s.enrol(t, "research@prison.northshire.example")
	admin := s.enrol(t, "admin@trust.northshire.example")

	t.Run("status", func(t *testing.T) { statusTellsOfTheToken(t, officer) })
	t.Run("whoami", func(t *testing.T) { whoamiTellsOfTheHolder(t, s, officer, nurse) })
	t.Run("search", func(t *testing.T) { searchFinds(t, officer) })
	t.Run("show", func(t *testing.T) { eachSeesTheirPart(t, officer, nurse, research, admin) })
	t.Run("renew and revoke", func(t *testing.T) { renewThenRevoke(t, s, officer) })
	t.Run("audit", func(t *testing.T) { everyStepIsAudited(t, s, officer, nurse, admin) })
	s.stop(t)

	again := upIn(t, s.dir, samePorts(s.demo.URLs)...)
	t.Logf("second start: ready after %s", again.took)
	for _, u := range again.demo.Users {
		live := u.Email == nurse.email || u.Email == research.email || u.Email == admin.email
		if (u.Code == nil) != live || (u.Enrol == nil) != live {
			t.Errorf("second demo.json: %s has a live token: %t, and its code and enrol are null: %t, %t", u.Email, live, u.Code == nil, u.Enrol == nil)
		}
	}
	if got, want := again.demo.RootFingerprint, s.demo.RootFingerprint; got != want {
		t.Errorf("second start: root = %s, want that of the first, %s", got, want)
	}
	if got := nurse.whoami(t); got.Email != nurse.email {
		t.Errorf("whoami after the second start = %+v", got)
	}
	if people := again.psql(t, "SELECT count(*) FROM record.person"); people != "33" {
		t.Errorf("people after the second start = %s, want 31 and the 2 imported", people)
	}
	again.enrol(t, officer.email) // the new code that the second start gave
}

// saysHowToEnrol compares what is printed with demo.json, which only its owner may read.
func saysHowToEnrol(t *testing.T, s *service) {
	t.Helper()
	printed := s.stdout.String()
	if len(s.demo.Users) != 8 || len(s.demo.Sites) != 3 {
		t.Errorf("demo.json has %d users and %d sites, want 8 and 3", len(s.demo.Users), len(s.demo.Sites))
	}
	for _, u := range s.demo.Users {
		if u.Code == nil || u.Enrol == nil || !strings.Contains(printed, "\n  "+*u.Enrol+"\n") || !strings.Contains(printed, u.Name) {
			t.Errorf("it does not print how %s enrols", u.Email)
		}
	}
	if info, err := os.Stat(filepath.Join(s.dir, "demo.json")); err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("demo.json: %v, %v; want mode 0600", info.Mode(), err)
	}
	if log := s.stderr.String(); strings.Contains(log, *s.demo.Users[0].Code) {
		t.Error("the log holds an enrolment code")
	}
}

func statusTellsOfTheToken(t *testing.T, p *person) {
	status := data[struct{ Holder, Kind, State, Level, Serial string }](t, p.ctl(t, "status", "--json").exits(t, 0))
	if status.Holder != p.email || status.Kind != "user" || status.State != "good" || status.Level != "software" || len(status.Serial) != 32 {
		t.Errorf("status = %+v", status)
	}
	p.ctl(t, "status").exits(t, 0).shows(t, p.email, "good", "under a passphrase")
}

func whoamiTellsOfTheHolder(t *testing.T, s *service, officer, nurse *person) {
	who := officer.whoami(t)
	if who.Email != officer.email || who.Name != "Demo Custody Sergeant" || who.Agency != "Northshire Police" || who.Site != custody ||
		!slices.Equal(who.Roles, []string{"police_officer"}) || who.Address != "127.0.0.1" || who.Level != "software" {
		t.Errorf("whoami = %+v", who)
	}
	if got := nurse.whoami(t).Roles; !slices.Equal(got, []string{"clinician"}) {
		t.Errorf("the nurse's roles = %v", got)
	}
	if _, ok := s.find(t, who.Serial); !ok {
		t.Errorf("admin cert list does not have the serial %s", who.Serial)
	}
}

// find looks a serial up at the host.
func (s *service) find(t testing.TB, serial string) (status string, ok bool) {
	t.Helper()
	r := server(t, "admin", "cert", "list", "--json", "--dir", s.dir).exits(t, 0)
	for _, c := range data[[]struct{ Serial, Status string }](t, r) {
		if c.Serial == serial {
			return c.Status, true
		}
	}
	return "", false
}

// renewThenRevoke replaces a token; the old key goes on for its grace, and ends with the
// holder's word.
func renewThenRevoke(t *testing.T, s *service, p *person) {
	before := p.whoami(t).Serial
	old := p.client(t)
	old.get(t, api.PathWhoami).granted(t)

	p.ctl(t, "renew").exits(t, 0).says(t, before)
	after := p.whoami(t).Serial
	if after == before {
		t.Errorf("renew: the serial is %s still", after)
	}
	if who := decode[api.Whoami](t, old.get(t, api.PathWhoami).granted(t)); who.Serial != before {
		t.Errorf("the old key in its grace is taken for %s, want %s", who.Serial, before)
	}

	current := p.client(t)
	current.get(t, api.PathWhoami).granted(t)
	if f := failure(t, p.ctl(t, "revoke", "--json").exits(t, 2)); f.Code != "usage" {
		t.Errorf("revoke without --yes and without a terminal = %+v", f)
	}
	revoked := data[api.Revoked](t, p.ctl(t, "revoke", "--yes", "--reason", "keyCompromise", "--json").exits(t, 0))
	if revoked.Serial != after {
		t.Errorf("revoked = %s, want %s", revoked.Serial, after)
	}
	for _, key := range []*client{current, old} { // whoever revokes a token does not mean to leave its last key good
		key.CloseIdleConnections()
		key.get(t, api.PathWhoami).refused(t, 403, api.RevokedToken)
	}
	if f := failure(t, p.ctl(t, "whoami", "--json").exits(t, 4)); f.Code != "revoked" {
		t.Errorf("whoami with the revoked token = %+v", f)
	}
	if status, _ := s.find(t, after); status != "revoked" {
		t.Errorf("admin cert list: %s is %q, want revoked", after, status)
	}
}

// everyStepIsAudited looks for each act with its actor, address and outcome.
func everyStepIsAudited(t *testing.T, s *service, officer, nurse, admin *person) {
	events := s.audit(t, func(event) bool { return true })
	for _, want := range []struct{ act, outcome, name, listener string }{
		{"token.enrol", "allowed", "Demo Custody Sergeant", "public"},
		{"token.enrol", "allowed", "Demo Liaison Nurse", "public"},
		{"token.whoami", "allowed", "Demo Custody Sergeant", "mutual"},
		{"record.search", "allowed", "Demo Custody Sergeant", "mutual"},
		{"record.show", "allowed", "Demo Custody Sergeant", "mutual"},
		{"record.show", "allowed", "Demo Liaison Nurse", "mutual"},
		{"record.search", "refused", "Demo Administrator", "mutual"},
		{"record.show", "refused", "Demo Administrator", "mutual"},
		{"token.renew", "allowed", "Demo Custody Sergeant", "mutual"},
		{"token.revoke", "allowed", "Demo Custody Sergeant", "mutual"},
		{"token.whoami", "refused", "Demo Custody Sergeant", "mutual"},
	} {
		fits := func(e event) bool {
			return e.Act == want.act && e.Outcome == want.outcome && e.UserName == want.name && e.Listener == want.listener && e.Address == "127.0.0.1"
		}
		if !slices.ContainsFunc(events, fits) {
			t.Errorf("the audit has no %s %s by %s at the %s listener from 127.0.0.1", want.act, want.outcome, want.name, want.listener)
		}
	}
	for _, act := range []string{"record.import", "record.generate", "token.invite", "user.add", "subnet.add"} {
		if !slices.ContainsFunc(events, func(e event) bool { return e.Act == act && e.Outcome == "allowed" }) {
			t.Errorf("the audit has no %s", act)
		}
	}
	for _, e := range events {
		if e.Act == "record.search" && e.Outcome == "allowed" && e.Rows > 0 && len(e.Persons) == 0 {
			t.Errorf("the audit does not say whom the search found: %v", e)
		}
		if text := e.String(); strings.Contains(strings.ToLower(text), "ngermann") || strings.Contains(text, "1961-02-28") {
			t.Errorf("the audit holds what was typed into a search: %s", text)
		}
	}
	server(t, "audit", "list", "--dir", s.dir, "--act", "audit.list").exits(t, 0).shows(t, "audit.list", "operator")
}
