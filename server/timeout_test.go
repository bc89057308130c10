package server

import (
	"net/http"
	"testing"

	"mais/internal/pg"
	"mais/server/api"
	"mais/server/internal/audit"
)

// TestTimeoutIsRecorded: a session whose server is gone, however that went, is ended by whichever
// server looks first once it is past its limits, and there is one entry of its end. A server that
// stops leaves the session as one that is killed does: open, with nothing said of it.
func TestTimeoutIsRecorded(t *testing.T) {
	w := newWorld(t, nil)
	k := w.enrolled(t, "police_officer", w.custody)
	for name, column := range map[string]string{"unused for too long": "seen_at", "too old": "created_at"} {
		t.Run(name, func(t *testing.T) {
			gone := w.another(t, nil)
			cookie := gone.signIn(t, gone.client(t, custody, k.tls))
			gone.stop()
			gone.finished <- <-gone.finished
			started := w.entries(t, "act = 'session.start' AND serial = $1", k.ref.Serial)
			session := started[len(started)-1].Session
			if ends := w.entries(t, "act = 'session.end' AND session = $1", session); len(ends) != 0 {
				t.Fatalf("the server that went has ended the session: %+v", ends)
			}
			w.backdate(t, column, k.ref.Serial)
			nodes := []*world{w.another(t, nil), w.another(t, nil)} // each looks when it starts
			var ends []entry
			eventually(t, "the session's end is recorded", func() bool {
				ends = w.entries(t, "act = 'session.end' AND session = $1", session)
				return len(ends) > 0
			})
			for _, n := range nodes {
				n.client(t, custody, k.tls).get(t, n.urls.Mutual+api.PathWhoami, "Cookie", cookie).wantProblem(t, http.StatusUnauthorized, api.SessionEnded)
			}
			ends = w.entries(t, "act = 'session.end' AND session = $1", session)
			if len(ends) != 1 || ends[0].Reason != "timeout" || ends[0].User != k.user || ends[0].Outcome != string(audit.Allowed) {
				t.Errorf("the end is recorded as %+v", ends)
			}
		})
	}
}

// backdate lets the open sessions of a certificate be two days older by a column.
func (w *world) backdate(t *testing.T, column, serial string) {
	t.Helper()
	db, err := w.source.Open(t.Context(), pg.Migrator)
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	err = db.Transact(t.Context(), func(tx *pg.Tx) error {
		for _, sql := range []string{
			`ALTER TABLE access.session DISABLE TRIGGER guard`,
			`UPDATE access.session SET ` + column + ` = ` + column + ` - interval '2 days' WHERE ended_at IS NULL AND serial = '` + serial + `'`,
			`ALTER TABLE access.session ENABLE ALWAYS TRIGGER guard`,
		} {
			if _, err := tx.Exec(t.Context(), sql); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}
