package server

import (
	"fmt"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"testing"
	"time"

	"golang.org/x/net/html"

	"mais/internal/pg/pgtest"
	"mais/server/api"
	"mais/server/internal/audit"
	"mais/server/internal/record/recordtest"
)

// desk is an officer at a computer that others may come to.
type desk struct {
	*visitor
	database *pgtest.Database
	person   string // path of a record that the officer gave a reason for
}

func newDesk(t *testing.T) *desk {
	t.Helper()
	w, database, _ := loggedWorld(t)
	w.imported(t, recordtest.Canary())
	d := &desk{visitor: w.visitor(t, "police_officer"), database: database, person: "/person/" + personOf(t, database, "canary")}
	d.reasons(t, strings.TrimPrefix(d.person, "/person/"))
	return d
}

// exec changes rows that only time or nobody changes.
func (d *desk) exec(t *testing.T, table, change string) {
	t.Helper()
	_, err := d.database.Owner().Exec(t.Context(), `ALTER TABLE access.`+table+` DISABLE TRIGGER guard;
		UPDATE access.`+table+` SET `+change+` WHERE ended_at IS NULL;
		ALTER TABLE access.`+table+` ENABLE ALWAYS TRIGGER guard`)
	if err != nil {
		t.Fatal(err)
	}
}

// rests lets so much time pass since the session was used.
func (d *desk) rests(t *testing.T, long time.Duration) {
	t.Helper()
	d.exec(t, "session", fmt.Sprintf(`seen_at = now() - %d * interval '1 second'`, int(long.Seconds())))
}

// rested returns since when nobody has used the session.
func (d *desk) rested(t *testing.T) time.Duration {
	t.Helper()
	var seconds float64
	err := d.database.Owner().QueryRow(t.Context(), `SELECT extract(epoch FROM now() - seen_at)::float8 FROM access.session WHERE ended_at IS NULL`).Scan(&seconds)
	if err != nil {
		t.Fatal(err)
	}
	return time.Duration(seconds * float64(time.Second))
}

// bodyData returns an attribute of the page's body, and whether it is there.
func (r reply) bodyData(t *testing.T, name string) (value string, there bool) {
	t.Helper()
	for n := range r.document(t).Descendants() {
		for _, a := range n.Attr {
			if n.Type == html.ElementNode && n.Data == "body" && a.Key == name {
				return a.Val, true
			}
		}
	}
	return "", false
}

// TestLockEndsTheSession: a forgotten screen goes to /locked, and from there nothing leads
// back without signing in: neither the way on nor the browser's way back.
func TestLockEndsTheSession(t *testing.T) {
	d := newDesk(t)
	d.page(t, d.person).shown(t, http.StatusOK)
	d.rests(t, 14*time.Minute)
	locked := d.page(t, "/locked")
	locked.wantPage(t, http.StatusOK, "Sign in again")
	if got := locked.Header.Get("Set-Cookie"); !strings.HasPrefix(got, "__Host-mais=; Path=/; Max-Age=0;") {
		t.Errorf("Set-Cookie = %q, want it taken away", got)
	}
	if e := d.world.audited(t, locked, "session.end", audit.Allowed); e.Reason != "locked" || e.Session == "" || e.User != d.user {
		t.Errorf("the end in the audit = %+v, want one of the officer's session, by the lock", e)
	}
	if _, told := locked.bodyData(t, "data-signed-out"); !told {
		t.Error("the other windows are not told")
	}
	for _, path := range []string{"/", d.person, d.person + "/print"} {
		if got := d.page(t, path); got.StatusCode != http.StatusUnauthorized && got.Header.Get("Location") != "/" {
			t.Errorf("after the lock %s = %d to %q, want to sign in", path, got.StatusCode, got.Header.Get("Location"))
		}
	}
	d.get(t, d.world.urls.Mutual+"/").wantPage(t, http.StatusOK, "Sign in as")
	again := d.page(t, "/locked") // the window beside it, a moment later
	again.wantPage(t, http.StatusOK, "Sign in again")
	d.world.audited(t, again, "session.lock", audit.Allowed)
	if _, told := again.bodyData(t, "data-signed-out"); !told {
		t.Error("who comes with a cookie that is over is not told")
	}
}

// TestLockClosesConnection: so that the card has to prove itself again.
func TestLockClosesConnection(t *testing.T) {
	d := newDesk(t)
	d.rests(t, 14*time.Minute)
	card, err := d.transport.TLSClientConfig.GetClientCertificate(nil)
	if err != nil {
		t.Fatal(err)
	}
	conn := d.world.dial(t, d.world.listeners.mutual, custody, *card)
	fmt.Fprintf(conn, "GET /locked HTTP/1.1\r\nHost: localhost\r\nCookie: %s\r\n\r\n", d.cookie)
	var all []byte
	buffer := make([]byte, 4096)
	for {
		n, err := conn.Read(buffer)
		all = append(all, buffer[:n]...)
		if err != nil {
			if strings.Contains(err.Error(), "timeout") {
				t.Fatal("the connection stays open")
			}
			break
		}
	}
	if !strings.HasPrefix(string(all), "HTTP/1.1 200") || !strings.Contains(string(all), "Connection: close") {
		t.Errorf("/locked = %.300s", all)
	}
}

