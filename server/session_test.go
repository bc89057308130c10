package server

import (
	"net/http"
	"net/http/httptrace"
	"strings"
	"testing"

	"mais/server/api"
	"mais/server/internal/audit"
)

// signIn signs in and returns the cookie as a header's value.
func (w *world) signIn(t *testing.T, c *client) string {
	t.Helper()
	got := c.post(t, w.urls.Mutual+"/sign-in", nil)
	cookies := got.Cookies()
	if got.StatusCode != http.StatusSeeOther || len(cookies) != 1 {
		t.Fatalf("sign-in = %d %s, cookies %v", got.StatusCode, got.body, cookies)
	}
	return cookies[0].Name + "=" + cookies[0].Value
}

func TestSignIn(t *testing.T) {
	w := sharedWorld(t)
	k := w.enrolled(t, "police_officer", w.custody)
	c := w.client(t, custody, k.tls)
	c.get(t, w.urls.Mutual+"/").wantPage(t, http.StatusOK, "Sign in as Test User") // never by itself
	got := c.post(t, w.urls.Mutual+"/sign-in", nil)
	line := got.Header.Get("Set-Cookie")
	name, rest, _ := strings.Cut(line, "=")
	value, attributes, _ := strings.Cut(rest, "; ")
	if name != "__Host-mais" || len(value) != 43 || attributes != "Path=/; HttpOnly; Secure; SameSite=Strict" {
		t.Errorf("Set-Cookie = %q", line)
	}
	w.audited(t, got, "session.start", audit.Allowed)
	cookie := name + "=" + value

	home := c.get(t, w.urls.Mutual+"/", "Cookie", cookie)
	if home.StatusCode != http.StatusSeeOther || home.Header.Get("Location") != "/find" {
		t.Errorf("the start page of who is signed in = %d to %q, want 303 to /find", home.StatusCode, home.Header.Get("Location"))
	}
	if e := w.audited(t, home, "page.home", audit.Allowed); e.Session == "" || strings.Contains(e.Session, value) {
		t.Errorf("the session in the audit = %q", e.Session)
	}
	if n := len(w.entries(t, "detail::text LIKE '%' || $1 || '%' OR uri LIKE '%' || $1 || '%'", value)); n != 0 {
		t.Errorf("%d entries hold the session's id", n)
	}
	again := w.signIn2(t, c, cookie)
	if again == cookie {
		t.Error("a second sign-in keeps the session's id")
	}
	c.get(t, w.urls.Mutual+"/", "Cookie", cookie).wantPage(t, http.StatusUnauthorized, "Your session has ended")

	out := c.post(t, w.urls.Mutual+"/sign-out", nil, "Cookie", again)
	out.wantPage(t, http.StatusOK, "Take your card out now")
	if got := out.Header.Get("Set-Cookie"); !strings.HasPrefix(got, "__Host-mais=; Path=/; Max-Age=0;") {
		t.Errorf("Set-Cookie = %q, want it taken away", got)
	}
	if e := w.audited(t, out, "session.end", audit.Allowed); e.Reason != "sign-out" {
		t.Errorf("the end's reason = %q, want sign-out", e.Reason)
	}
	ended := c.get(t, w.urls.Mutual+api.PathWhoami, "Cookie", again)
	ended.wantProblem(t, http.StatusUnauthorized, api.SessionEnded)
	if !strings.Contains(ended.Header.Get("Set-Cookie"), "Max-Age=0") {
		t.Error("the cookie of an ended session is not taken away")
	}
}

func (w *world) signIn2(t *testing.T, c *client, cookie string) string {
	t.Helper()
	got := c.post(t, w.urls.Mutual+"/sign-in", nil, "Cookie", cookie)
	if len(got.Cookies()) != 1 {
		t.Fatalf("a second sign-in = %d %s", got.StatusCode, got.body)
	}
	return got.Cookies()[0].Name + "=" + got.Cookies()[0].Value
}

// TestSignOutClosesConnection: so that the card has to prove itself again.
func TestSignOutClosesConnection(t *testing.T) {
	w := sharedWorld(t)
	k := w.enrolled(t, "police_officer", w.custody)
	conn := w.dial(t, w.listeners.mutual, custody, k.tls)
	conn.Write([]byte("POST /sign-out HTTP/1.1\r\nHost: localhost\r\nContent-Length: 0\r\n\r\n"))
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
		t.Errorf("sign-out = %.300s", all)
	}
}

