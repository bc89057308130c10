package creds_test

import (
	"context"
	"errors"
	"slices"
	"testing"
	"time"

	"mais/ca/catest"
	"mais/ca/migrations"
	"mais/certs"
	"mais/internal/pg"
	"mais/internal/pg/pgtest"
	"mais/server/internal/audit"
	"mais/server/internal/authn/internal/creds"
	servermigrations "mais/server/migrations"
)

var limits = creds.Limits{Idle: 15 * time.Minute, Total: 12 * time.Hour}

type fixture struct {
	*creds.Store
	owner      *pg.DB // a superuser
	creds      *pg.DB // the store's login role
	user, site string
}

func open(t *testing.T) fixture {
	t.Helper()
	db := pgtest.New(t, migrations.Set, servermigrations.Set)
	store, err := creds.Open(t.Context(), db.Source(), catest.New(t, db))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { store.Close() })
	f := fixture{Store: store, owner: db.Owner(), creds: db.Open(t, pg.Creds)}
	err = f.owner.QueryRow(t.Context(), `
		WITH a AS (INSERT INTO access.agency (name, kind) VALUES ('Agency', 'police') RETURNING id),
		s AS (INSERT INTO access.site (agency, name) SELECT id, 'Site' FROM a RETURNING id),
		n AS (INSERT INTO access.subnet SELECT id, '10.0.0.0/8' FROM s),
		u AS (INSERT INTO access.user_account (email, name, agency) SELECT 'user@agency.example', 'User', id FROM a RETURNING id),
		us AS (INSERT INTO access.user_site SELECT u.id, s.id FROM u, s),
		r AS (INSERT INTO access.user_role SELECT id, 'clinician' FROM u)
		SELECT u.id::text, s.id::text FROM u, s`).Scan(&f.user, &f.site)
	if err != nil {
		t.Fatal(err)
	}
	return f
}

var ref = certs.Ref{Issuer: "people-1", Serial: "0123456789abcdef0123456789abcdef"}

func (f fixture) session(t *testing.T, key byte) creds.SessionKey {
	t.Helper()
	k := creds.SessionKey{key}
	err := f.Create(t.Context(), creds.Session{Key: k, User: f.user, Site: f.site, Certificate: ref, Listener: "mutual"}, event("session.start"))
	if err != nil {
		t.Fatal(err)
	}
	return k
}

