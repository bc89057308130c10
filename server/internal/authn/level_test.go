package authn

import (
	"context"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"testing"
	"time"

	"mais/ca/feed"
	camigrations "mais/ca/migrations"
	"mais/certs"
	"mais/internal/pg"
	"mais/internal/pg/pgtest"
	"mais/server/internal/audit"
	"mais/server/internal/authn/internal/principal"
	"mais/server/migrations"
)

// steadyFeed knows every certificate as active.
type steadyFeed struct{}

func (steadyFeed) Status(context.Context, certs.Ref, [32]byte) (certs.Status, error) {
	return certs.Active, nil
}
func (steadyFeed) CatchUp(context.Context, int64) error { return nil }
func (steadyFeed) Look(context.Context) error           { return nil }
func (steadyFeed) Fresh() error                         { return nil }
func (steadyFeed) OnChange(func(feed.Change))           {}
func (steadyFeed) OnReopen(func(context.Context) error) {}

const levelUser = "11111111-2222-4333-8444-555555555555"

// newLevels returns a service with one user, whose roles are a police officer's and a
// clinician's.
func newLevels(t *testing.T) (*Service, *pgtest.Database) {
	d := pgtest.New(t, camigrations.Set, migrations.Set)
	change(t, d, `
		INSERT INTO access.agency (id, name, kind) VALUES ('`+levelUser+`', 'A', 'police');
		INSERT INTO access.site (id, agency, name) VALUES ('`+levelUser+`', '`+levelUser+`', 'S');
		INSERT INTO access.subnet (site, cidr) VALUES ('`+levelUser+`', '127.0.0.0/8');
		INSERT INTO access.user_account (id, email, name, agency) VALUES ('`+levelUser+`', 'a@b', 'A', '`+levelUser+`');
		INSERT INTO access.user_site (user_id, site) VALUES ('`+levelUser+`', '`+levelUser+`');
		INSERT INTO access.user_role (user_id, role) VALUES ('`+levelUser+`', 'police_officer'), ('`+levelUser+`', 'clinician')`)
	s, err := New(t.Context(), Options{Source: d.Source(), Feed: steadyFeed{}, Stale: time.Hour, SessionIdle: time.Hour, SessionTotal: time.Hour})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := s.Close(); err != nil {
			t.Errorf("Close: %v", err)
		}
	})
	return s, d
}

func change(t *testing.T, d *pgtest.Database, sql string) {
	t.Helper()
	if _, err := d.Owner().Exec(t.Context(), sql); err != nil {
		t.Fatal(err)
	}
}

// ask returns the verdict on a request of the user with a certificate of this level.
func ask(t *testing.T, s *Service, level certs.Level, cookies ...*http.Cookie) *Verdict {
	t.Helper()
	identity, err := certs.NewIdentity(certs.User, levelUser)
	if err != nil {
		t.Fatal(err)
	}
	known := &connection{address: netip.MustParseAddr("127.0.0.1"), born: time.Now()}
	known.once.Do(func() { // as prove does
		known.proof = proof{identity: identity, ref: certs.Ref{Issuer: "people-1", Serial: "4f"}, level: level, notAfter: time.Now().Add(time.Hour)}
	})
	v := &Verdict{listener: Mutual, known: known}
	r := httptest.NewRequestWithContext(t.Context(), "GET", "/", nil)
	for _, c := range cookies {
		r.AddCookie(c)
	}
	if v.refusal = s.judge(r, v); v.refusal == nil {
		v.principal = principal.New(v.facts)
	}
	return v
}

func kindOf(v *Verdict) Kind {
	if v.refusal == nil {
		return ""
	}
	return v.refusal.Kind
}

// The role that demands most counts, whichever it is.
func TestLevelDemanded(t *testing.T) {
	s, d := newLevels(t)
	for _, test := range []struct {
		police, clinician string
		least             certs.Level
	}{
		{"software", "software", certs.Software}, {"card", "software", certs.Card}, {"software", "card", certs.Card},
		{"attested", "card", certs.Attested}, {"card", "attested", certs.Attested},
	} {
		change(t, d, `UPDATE access.role SET level = '`+test.police+`' WHERE name = 'police_officer';
			UPDATE access.role SET level = '`+test.clinician+`' WHERE name = 'clinician';
			UPDATE access.role SET level = 'attested' WHERE name = 'record_clinician'`) // which the user is not
		if err := s.directory.refresh(t.Context()); err != nil {
			t.Fatal(err)
		}
		for _, level := range []certs.Level{0, certs.Software, certs.Card, certs.Attested} {
			want := Kind("")
			if level < test.least {
				want = LevelTooLow
			}
			v := ask(t, s, level)
			if got := kindOf(v); got != want {
				t.Errorf("roles demand %s and %s, the token is %s: refused as %q, want %q", test.police, test.clinician, level, got, want)
			}
			if e := v.Event("page.home"); e.User != levelUser || len(e.Roles) != 2 {
				t.Errorf("the refusal's event names %q with %v, want the holder", e.User, e.Roles)
			}
		}
	}
}

