package server

import (
	"errors"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"mais/config"
	"mais/server/api"
	"mais/server/internal/audit"
)

// TestGapAfterRestore: a look between a backup and the restore is gone from the audit, and whoever asks about that time is
// told so, on pages and by the API, with where it is.
func TestGapAfterRestore(t *testing.T) {
	w, key := newWholeWorld(t, nil), recoveryKey(t)
	governor := w.enrolled(t, "governance_officer", w.custody)
	const person = "5ad8b9f6-7c1e-4a52-9f0d-000000000042"
	session := w.sessionOf(t, governor)
	archive := w.backUp(t, key)
	if _, err := w.ledger.Append(t.Context(), audit.Event{Act: "record.show", Outcome: audit.Allowed, UserName: "Dana Whitlock", Persons: []string{person}}); err != nil {
		t.Fatal(err)
	}
	w.stop()
	err := <-w.finished
	w.finished <- err // for the end of the test
	out, err := w.restore(archive, key).Database(t.Context(), w.settings)
	if err != nil {
		t.Fatal(err)
	}
	again := w.startedAgain(t)
	c := again.client(t, custody, governor.tls)
	now := time.Now()
	for path, want := range map[string]int{
		api.PathAudit:                        1,
		api.PathAuditPerson + "/" + person:   1,
		api.PathAuditAlerts:                  1,
		api.PathAuditRefusals:                1,
		api.PathAuditFigures:                 1,
		api.PathAuditSession + "/" + session: 1,
		api.PathAuditSession + "/" + again.sessionOf(t, governor):   0,
		api.PathAudit + since(now, "from"):                          0,
		api.PathAudit + since(out.Made, "to"):                       0,
		api.PathAudit + since(out.Made.Add(time.Millisecond), "to"): 1,
	} {
		var got struct{ Gaps []api.AuditGap }
		c.get(t, again.urls.Mutual+path).decode(t, http.StatusOK, &got)
		if len(got.Gaps) != want {
			t.Errorf("GET %s: gaps %+v, want %d", path, got.Gaps, want)
			continue
		}
		for _, g := range got.Gaps {
			if !g.From.Equal(out.Made) || !g.To.After(g.From) || g.To.After(now) || !strings.Contains(g.Says, filepath.Base(out.Aside)) {
				t.Errorf("GET %s: the gap is %+v, want it from %s on, and %s named", path, g, out.Made, out.Aside)
			}
		}
	}
	for from, want := range map[time.Time]int{now.AddDate(0, 0, -1): 1, now: 0} {
		exported := c.get(t, again.urls.Mutual+api.PathAuditExport+since(from, "from")+"&format=csv")
		said := exported.Header.Values(api.HeaderAuditGap)
		if exported.StatusCode != http.StatusOK || len(said) != want || want > 0 && !strings.Contains(said[0], filepath.Base(out.Aside)) {
			t.Errorf("the export from %s on = %d, says %q of gaps, want %d", from, exported.StatusCode, said, want)
		}
	}
	v := &visitor{client: c, world: again, cookie: again.signIn(t, c)}
	for _, path := range []string{"/audit", "/audit/people/" + person, "/audit/alerts", "/audit/refusals", "/audit/figures", "/audit/sessions/" + session, "/audit?from=" + now.AddDate(0, 0, -1).Format(time.DateOnly)} {
		v.page(t, path).wantPage(t, http.StatusOK, "The audit has nothing between")
	}
	if kept := entriesKept(t, out); !strings.Contains(kept, "Dana Whitlock") {
		t.Errorf("the database that was kept has %q, want the look", kept)
	}
}

// sessionOf signs somebody in and returns the name of their session.
func (w *world) sessionOf(t *testing.T, k token) string {
	t.Helper()
	c := w.client(t, custody, k.tls)
	w.signIn(t, c)
	var own api.Sessions
	c.get(t, w.urls.Mutual+api.PathSessions).decode(t, http.StatusOK, &own)
	if len(own.Sessions) != 1 {
		t.Fatalf("the sessions are %+v, want one", own.Sessions)
	}
	return own.Sessions[0].Name
}

// startedAgain serves what was stopped and restored.
func (w *world) startedAgain(t *testing.T) *world {
	t.Helper()
	opened, err := New(t.Context(), w.settings, testLog())
	if err != nil {
		t.Fatal(err)
	}
	again := &world{Server: opened, dir: w.dir, finished: make(chan error, 1)}
	if err := again.run(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		again.stop()
		if err := <-again.finished; err != nil {
			t.Errorf("Run = %v, want nil", err)
		}
	})
	return again
}

// entriesKept reads what the database of before has since the backup, as docs/operations.md says.
func entriesKept(t *testing.T, out Restored) string {
	t.Helper()
	before := shortDir(t)
	if err := os.Rename(out.Aside, filepath.Join(before, databaseName)); err != nil {
		t.Fatal(err)
	}
	psql, stop, err := pgClient(t.Context(), &config.Server{DataDir: before}, "psql", "--csv", "-c", "SELECT * FROM audit.event WHERE at >= '"+out.Made.Format(time.RFC3339)+"' ORDER BY id")
	if err != nil {
		t.Fatal(err)
	}
	text, err := psql.Output()
	if err := errors.Join(err, stop()); err != nil {
		t.Fatal(err)
	}
	return string(text)
}

func since(at time.Time, field string) string {
	return "?" + url.Values{field: {at.UTC().Format(time.RFC3339Nano)}}.Encode()
}