// TestSignOutClosesHTTP2: the same over HTTP/2, where the end is a GOAWAY.
func TestSignOutClosesHTTP2(t *testing.T) {
	w := sharedWorld(t)
	k := w.enrolled(t, "police_officer", w.custody)
	c := w.client(t, custody, k.tls)
	reused := func(r *http.Request) (again bool) {
		trace := &httptrace.ClientTrace{GotConn: func(i httptrace.GotConnInfo) { again = i.Reused }}
		if got := c.do(t, r.WithContext(httptrace.WithClientTrace(r.Context(), trace))); got.ProtoMajor != 2 {
			t.Fatalf("HTTP/%d, want 2", got.ProtoMajor)
		}
		return again
	}
	home, out := w.urls.Mutual+"/", w.urls.Mutual+"/sign-out"
	for i, step := range []struct {
		r    *http.Request
		want bool
	}{
		{request(t, "GET", home, nil), false}, {request(t, "GET", home, nil), true}, {request(t, "POST", out, nil), true},
		{request(t, "GET", home, nil), false},
	} {
		if got := reused(step.r); got != step.want {
			t.Errorf("step %d: the connection is reused: %v, want %v", i, got, step.want)
		}
	}
}

// TestHijack: a copied cookie is worth nothing with another valid certificate, nor with the
// same certificate at another site; the session ends, and there are two events.
func TestHijack(t *testing.T) {
	w := sharedWorld(t)
	victim := w.enrolled(t, "police_officer", w.custody, w.ward)
	thief := w.enrolled(t, "police_officer", w.custody)
	for name, copied := range map[string]*client{
		"another valid certificate":  w.client(t, custody, thief.tls),
		"the same from another site": w.client(t, ward, victim.tls),
	} {
		t.Run(name, func(t *testing.T) {
			own := w.client(t, custody, victim.tls)
			cookie := w.signIn(t, own)
			own.get(t, w.urls.Mutual+api.PathWhoami, "Cookie", cookie).decode(t, http.StatusOK, new(api.Whoami))

			got := copied.get(t, w.urls.Mutual+api.PathWhoami, "Cookie", cookie)
			got.wantProblem(t, http.StatusForbidden, api.SessionMismatch)
			if e := w.audited(t, got, "session.hijack", audit.Refused); e.Detail["asked"] != "token.whoami" {
				t.Errorf("the attempt's entry = %+v", e)
			}
			attempt := w.entries(t, "request = $1", got.Header.Get("Request-Id"))[0]
			ends := w.entries(t, "act = 'session.end' AND session = $1", attempt.Session)
			if len(ends) != 1 || ends[0].Reason != "mismatch" || ends[0].User != victim.user {
				t.Errorf("the session's end = %+v, want one entry for the victim", ends)
			}
			own.get(t, w.urls.Mutual+api.PathWhoami, "Cookie", cookie).wantProblem(t, http.StatusUnauthorized, api.SessionEnded)
			own.get(t, w.urls.Mutual+api.PathWhoami).decode(t, http.StatusOK, new(api.Whoami)) // the certificate is enough
		})
	}
}

// TestIdleSession: one that nobody used for 15 minutes opens nothing. Package authn tests the
// other limits.
func TestIdleSession(t *testing.T) {
	w := sharedWorld(t)
	k := w.enrolled(t, "police_officer", w.custody)
	c := w.client(t, custody, k.tls)
	cookie := w.signIn(t, c)
	w.ageSession(t, k.ref.Serial, "16 minutes")
	c.get(t, w.urls.Mutual+"/", "Cookie", cookie).wantPage(t, http.StatusUnauthorized, "Your session has ended")
}

func TestBadCookies(t *testing.T) {
	w := sharedWorld(t)
	k := w.enrolled(t, "police_officer", w.custody)
	c := w.client(t, custody, k.tls)
	good := w.signIn(t, c)
	for _, cookie := range []string{
		"__Host-mais=", "__Host-mais=x", "__Host-mais=" + strings.Repeat("A", 43), "__Host-mais=" + strings.Repeat("A", 8000),
		good + "; " + good, good + "=", "__Host-mais=" + strings.Repeat("A", 42) + "B", // not canonical base64
	} {
		c.get(t, w.urls.Mutual+api.PathWhoami, "Cookie", cookie).wantProblem(t, http.StatusUnauthorized, api.SessionEnded)
	}
	c.get(t, w.urls.Mutual+api.PathWhoami, "Cookie", "other=1; "+good).decode(t, http.StatusOK, new(api.Whoami))
}