// A role that demands more from now on refuses at once: the live session, and the answer
// that is being made.
func TestLevelRises(t *testing.T) {
	s, d := newLevels(t)
	first := ask(t, s, certs.Software)
	cookie, err := s.SignIn(t.Context(), first, audit.Event{})
	if err != nil {
		t.Fatal(err)
	}
	before := ask(t, s, certs.Software, cookie)
	if before.principal.Session() == "" || before.principal.SessionKey() == [32]byte{} {
		t.Fatalf("the session is %q, refusal %v", before.principal.Session(), before.refusal)
	}
	if err := s.Recheck(t.Context(), before.principal, 0, before.principal.Generation()); err != nil {
		t.Errorf("Recheck before the change = %v", err)
	}
	change(t, d, `UPDATE access.role SET level = 'card' WHERE name = 'clinician'`)
	if err := s.Recheck(t.Context(), before.principal, 0, before.principal.Generation()+1); KindOf(err) != LevelTooLow {
		t.Errorf("Recheck after the change = %v, want %s", err, LevelTooLow)
	}
	if got := kindOf(ask(t, s, certs.Software, cookie)); got != LevelTooLow {
		t.Errorf("the session's next request is refused as %q, want %q", got, LevelTooLow)
	}
	change(t, d, `UPDATE access.role SET level = 'software' WHERE name = 'clinician'`)
	if err := s.directory.refresh(t.Context()); err != nil {
		t.Fatal(err)
	}
	after := ask(t, s, certs.Software, cookie)
	if got := kindOf(after); got != "" || after.principal.SessionKey() != before.principal.SessionKey() {
		t.Errorf("after the demand is gone: refused as %q", got)
	}
}

// What was sealed opens in the session's next request, and not after its end.
func TestSealFollowsTheSession(t *testing.T) {
	s, _ := newLevels(t)
	first := ask(t, s, certs.Software)
	if _, err := first.Seal("find", nil); err == nil {
		t.Error("Seal before sign-in = nil error")
	}
	cookie, err := s.SignIn(t.Context(), first, audit.Event{})
	if err != nil {
		t.Fatal(err)
	}
	text, err := ask(t, s, certs.Software, cookie).Seal("find", []byte("plain"))
	if err != nil {
		t.Fatal(err)
	}
	next := ask(t, s, certs.Software, cookie)
	if got, err := next.Open("find", text); err != nil || string(got) != "plain" {
		t.Errorf("Open in the next request = %q, %v", got, err)
	}
	again, err := s.SignIn(t.Context(), next, audit.Event{})
	if err != nil {
		t.Fatal(err)
	}
	for _, cookie := range []*http.Cookie{cookie, again} {
		if got, err := ask(t, s, certs.Software, cookie).Open("find", text); err == nil {
			t.Errorf("Open after a new sign-in = %q", got)
		}
	}
}

// A level that the program does not know refuses; the database refuses to hold one.
func TestUnknownLevel(t *testing.T) {
	for _, test := range []struct {
		names []string
		want  certs.Level
		ok    bool
	}{
		{nil, 0, true}, {[]string{"software"}, certs.Software, true}, {[]string{"card", "software"}, certs.Card, true},
		{[]string{"software", "gold"}, 0, false}, {[]string{""}, 0, false}, {[]string{"none"}, 0, false},
	} {
		if got, err := demanded(test.names); got != test.want || (err == nil) != test.ok {
			t.Errorf("demanded(%q) = %v, %v, want %v, ok %v", test.names, got, err, test.want, test.ok)
		}
	}
	_, d := newLevels(t)
	for _, role := range []pg.Role{pg.Creds, pg.Register} {
		if _, err := d.Open(t, role).Exec(t.Context(), `UPDATE access.role SET level = 'software'`); err == nil {
			t.Errorf("%s lowers the level that a role demands", role)
		}
	}
	if _, err := d.Owner().Exec(t.Context(), `UPDATE access.role SET level = 'none'`); err == nil {
		t.Error("the database takes a level that there is not")
	}
}