// rewrite changes a session as none may, its guard switched off.
func (f fixture) rewrite(t *testing.T, key creds.SessionKey, change string) {
	t.Helper()
	err := f.owner.Transact(t.Context(), func(tx *pg.Tx) error {
		if _, err := tx.Exec(t.Context(), `ALTER TABLE access.session DISABLE TRIGGER guard`); err != nil {
			return err
		}
		if _, err := tx.Exec(t.Context(), `UPDATE access.session SET `+change+` WHERE id_hash = $1`, key[:]); err != nil {
			return err
		}
		_, err := tx.Exec(t.Context(), `ALTER TABLE access.session ENABLE ALWAYS TRIGGER guard`)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
}

func event(act string) audit.Event { return audit.Event{Act: act, Outcome: audit.Allowed} }

func describe(v creds.Session) audit.Event { return event("session.end") }

func TestUserAndSites(t *testing.T) {
	f := open(t)
	u, err := f.User(t.Context(), f.user)
	if err != nil || u.Email != "user@agency.example" || u.Agency != "Agency" || !slices.Equal(u.Sites, []string{f.site}) || !slices.Equal(u.Roles, []string{"clinician"}) || !u.LeftAt.IsZero() {
		t.Errorf("User = %+v, %v", u, err)
	}
	if _, err := f.User(t.Context(), f.site); !errors.Is(err, creds.ErrUnknown) {
		t.Errorf("User of a site's id = %v, want ErrUnknown", err)
	}
	sites, err := f.Sites(t.Context())
	if err != nil || len(sites) != 1 || sites[0].Name != "Site" || !slices.Equal(sites[0].Prefixes, []string{"10.0.0.0/8"}) {
		t.Errorf("Sites = %+v, %v", sites, err)
	}
	before, err := f.Generation(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	f.session(t, 1) // says nothing of what is permitted
	if after, err := f.Generation(t.Context()); err != nil || after != before {
		t.Errorf("Generation = %d, %v; want %d", after, err, before)
	}
}

func TestSessionLife(t *testing.T) {
	f := open(t)
	for name, test := range map[string]struct {
		change              string
		live, ended, rested bool
	}{
		"fresh":         {``, true, false, false},
		"used long ago": {`seen_at = now() - interval '2 minutes'`, true, false, true},
		"idle":          {`seen_at = now() - interval '15 minutes 1 second'`, false, false, true},
		"old but used":  {`created_at = now() - interval '12 hours 1 second'`, false, false, false},
		"ended":         {`ended_at = now(), end_reason = 'test'`, false, true, false},
	} {
		if _, err := f.owner.Exec(t.Context(), `DELETE FROM access.session`); err != nil {
			t.Fatal(err)
		}
		key := f.session(t, 1)
		if test.change != "" {
			f.rewrite(t, key, test.change)
		}
		got, err := f.Find(t.Context(), key, limits)
		why := map[bool]string{true: "test"}[test.ended]
		want := creds.Session{Key: key, Why: why, User: f.user, Site: f.site, Certificate: ref, Listener: "mutual", Live: test.live, Ended: test.ended, Rested: test.rested}
		if err != nil || got != want {
			t.Errorf("%s: Find = %+v, %v; want %+v", name, got, err, want)
		}
	}
	if _, err := f.Find(t.Context(), creds.SessionKey{9}, limits); !errors.Is(err, creds.ErrUnknown) {
		t.Errorf("Find of no session = %v, want ErrUnknown", err)
	}
}

func TestTouch(t *testing.T) {
	f := open(t)
	key := f.session(t, 1)
	f.rewrite(t, key, `seen_at = now() - interval '5 minutes'`)
	if err := f.Touch(t.Context(), key); err != nil {
		t.Fatal(err)
	}
	if got, err := f.Find(t.Context(), key, limits); err != nil || got.Rested {
		t.Errorf("Find after Touch = %+v, %v", got, err)
	}
	// Of two touches at once the later may commit first, which is no error of the other.
	f.rewrite(t, key, `seen_at = now() + interval '1 hour'`)
	if err := f.Touch(t.Context(), key); err != nil {
		t.Errorf("Touch of one seen since = %v", err)
	}
}

// TestGuard: neither the credentials' login role nor a superuser brings a session back or
// makes one younger.
func TestGuard(t *testing.T) {
	f := open(t)
	ended, live := f.session(t, 1), f.session(t, 2)
	if err := f.End(t.Context(), ended, "test", describe); err != nil {
		t.Fatal(err)
	}
	for who, db := range map[string]*pg.DB{"mais_creds": f.creds, "a superuser": f.owner} {
		for change, key := range map[string]creds.SessionKey{
			`ended_at = NULL, end_reason = NULL`:   ended,
			`end_reason = 'sign-out'`:              ended,
			`seen_at = now()`:                      ended,
			`seen_at = seen_at - interval '1 min'`: live,
		} {
			if _, err := db.Exec(t.Context(), `UPDATE access.session SET `+change+` WHERE id_hash = $1`, key[:]); err == nil {
				t.Errorf("%s may set %s", who, change)
			}
		}
	}
	if _, err := f.owner.Exec(t.Context(), `SET session_replication_role = replica; UPDATE access.session SET seen_at = '-infinity'`); err == nil {
		t.Error("replication's back door is open")
	}
}

// TestEnd: each end commits with one event, also when two end the same session at once.
func TestEnd(t *testing.T) {
	f := open(t)
	one, two, three := f.session(t, 1), f.session(t, 2), f.session(t, 3)
	done := make(chan error)
	for range 2 {
		go func() { done <- f.End(context.Background(), one, "test", describe) }()
	}
	for range 2 {
		if err := <-done; err != nil {
			t.Fatal(err)
		}
	}
	f.rewrite(t, two, `seen_at = now() - interval '1 hour'`)
	if err := f.EndIdle(t.Context(), limits, limits, describe); err != nil {
		t.Fatal(err)
	}
	if err := f.EndOfCertificate(t.Context(), certs.Ref{Issuer: ref.Issuer, Serial: "ff"}, "revoked", describe); err != nil {
		t.Fatal(err)
	}
	if got, err := f.Find(t.Context(), three, limits); err != nil || !got.Live {
		t.Errorf("a session of another certificate = %+v, %v; want it live", got, err)
	}
	if err := f.EndOfCertificate(t.Context(), ref, "revoked", describe); err != nil {
		t.Fatal(err)
	}
	var reasons []string
	var events int
	err := f.owner.QueryRow(t.Context(), `SELECT array_agg(end_reason ORDER BY id_hash),
		(SELECT count(*) FROM audit.event WHERE act = 'session.end') FROM access.session`).Scan(pg.Array(&reasons), &events)
	if err != nil || !slices.Equal(reasons, []string{"test", "timeout", "revoked"}) || events != 3 {
		t.Errorf("the ends are %v with %d events, %v; want test, timeout, revoked with 3", reasons, events, err)
	}
}

// TestUnauditedEnd: what cannot be recorded does not happen.
func TestUnauditedEnd(t *testing.T) {
	f := open(t)
	key := f.session(t, 1)
	err := f.End(t.Context(), key, "test", func(creds.Session) audit.Event { return audit.Event{} })
	if !errors.Is(err, audit.ErrInvalid) {
		t.Fatalf("End with an event that cannot be recorded = %v", err)
	}
	if got, err := f.Find(t.Context(), key, limits); err != nil || !got.Live {
		t.Errorf("the session = %+v, %v; want it live", got, err)
	}
}