// TestLockOfOneWindow: without scripts a forgotten window goes to /locked by itself. Who works
// in another one stays signed in, and the page says so. It is no use of the session.
func TestLockOfOneWindow(t *testing.T) {
	d := newDesk(t)
	for _, long := range []time.Duration{5 * time.Minute, 13 * time.Minute} {
		d.rests(t, long)
		locked := d.page(t, "/locked")
		locked.wantPage(t, http.StatusOK, "The session goes on.")
		if e := d.world.audited(t, locked, "session.lock", audit.Allowed); e.Reason != "in-use" {
			t.Errorf("the entry = %+v, want one that says why nothing ended", e)
		}
		if got := locked.Header.Get("Set-Cookie"); got != "" {
			t.Errorf("Set-Cookie = %q, want none", got)
		}
		if _, told := locked.bodyData(t, "data-signed-out"); told {
			t.Error("the other windows are told to lock")
		}
		if got := d.rested(t); got < long {
			t.Errorf("the session rests %v after a lock at %v: it was used", got, long)
		}
	}
	d.page(t, d.person).shown(t, http.StatusOK)
}

// TestNobodyIsLockedOut: no page of another origin ends a session or locks a window.
func TestNobodyIsLockedOut(t *testing.T) {
	d := newDesk(t)
	d.rests(t, 14*time.Minute+30*time.Second)
	for site, cookie := range map[string]string{"same-site": d.cookie, "cross-site": d.cookie, "cross-site ": ""} {
		headers := []string{"Accept", "text/html", "Sec-Fetch-Site", strings.TrimSpace(site)}
		if cookie != "" { // a browser sends none there
			headers = append(headers, "Cookie", cookie)
		}
		got := d.get(t, d.world.urls.Mutual+"/locked", headers...)
		got.wantPage(t, http.StatusOK, "This screen was locked")
		if _, told := got.bodyData(t, "data-signed-out"); told || got.Header.Get("Set-Cookie") != "" {
			t.Errorf("%s: windows are told %v, Set-Cookie = %q; want neither", site, told, got.Header.Get("Set-Cookie"))
		}
	}
	d.page(t, d.person).shown(t, http.StatusOK)
}

// TestLockedIsForAnyone: the page comes without a session and without a token, and is nobody's.
func TestLockedIsForAnyone(t *testing.T) {
	w := sharedWorld(t)
	for what, c := range map[string]*client{"a holder": w.client(t, custody, w.enrolled(t, "police_officer", w.custody).tls), "nobody": w.client(t, custody)} {
		got := c.get(t, w.urls.Mutual+"/locked")
		got.wantPage(t, http.StatusOK, "Sign in again")
		if _, told := got.bodyData(t, "data-signed-out"); told || got.Header.Get("Set-Cookie") != "" || strings.Contains(string(got.body), "Test User") {
			t.Errorf("%s: windows are told %v, Set-Cookie = %q\n%s", what, told, got.Header.Get("Set-Cookie"), got.body)
		}
	}
}

// TestWhatKeepsASession: only what its holder asks for. Nothing that is refused, that a page
// elsewhere sends or that a page loads keeps a session alive.
func TestWhatKeepsASession(t *testing.T) {
	d := newDesk(t)
	style := assetsOf(t, d.page(t, "/find"))[0]
	for _, test := range []struct {
		method, path, site string
		status             int
		used               bool
	}{
		{"GET", d.person, "same-site", 403, false}, {"GET", d.person, "cross-site", 403, false}, {"POST", "/session/keep", "same-site", 403, false},
		{"GET", "/help", "same-site", 200, false}, {"GET", "/", "same-site", 303, false}, {"GET", "/no/such/page", "same-site", 404, false},
		{"GET", api.PathWhoami, "same-site", 403, false}, {"POST", "/sign-in", "cross-site", 403, false}, {"POST", "/find", "cross-site", 403, false},
		{"GET", style, "same-origin", 200, false}, {"GET", style, "same-site", 200, false}, {"GET", "/assets/none.css", "same-origin", 404, false},
		{"GET", "/locked", "same-origin", 200, false}, {"GET", "/locked", "same-site", 200, false},

		{"GET", d.person, "same-origin", 200, true}, {"GET", "/find", "none", 200, true}, {"GET", "/help", "same-origin", 200, true},
		{"POST", "/session/keep", "same-origin", 204, true}, {"GET", api.PathWhoami, "", 200, true}, {"GET", "/no/such/page", "same-origin", 404, true},
	} {
		d.rests(t, 10*time.Minute)
		headers := []string{"Accept", "text/html", "Cookie", d.cookie}
		if test.site != "" {
			headers = append(headers, "Sec-Fetch-Site", test.site)
		}
		got := d.do(t, request(t, test.method, d.world.urls.Mutual+test.path, nil, headers...))
		if used := d.rested(t) < time.Minute; got.StatusCode != test.status || used != test.used {
			t.Errorf("%s %s from %q = %d, keeps the session alive: %v; want %d and %v", test.method, test.path, test.site, got.StatusCode, used, test.status, test.used)
		}
		if _, locks := got.bodyData(t, "data-lock-seconds"); locks && !test.used {
			t.Errorf("%s %s from %q says when the screen locks, and does not keep it", test.method, test.path, test.site)
		}
	}
}

