package server

import (
	"strings"
	"testing"
	"time"

	"mais/ca/catest"
	camigrations "mais/ca/migrations"
	"mais/internal/pg/pgtest"
	"mais/server/api"
	"mais/server/internal/people"
	"mais/server/migrations"
)

// A check says when nobody is left who lets others in, and when something that was taken away is in no
// journal for longer than it takes to write it.
func TestCheckAccess(t *testing.T) {
	db := pgtest.New(t, camigrations.Set, migrations.Set)
	register, err := people.Open(t.Context(), db.Source(), catest.New(t, db))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { register.Close() })
	s := &Server{register: register}
	exec := func(sql string) {
		t.Helper()
		if _, err := db.Owner().Exec(t.Context(), sql); err != nil {
			t.Fatal(err)
		}
	}
	want := func(got api.CheckItem, state, do string) {
		t.Helper()
		if got.State != state || !strings.Contains(got.Do, do) || (got.Do == "") != (do == "") {
			t.Errorf("%s is %s (%s), next %q, want %s and %q", got.What, got.State, got.Says, got.Do, state, do)
		}
	}
	want(s.checkAdministrators(t.Context()), "fault", "mais-server admin rescue-admin")
	want(s.checkUnwritten(t.Context()), "ok", "")
	exec(`WITH a AS (INSERT INTO access.agency (name, kind) VALUES ('Trust', 'health') RETURNING id),
		u AS (INSERT INTO access.user_account (email, name, agency) SELECT 'a@trust.example', 'A', id FROM a RETURNING id)
		INSERT INTO access.user_role (user_id, role) SELECT id, 'administrator' FROM u`)
	exec(`INSERT INTO access.withdrawal (what, leads, at) VALUES ('role nothing', true, now() - interval '50 seconds')`)
	want(s.checkAdministrators(t.Context()), "ok", "")
	want(s.checkUnwritten(t.Context()), "ok", "")
	exec(`UPDATE access.withdrawal SET at = at - interval '20 seconds'`)
	want(s.checkUnwritten(t.Context()), "fault", "start the service")
	want(s.checkRestored(t.Context()), "ok", "")
	exec(`SELECT audit.append('[{"act": "backup.restore", "outcome": "allowed", "detail": {"made": "2026-03-01T02:00:00Z"}}]')`)
	want(s.checkRestored(t.Context()), "ok", "")
	exec(`SELECT audit.append('[{"act": "access.withdrawn-again", "outcome": "allowed", "detail": {"identity": "urn:mais:user:1"}},
		{"act": "access.withdrawn-again", "outcome": "allowed", "detail": {"identity": "urn:mais:user:1"}}, {"act": "access.withdrawn-again", "outcome": "allowed", "detail": {}}]')`)
	want(s.checkRestored(t.Context()), "warning", "access.withdrawn-again")
	made := time.Date(2026, 3, 1, 2, 0, 0, 0, time.UTC)
	got, err := register.Restored(t.Context(), time.Now().Add(-time.Hour))
	if err != nil || got == nil || got.Made == nil || !got.Made.Equal(made) || got.Things != 3 || got.People != 1 {
		t.Errorf("the restore is %+v, %v", got, err)
	}
	if got, err := register.Restored(t.Context(), time.Now().Add(time.Hour)); err != nil || got != nil {
		t.Errorf("a restore of before is %+v, %v", got, err)
	}
	register.Close()
	want(s.checkRestored(t.Context()), "fault", "look at the log")
	want(s.checkAdministrators(t.Context()), "fault", "look at the log")
	want(s.checkUnwritten(t.Context()), "fault", "look at the log")
}
