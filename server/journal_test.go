package server

import (
	"net/http"
	"strings"
	"testing"

	"mais/ca/catest"
	camigrations "mais/ca/migrations"
	"mais/internal/pg/pgtest"
	"mais/server/api"
	"mais/server/internal/audit"
	"mais/server/migrations"
)

// headsOfAnother returns the heads of a service with the same journal key and another
// database: what this one would have announced, had it not been restored.
func headsOfAnother(t *testing.T) string {
	t.Helper()
	other := catest.New(t, pgtest.New(t, camigrations.Set))
	other.Person(t, "Jane Doe")
	other.Follow(t)
	eventually(t, "an announcement", func() bool { return other.JournalHeads() != "" })
	return other.JournalHeads()
}

// A client that remembers more than the service does closes it, and nobody else's word does.
// After the journal was declared lost, two administrators let what is on hold be released.
func TestRememberedHead(t *testing.T) {
	source := pgtest.New(t, camigrations.Set, migrations.Set).Source()
	w := startedWorld(t, nil, &source)
	officer, admin := w.enrolled(t, "police_officer", w.custody), w.enrolled(t, "administrator", w.custody)
	c := w.client(t, custody, officer.tls)
	whoami := w.urls.Mutual + api.PathWhoami
	var announced string
	eventually(t, "an announcement", func() bool {
		announced = c.get(t, whoami).Header.Get(api.HeaderJournal)
		return announced != ""
	})
	if got := w.client(t, custody).get(t, whoami).Header.Get(api.HeaderJournal); got != "" {
		t.Errorf("a stranger is told %s", got)
	}
	if got := c.get(t, w.urls.Mutual+"/").Header.Get(api.HeaderJournal); got != "" {
		t.Errorf("a browser is told %s", got)
	}
	lost := headsOfAnother(t)
	parts := strings.Split(lost, ".")
	parts[2] += "0"
	for what, seen := range map[string]string{"known": announced, "forged": strings.Join(parts, "."), "nonsense": "1.2.3,,x", "long": strings.Repeat("x", 8<<10)} {
		if got := c.get(t, whoami, api.HeaderJournalSeen, seen); got.StatusCode != http.StatusOK {
			t.Errorf("a head that is %s = %d %s, want an answer", what, got.StatusCode, got.body)
		}
	}
	w.client(t, custody).get(t, whoami, api.HeaderJournalSeen, lost)
	if err := w.ready(t.Context()); err != nil {
		t.Fatalf("a stranger's word has closed the service: %v", err)
	}

	c.get(t, whoami, api.HeaderJournalSeen, lost).wantProblem(t, http.StatusServiceUnavailable, api.StatusStale)
	w.client(t, custody, admin.tls).get(t, whoami).wantProblem(t, http.StatusServiceUnavailable, api.StatusStale)
	if err := w.ready(t.Context()); err == nil || !strings.Contains(err.Error(), "journal") {
		t.Errorf("ready = %v, want the journal as the cause", err)
	}
	if events := w.entries(t, "act = 'journal.missing'"); len(events) != 1 || !strings.Contains(events[0].Detail["by"], officer.user) {
		t.Errorf("the audit has %+v, want one event that names who remembers", events)
	}

	q, err := w.authority.DeclareLost(t.Context(), "operator test", nil)
	if err != nil {
		t.Fatal(err)
	}
	eventually(t, "open", func() bool { return w.ready(t.Context()) == nil })
	for _, k := range []token{officer, admin} {
		w.client(t, custody, k.tls).get(t, whoami).wantProblem(t, http.StatusForbidden, api.HeldToken)
	}
	w.approves(t, q.ID, officer)
}

func (w *world) approves(t *testing.T, id int64, held token) {
	t.Helper()
	first, second, third := w.enrolled(t, "administrator", w.custody), w.enrolled(t, "administrator", w.custody), w.enrolled(t, "police_officer", w.custody)
	list := w.urls.Mutual + api.PathQuarantines
	approve := list + "/1/approve"
	d := newDescribed(t, w.client(t, custody, first.tls).get(t, w.urls.Mutual+api.PathOpenAPI).body)
	no := w.client(t, custody, third.tls)
	no.get(t, list).wantProblem(t, http.StatusForbidden, api.NotAllowed)
	refused := no.post(t, approve, nil)
	refused.wantProblem(t, http.StatusForbidden, api.NotAllowed)
	w.audited(t, refused, "quarantine.approve", audit.Refused)
	w.client(t, custody, first.tls).post(t, list+"/77/approve", nil).wantProblem(t, http.StatusNotFound, api.NotFound)
	w.client(t, custody, first.tls).post(t, list+"/x/approve", nil).wantProblem(t, http.StatusNotFound, api.NotFound)

	for n, k := range []token{first, first, second} {
		if err := w.authority.Release(t.Context(), held.ref, "test"); err == nil {
			t.Fatalf("released after %d posts", n)
		}
		got := w.client(t, custody, k.tls).post(t, approve, nil)
		d.check(t, got, nil)
		var q api.Quarantine
		if got.decode(t, http.StatusOK, &q); q.ID != id || len(q.Approved) != []int{1, 1, 2}[n] || q.Held < 2 {
			t.Errorf("post %d = %+v", n, q)
		}
		if n != 1 {
			w.audited(t, got, "quarantine.approve", audit.Allowed)
		}
	}
	if err := w.authority.Release(t.Context(), held.ref, "test"); err != nil {
		t.Errorf("Release after two approvals = %v", err)
	}
	all := w.client(t, custody, second.tls).get(t, list)
	d.check(t, all, nil)
	var listed api.Quarantines
	if all.decode(t, http.StatusOK, &listed); len(listed.Quarantines) != 1 {
		t.Errorf("listed %+v", listed)
	}
}
