package server

import (
	"context"
	"io"
	"net/http"
	"net/url"
	"testing"
	"time"

	"mais/server/api"
)

// manyEntries fills the audit with more than the buffers of a connection hold.
func (e *estate) manyEntries(t *testing.T) {
	t.Helper()
	db := e.ownerOf(t)
	if _, err := db.Exec(t.Context(), `INSERT INTO audit.event (at, act, outcome, detail)
		SELECT now(), 'page.help', 'allowed', jsonb_build_object('x', repeat('y', 240), 'z', repeat('q', 240)) FROM generate_series(1, 20000)`); err != nil {
		t.Fatal(err)
	}
}

// unread begins an export and reads nothing of it.
func (m *member) unread(t *testing.T, ctx context.Context, cookie string) *http.Response {
	t.Helper()
	since := url.Values{"format": {"json"}, "from": {time.Now().Add(-time.Hour).UTC().Format(time.RFC3339)}}.Encode()
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, m.e.urls.Mutual+api.PathAuditExport+"?"+since, nil)
	if err != nil {
		t.Fatal(err)
	}
	if cookie != "" {
		req.Header.Set("Cookie", cookie)
	}
	resp, err := m.c.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { resp.Body.Close() })
	return resp
}

// TestSlowExports: who begins many exports and reads none gets one, and the others work on.
func TestSlowExports(t *testing.T) {
	e, governor, _ := reviewWorld(t)
	e.manyEntries(t)
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	if first := governor.unread(t, ctx, ""); first.StatusCode != http.StatusOK {
		t.Fatalf("an export = %d", first.StatusCode)
	}
	for range 5 {
		if more := governor.unread(t, ctx, ""); more.StatusCode != http.StatusTooManyRequests || more.Header.Get("Retry-After") == "" {
			t.Errorf("one more export = %d", more.StatusCode)
		}
	}
	if reply := e.officer.c.get(t, e.urls.Mutual+api.PathWhoami); reply.StatusCode != http.StatusOK {
		t.Errorf("an officer's request meanwhile = %d %s", reply.StatusCode, reply.body)
	}
}

// TestExportOfEndedSession: a session that somebody ends takes with it what it is being sent.
func TestExportOfEndedSession(t *testing.T) {
	e, governor, _ := reviewWorld(t)
	e.manyEntries(t)
	cookie, session := governor.sessionOf(t)
	export := governor.unread(t, t.Context(), cookie)
	if export.StatusCode != http.StatusOK {
		t.Fatalf("an export = %d", export.StatusCode)
	}
	e.all.send(t, api.PathAdminSessions+"/"+session+"/end", nil).decode(t, http.StatusOK, new(api.SessionsEnded))
	if n, err := io.Copy(io.Discard, export.Body); err == nil {
		t.Errorf("all %d bytes came, though the session ended", n)
	}
}
