package oversight_test

import (
	"log/slog"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"mais/config"
	"mais/internal/pg"
	"mais/server/internal/audit"
	"mais/server/internal/mail"
	"mais/server/internal/oversight"
)

// letters returns what was written to whom, and how.
func (f *fixture) letters() []string {
	f.t.Helper()
	rows, err := f.owner.Query(f.t.Context(), `SELECT recipient || ' ' || subject || ': ' || substring(body FROM E'\n\n  ([^\n:]*):') FROM mail.message WHERE kind = 'alert' ORDER BY created_at, recipient`)
	list, err := pg.Collect(rows, err, func(r *pg.Rows) (line string, err error) { return line, r.Scan(&line) })
	if err != nil {
		f.t.Fatal(err)
	}
	return list
}

// TestTell: a governance officer is written to of the alarms that wait, whoever raised them; not
// of one that somebody has settled, is about the officer, or is old.
func TestTell(t *testing.T) {
	f := open(t)
	now := time.Now()
	_, err := f.owner.Exec(t.Context(), `WITH a AS (INSERT INTO access.agency (name, kind) VALUES ('Agency', 'police') RETURNING id), u AS (
			INSERT INTO access.user_account (id, email, name, agency) SELECT '`+officer+`', 'governor@agency.example', 'Gwen Governor', id FROM a RETURNING id)
		INSERT INTO access.user_role (user_id, role) SELECT id, 'governance_officer' FROM u`)
	if err != nil {
		t.Fatal(err)
	}
	post, err := mail.Open(t.Context(), mail.Options{
		Settings: &config.Mail{Directory: t.TempDir(), From: "mais@mais.example"}, Source: f.source, Deployment: "MAIS", Contact: "the desk", Host: "localhost",
		Log: slog.New(slog.DiscardHandler), Now: func() time.Time { return now },
	})
	if err != nil {
		t.Fatal(err)
	}
	defer post.Close()
	s := oversight.New(oversight.Options{Log: f.log, Recheck: f, Post: post, Logger: slog.New(slog.DiscardHandler)})
	tell := func(want ...string) {
		t.Helper()
		if err := s.Tell(t.Context(), now); err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(want, f.letters()); diff != "" {
			t.Errorf("written (-want +got)\n%s", diff)
		}
	}
	f.write([]happened{{at: now.AddDate(0, 0, -2), user: userNo(1), person: personNo(1), act: "alarm.failures", outcome: "allowed"}})
	settled := f.append(audit.Event{Act: "alarm.scraping", Outcome: audit.Allowed, User: dana})
	if err := f.Settle(t.Context(), f.look(), settled, "a training day"); err != nil {
		t.Fatal(err)
	}
	f.append(audit.Event{Act: "alarm.odd-hours", Outcome: audit.Allowed, User: officer})
	tell()
	f.append(audit.Event{Act: "alarm.spraying", Outcome: audit.Refused})
	first := "governor@agency.example MAIS: an alert waits for governance: passwords are being tried at many accounts"
	tell(first)
	f.append(audit.Event{Act: "alarm.refusals", Outcome: audit.Allowed, User: dana})
	tell(first) // not within the hour
	now = now.Add(time.Hour)
	tell(first, "governor@agency.example MAIS: an alert waits for governance: many requests were refused")
	if err := f.Tell(t.Context(), now); err != nil {
		t.Errorf("Tell without mail = %v, want nil", err)
	}
}
