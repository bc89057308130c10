package authz_test

import (
	"crypto/sha256"
	"fmt"
	"net/netip"
	"strings"
	"testing"

	"github.com/google/uuid"

	"mais/certs"
	"mais/server/internal/audit"
	"mais/server/internal/authn"
	"mais/server/internal/authn/authntest"
	"mais/server/internal/authz"
	"mais/server/internal/record/recordtest"
)

// member is a registered user in a live session.
type member struct {
	f       *fixture
	p       authn.Principal
	session string
}

// place is the id of the one agency and site.
const place = "11111111-2222-4333-8444-aaaaaaaaaaaa"

// withoutRules lets tests give somebody roles that the database lets nobody have together.
const withoutRules = `ALTER TABLE access.user_role DISABLE TRIGGER offices`

// member registers a user with these roles and starts a session.
func (f *fixture) member(name string, roles ...string) member {
	f.t.Helper()
	f.exec(`INSERT INTO access.agency (id, name, kind) VALUES ('` + place + `', 'Northmoor Police', 'police') ON CONFLICT DO NOTHING;
		INSERT INTO access.site (id, agency, name) VALUES ('` + place + `', '` + place + `', 'Custody') ON CONFLICT DO NOTHING`)
	id := uuid.NewString()
	f.exec(fmt.Sprintf(`INSERT INTO access.user_account (id, email, name, agency) VALUES ('%s', '%s@a', '%s', '%s')`, id, id, name, place))
	for _, role := range roles {
		f.exec(fmt.Sprintf(`INSERT INTO access.user_role (user_id, role) VALUES ('%s', '%s')`, id, role))
	}
	return f.session(id, name, roles)
}

func (f *fixture) session(user, name string, roles []string) member {
	f.t.Helper()
	session := uuid.NewString()
	f.exec(fmt.Sprintf(`INSERT INTO access.session (id_hash, user_id, issuer, serial, listener, site)
		VALUES (sha256('%s'), '%s', 'people-1', '4f00', 'mutual', '%s')`, session, user, place))
	identity, err := certs.NewIdentity(certs.User, user)
	if err != nil {
		f.t.Fatal(err)
	}
	p := authntest.Principal(f.t, authntest.Facts{Identity: identity, Name: name, Agency: "Northmoor Police", Site: "Custody", Roles: roles,
		Certificate: certs.Ref{Issuer: "people-1", Serial: "4f00"}, Session: session[:16], SessionKey: sha256.Sum256([]byte(session))})
	return member{f, p, session}
}

// again is the same user in another session.
func (m member) again() member {
	m.f.t.Helper()
	return m.f.session(m.p.User(), m.p.Name(), m.p.Roles())
}

// signOut ends the member's session in the database.
func (m member) signOut() {
	m.f.t.Helper()
	m.f.exec(`UPDATE access.session SET ended_at = now(), end_reason = 'sign-out' WHERE id_hash = sha256('` + m.session + `')`)
}

// look is an attempt by the member, with a number of its own.
func (m member) look() authz.Look {
	return authz.Look{Principal: m.p, Request: audit.Event{Request: uuid.NewString(), Listener: "mutual", Method: "GET", URI: "/person",
		Address: netip.MustParseAddr("127.0.0.1")}}
}

var custody = authz.Purpose{Reason: "custody", Number: "50KY/1234/26"}

// grounds gives a reason for the canary and returns the grounds.
func (m member) grounds() authz.Grounds {
	m.f.t.Helper()
	if err := m.f.GiveReason(m.f.t.Context(), m.look(), m.f.person, custody); err != nil {
		m.f.t.Fatalf("GiveReason: %v", err)
	}
	return m.standing()
}

// standing returns the grounds that there are.
func (m member) standing() authz.Grounds {
	m.f.t.Helper()
	g, err := m.f.Grounds(m.f.t.Context(), m.look(), m.f.person)
	if err != nil {
		m.f.t.Fatalf("Grounds: %v", err)
	}
	return g
}

// somebody loads one more person and returns their id.
func (f *fixture) somebody(reference string) (id string) {
	f.t.Helper()
	p := recordtest.Canary()
	p.Reference = reference
	f.load(p)
	err := f.db.Owner().QueryRow(f.t.Context(), `SELECT id::text FROM record.person WHERE source_reference = $1`, reference).Scan(&id)
	if err != nil {
		f.t.Fatal(err)
	}
	return id
}

const unconscious = "He is unconscious in cell 4.\nThe doctor asks what he takes."

// emergency begins emergency access to the canary and returns the grounds with it.
func (m member) emergency() authz.Grounds {
	m.f.t.Helper()
	if _, err := m.f.BeginEmergency(m.f.t.Context(), m.look(), m.grounds(), unconscious); err != nil {
		m.f.t.Fatalf("BeginEmergency: %v", err)
	}
	return m.standing()
}

// expire moves every emergency access 31 minutes back, as if so much time had passed.
func (f *fixture) expire() {
	f.t.Helper()
	f.exec(`ALTER TABLE access.emergency DISABLE TRIGGER guard;
		UPDATE access.emergency SET began_at = began_at - interval '31 minutes', ends_at = ends_at - interval '31 minutes';
		ALTER TABLE access.emergency ENABLE ALWAYS TRIGGER guard`)
}

// count returns how many rows a query has.
func (f *fixture) count(sql string) (n int) {
	f.t.Helper()
	if err := f.db.Owner().QueryRow(f.t.Context(), `SELECT count(*) FROM `+sql).Scan(&n); err != nil {
		f.t.Fatal(err)
	}
	return n
}

// revoke makes the next checks find the caller revoked.
func (f *fixture) revoke(t *testing.T) {
	t.Helper()
	f.recheck = func(authn.Principal, int64, int64) error { return &authn.Refusal{Kind: authn.Revoked} }
}

func (f *fixture) restore() {
	f.recheck = func(authn.Principal, int64, int64) error { return nil }
}

// wantDetail compares the whole detail of an event, given as "name=value" in any order.
func wantDetail(t *testing.T, e audit.Entry, want ...string) {
	t.Helper()
	same := len(want) == len(e.Detail)
	for _, pair := range want {
		name, value, _ := strings.Cut(pair, "=")
		same = same && e.Detail[name] == value
	}
	if !same {
		t.Errorf("%s has the detail %q, want %q", e.Act, e.Detail, want)
	}
}
