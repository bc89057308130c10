package ca_test

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	"mais/ca"
	"mais/ca/catest"
	"mais/certs"
	"mais/internal/pg"
)

func TestStatusTransitions(t *testing.T) {
	f := newFixture(t)
	ctx := context.Background()
	revoke := func(r certs.Ref) error { return f.Revoke(ctx, r, ca.KeyCompromise, "test") }
	supersede := func(r certs.Ref) error { return f.Revoke(ctx, r, ca.ReasonSuperseded, "test") }
	leave := func(r certs.Ref) error { return f.Revoke(ctx, r, ca.CessationOfOperation, "test") }
	hold := func(r certs.Ref) error { return f.Hold(ctx, r, "test") }
	release := func(r certs.Ref) error { return f.Release(ctx, r, "test") }
	type step struct {
		act  func(certs.Ref) error
		want error
	}
	for name, test := range map[string]struct {
		steps  []step
		status certs.Status
		reason string
	}{
		"hold and release":   {[]step{{hold, nil}, {hold, ca.ErrAlready}, {release, nil}, {release, ca.ErrAlready}}, certs.Active, ""},
		"hold":               {[]step{{hold, nil}}, certs.Held, "certificateHold"},
		"hold and revoke":    {[]step{{hold, nil}, {revoke, nil}}, certs.Revoked, "keyCompromise"},
		"revoke is for good": {[]step{{revoke, nil}, {revoke, ca.ErrAlready}, {release, ca.ErrNotAllowed}, {hold, ca.ErrNotAllowed}}, certs.Revoked, "keyCompromise"},
		"the first reason":   {[]step{{supersede, nil}, {leave, ca.ErrAlready}}, certs.Revoked, "superseded"},
		"raised":             {[]step{{supersede, nil}, {revoke, nil}, {revoke, ca.ErrAlready}, {supersede, ca.ErrAlready}}, certs.Revoked, "keyCompromise"},
	} {
		t.Run(name, func(t *testing.T) {
			ref := f.Person(t, "Jane Doe").Ref
			for n, s := range test.steps {
				if err := s.act(ref); !errors.Is(err, s.want) {
					t.Errorf("step %d = %v, want %v", n, err, s.want)
				}
			}
			if e, err := f.Get(ctx, ref); err != nil || e.Status != test.status || e.Reason != test.reason {
				t.Errorf("it is %s for %q, %v, want %s for %q", e.Status, e.Reason, err, test.status, test.reason)
			}
		})
	}
	unknown := certs.Ref{Issuer: "people-1", Serial: certs.SerialHex(certs.NewSerial())}
	for name, act := range map[string]func(certs.Ref) error{"revoke": revoke, "hold": hold, "release": release} {
		if err := act(unknown); !errors.Is(err, ca.ErrUnknown) {
			t.Errorf("%s of an unknown one = %v, want %v", name, err, ca.ErrUnknown)
		}
	}
	for _, reason := range []ca.Reason{6, 2, 7, 8, 10, 11, -1} {
		if err := f.Revoke(ctx, f.Person(t, "Jane Doe").Ref, reason, "test"); !errors.Is(err, ca.ErrNotAllowed) {
			t.Errorf("Revoke for %v = %v, want %v", reason, err, ca.ErrNotAllowed)
		}
	}
}

func TestExpired(t *testing.T) {
	f := newFixture(t)
	ctx, person := context.Background(), f.Person(t, "Jane Doe")
	f.SetNow(func() time.Time { return person.Certificate.NotAfter })
	if err := f.Hold(ctx, person.Ref, "test"); !errors.Is(err, ca.ErrNotAllowed) {
		t.Errorf("Hold of an expired one = %v, want %v", err, ca.ErrNotAllowed)
	}
	if err := f.Revoke(ctx, person.Ref, ca.KeyCompromise, "test"); err != nil {
		t.Errorf("Revoke of an expired one = %v", err)
	}
}