// TestStaleSessionOpensNothing: a session that cannot be marked as used is refused.
func TestStaleSessionOpensNothing(t *testing.T) {
	d := newDesk(t)
	d.rests(t, 10*time.Minute)
	if _, err := d.database.Owner().Exec(t.Context(), `REVOKE UPDATE ON access.session FROM mais_creds`); err != nil {
		t.Fatal(err)
	}
	got := d.page(t, d.person)
	got.shown(t, http.StatusServiceUnavailable)
	if e := d.world.audited(t, got, "record.show", audit.Failed); !strings.HasPrefix(e.Reason, api.StatusStale) || e.User != d.user {
		t.Errorf("the refusal's entry = %+v, want %s of the officer", e, api.StatusStale)
	}
	if _, locks := got.bodyData(t, "data-lock-seconds"); locks {
		t.Error("the page is one of a session")
	}
}

// TestAssetsWhileStale: the page that says that nobody can be admitted just now has its style.
func TestAssetsWhileStale(t *testing.T) {
	d := newDesk(t)
	style := assetsOf(t, d.page(t, "/find"))[0]
	if _, err := d.database.Owner().Exec(t.Context(), `REVOKE ALL ON ALL TABLES IN SCHEMA access FROM mais_creds`); err != nil {
		t.Fatal(err)
	}
	eventually(t, "nobody is admitted", func() bool { return d.page(t, "/find").StatusCode == http.StatusServiceUnavailable })
	if got := d.page(t, style); got.StatusCode != http.StatusOK {
		t.Errorf("the style of the page that says so = %d, want 200", got.StatusCode)
	}
	if got := d.world.client(t, custody).get(t, d.world.urls.Public+style); got.StatusCode != http.StatusOK {
		t.Errorf("the style on the public listener = %d, want 200", got.StatusCode)
	}
}

// TestEmergencyGoesFromTheScreen: what emergency access shows leaves the screen when that ends,
// or with the lock if that is sooner.
func TestEmergencyGoesFromTheScreen(t *testing.T) {
	d := newDesk(t)
	shows := []string{d.person, d.person + "/history"} // paper is without what emergency access opens
	for _, path := range shows {
		if _, goes := d.page(t, path).bodyData(t, "data-reload-in"); goes {
			t.Errorf("%s goes without emergency access", path)
		}
	}
	d.send(t, d.person+"/emergency", url.Values{"why": {"Unconscious, the paramedic asks what he takes"}}).goesTo(t, d.person)
	for _, path := range shows {
		d.goesIn(t, path, 30*time.Minute, "840; url=/locked")
	}
	d.exec(t, "emergency", `began_at = began_at - interval '25 minutes', ends_at = ends_at - interval '25 minutes'`)
	for _, path := range shows {
		d.goesIn(t, path, 5*time.Minute, "")
	}
	if _, goes := d.page(t, d.person+"/print").bodyData(t, "data-reload-in"); goes {
		t.Error("a page that shows nothing of the record goes")
	}
	d.send(t, d.person+"/emergency/end", nil).goesTo(t, d.person)
	for _, path := range shows {
		if _, goes := d.page(t, path).bodyData(t, "data-reload-in"); goes {
			t.Errorf("%s goes after emergency access", path)
		}
	}
}

// goesIn asserts that a page goes by itself so soon: by script, and by a refresh, which is as
// given or of the same time.
func (d *desk) goesIn(t *testing.T, path string, want time.Duration, refresh string) {
	t.Helper()
	page := d.page(t, path)
	text, _ := page.bodyData(t, "data-reload-in")
	seconds, err := strconv.Atoi(text)
	if got := time.Duration(seconds) * time.Second; err != nil || got > want || got < want-time.Minute {
		t.Errorf("%s goes in %q seconds, want about %v", path, text, want)
	}
	if refresh == "" {
		refresh = text + "; url=" + path
	}
	if !strings.Contains(string(page.body), `<noscript><meta http-equiv="refresh" content="`+refresh+`"></noscript>`) {
		t.Errorf("%s has no refresh %q", path, refresh)
	}
}