// Without a grace period a renewed certificate ends at once; and it can be revoked still.
func TestSupersededCanStillBeRevoked(t *testing.T) {
	f := newFixture(t, func(o *ca.Options) { o.Grace = 0 })
	ctx, old := context.Background(), f.Person(t, "Jane Doe")
	if _, err := f.Renew(ctx, old.Ref, catest.Request(t, catest.Key(t)), ca.Evidence{}); err != nil {
		t.Fatal(err)
	}
	if n, err := f.Supersede(ctx); n != 1 || err != nil {
		t.Fatalf("Supersede = %d, %v, want 1", n, err)
	}
	if err := f.Hold(ctx, old.Ref, "test"); !errors.Is(err, ca.ErrNotAllowed) {
		t.Errorf("Hold = %v, want %v", err, ca.ErrNotAllowed)
	}
	if err := f.Revoke(ctx, old.Ref, ca.KeyCompromise, "test"); err != nil {
		t.Errorf("Revoke = %v", err)
	}
}

func TestParseReason(t *testing.T) {
	for _, r := range []ca.Reason{ca.Unspecified, ca.KeyCompromise, ca.AffiliationChanged, ca.ReasonSuperseded, ca.CessationOfOperation, ca.PrivilegeWithdrawn} {
		if got, err := ca.ParseReason(r.String()); err != nil || got != r {
			t.Errorf("ParseReason(%s) = %v, %v", r, got, err)
		}
	}
	for _, name := range []string{"", "certificateHold", "removeFromCRL", "reason 2"} {
		if _, err := ca.ParseReason(name); err == nil {
			t.Errorf("ParseReason(%q) = nil error, want one", name)
		}
	}
}

func TestFind(t *testing.T) {
	f := newFixture(t)
	ctx, person := context.Background(), f.Person(t, "Jane Doe")
	found, err := f.Find(ctx, person.Ref.Serial)
	if err != nil || len(found) != 1 || found[0].Ref != person.Ref {
		t.Errorf("Find = %v, %v, want %v", found, err, person.Ref)
	}
	id, _ := certs.IdentityOf(person.Certificate)
	if found, err = f.FindIdentity(ctx, id); err != nil || len(found) != 1 || found[0].Name != "Jane Doe" {
		t.Errorf("FindIdentity = %v, %v", found, err)
	}
	if found, err = f.Find(ctx, "00"); err != nil || len(found) != 0 {
		t.Errorf("Find(00) = %v, %v, want none", found, err)
	}
}

// The schema guards its rules against any SQL, the superuser's included, also when it says
// that it only replays what was decided elsewhere.
func TestSchemaGuards(t *testing.T) {
	f := newFixture(t)
	ctx := context.Background()
	active, revoked := f.Person(t, "a").Ref.Serial, f.Person(t, "b").Ref
	f.invite(t, invitation(t))
	if err := f.Revoke(ctx, revoked, ca.KeyCompromise, "test"); err != nil {
		t.Fatal(err)
	}
	for _, statement := range []string{
		`UPDATE ca.certificate SET status = 'active' WHERE serial = '` + revoked.Serial + `'`,
		`UPDATE ca.certificate SET status = 'held' WHERE serial = '` + revoked.Serial + `'`,
		`UPDATE ca.certificate SET reason = 0 WHERE serial = '` + revoked.Serial + `'`,
		`UPDATE ca.certificate SET status_at = now() WHERE serial = '` + revoked.Serial + `'`,
		`UPDATE ca.certificate SET status = 'gone' WHERE serial = '` + active + `'`,
		`UPDATE ca.certificate SET identity = 'urn:mais:user:x' WHERE serial = '` + active + `'`,
		`UPDATE ca.certificate SET not_after = 'infinity' WHERE serial = '` + active + `'`,
		`UPDATE ca.certificate SET sha256 = sha256(der || 'x') WHERE serial = '` + active + `'`,
		`DELETE FROM ca.certificate`,
		`TRUNCATE ca.certificate CASCADE`,
		`UPDATE ca.status_change SET status = 'active'`,
		`DELETE FROM ca.status_change`,
		`TRUNCATE ca.status_change`,
		`UPDATE ca.status_counter SET number = 0`,
		`UPDATE ca.status_counter SET number = number + 2`,
		`DELETE FROM ca.status_counter`,
		`INSERT INTO ca.status_counter (number) VALUES (0)`,
		`UPDATE ca.enrolment_order SET used_at = NULL WHERE used_at IS NOT NULL`,
		`UPDATE ca.enrolment_order SET tries = -1`,
		`UPDATE ca.enrolment_order SET expires_at = 'infinity'`,
		`UPDATE ca.enrolment_order SET identity = 'urn:mais:user:x'`,
		`DELETE FROM ca.enrolment_order`,
		`INSERT INTO ca.enrolment_order (id, secret_sha256, identity, profile, holder, name, created_by, expires_at)
			SELECT 'second', secret_sha256, identity, profile, holder, name, created_by, expires_at FROM ca.enrolment_order WHERE used_at IS NULL`,
		`UPDATE ca.subject_key SET identity = 'x'`,
		`DELETE FROM ca.subject_key`,
		`DELETE FROM ca.issuer`,
		`UPDATE ca.issuer SET certificate = 'x'`,
	} {
		for _, first := range []string{"", "SET LOCAL session_replication_role = replica; "} {
			if _, err := f.db.Owner().Exec(ctx, first+statement); err == nil {
				t.Errorf("%s%s was allowed", first, statement)
			}
		}
	}
	if n := f.count(t, `SELECT count(*) FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid
		WHERE c.relnamespace = 'ca'::regnamespace AND NOT t.tgisinternal AND t.tgenabled <> 'A'`); n != 0 {
		t.Errorf("%d triggers of the schema can be slept through", n)
	}
}

// The role that the CA runs as can do what it needs and not more.
func TestRoleIsLimited(t *testing.T) {
	f := newFixture(t)
	ctx, db := context.Background(), f.db.Open(t, pg.CA)
	f.Person(t, "a")
	for _, statement := range []string{
		`DELETE FROM ca.certificate`,
		`TRUNCATE ca.crl`,
		`UPDATE ca.certificate SET der = ''`,
		`UPDATE ca.status_counter SET number = number + 1`,
		`INSERT INTO ca.status_change SELECT 99, issuer, serial, 'active', now() FROM ca.certificate`,
		`UPDATE ca.enrolment_order SET expires_at = 'infinity'`,
		`SELECT ca.number_status()`,
		`ALTER TABLE ca.certificate DISABLE TRIGGER guard`,
		`CREATE TABLE ca.x ()`,
		`SET ROLE mais_owner`,
	} {
		if _, err := db.Exec(ctx, statement); err == nil {
			t.Errorf("%s was allowed to %s", statement, pg.CA)
		}
	}
	for _, role := range pg.Roles() {
		if role == pg.CA || role == pg.Migrator {
			continue
		}
		if _, err := f.db.Open(t, role).Exec(ctx, `SELECT FROM ca.certificate`); err == nil || !strings.Contains(err.Error(), "permission denied") {
			t.Errorf("%s reads the inventory: %v", role, err)
		}
	}
}

// Plain SQL counts: its changes are numbered like ours, without a gap, in commit order, and
// an undone one leaves no hole.
func TestChangesAreNumbered(t *testing.T) {
	f := newFixture(t)
	ctx, owner := context.Background(), f.db.Owner()
	var serials []string
	for range 4 {
		serials = append(serials, f.Person(t, "a").Ref.Serial)
	}
	undone := errors.New("undone")
	for _, test := range []struct {
		sql  string
		fail error
	}{
		{`UPDATE ca.certificate SET status = 'held' WHERE serial = '` + serials[0] + `'`, nil},
		{`UPDATE ca.certificate SET status = 'revoked' WHERE serial = '` + serials[1] + `'`, undone},
		{`UPDATE ca.certificate SET status = 'revoked'`, nil},
		{`UPDATE ca.certificate SET status = 'revoked'`, nil}, // changes nothing
	} {
		err := owner.Transact(ctx, func(tx *pg.Tx) error {
			if _, err := tx.Exec(ctx, test.sql); err != nil {
				return err
			}
			return test.fail
		})
		if !errors.Is(err, test.fail) {
			t.Fatalf("%s: %v", test.sql, err)
		}
	}
	rows, err := owner.Query(ctx, `SELECT number, status FROM ca.status_change ORDER BY number`)
	got, err := pg.Collect(rows, err, func(r *pg.Rows) (s string, err error) {
		var number, status string
		err = r.Scan(&number, &status)
		return number + status, err
	})
	if want := "1held 2revoked 3revoked 4revoked 5revoked"; err != nil || strings.Join(got, " ") != want {
		t.Errorf("changes = %v, %v, want %s", got, err, want)
	}
}
