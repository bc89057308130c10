package server

import (
	"net/http"
	"regexp"
	"strings"
	"testing"

	"mais/config"
)

// TestPageHeaders: the browser is told the same about every page, good or bad.
func TestPageHeaders(t *testing.T) {
	o := newOffice(t)
	governor := o.visitor(t, "governance_officer")
	want := map[string]string{
		"Cache-Control": "no-store", "X-Content-Type-Options": "nosniff", "Cross-Origin-Opener-Policy": "same-origin",
		"Cross-Origin-Resource-Policy": "same-origin", "Referrer-Policy": "no-referrer", "X-Frame-Options": "DENY",
		"Etag": "", "Last-Modified": "", "Server": "", "X-Powered-By": "", "Access-Control-Allow-Origin": "", "Content-Encoding": "",
	}
	check := func(what string, r reply) {
		t.Helper()
		for name, value := range want {
			if r.Header.Get(name) != value {
				t.Errorf("%s has %s: %q, want %q", what, name, r.Header.Get(name), value)
			}
		}
		policy := r.Header.Get("Content-Security-Policy")
		for _, part := range []string{"default-src 'none'", "script-src 'self'", "style-src 'self'", "form-action 'self'", "base-uri 'none'",
			"frame-ancestors 'none'", "require-trusted-types-for 'script'"} {
			if !strings.Contains(policy, part) {
				t.Errorf("%s has the policy %q, want %q in it", what, policy, part)
			}
		}
		if strings.Contains(policy, "unsafe") || strings.Contains(policy, "*") {
			t.Errorf("%s has the policy %q", what, policy)
		}
	}
	for _, r := range routes {
		if r.path == "/sign-out" || r.path == "/sign-in" {
			continue
		}
		check(r.String(), o.ask(t, o.officer, r, ""))
		check(r.String()+" as governance", o.ask(t, governor, r, ""))
	}
	check("what is not there", o.officer.page(t, "/no/such/page"))
	check("what has no token", o.client(t, custody).get(t, o.urls.Mutual+"/find"))
	check("the public page", o.client(t, custody).get(t, o.urls.Public+"/"))
	if got := o.officer.page(t, "/find").Header.Get("Strict-Transport-Security"); got != "" {
		t.Errorf("HSTS = %q where the plain listener has the same host, want none", got)
	}
}

// TestPagesStrictTransport: where the plain listener has a host of its own, browsers come by TLS
// alone, on pages too.
func TestPagesStrictTransport(t *testing.T) {
	w := newWorld(t, func(s *config.Server) { s.Listen.PlainURL = "http://127.0.0.1:8080" })
	v := w.visitor(t, "police_officer")
	if got := v.page(t, "/find").Header.Get("Strict-Transport-Security"); !strings.HasPrefix(got, "max-age=63072000") {
		t.Errorf("Strict-Transport-Security = %q, want two years", got)
	}
}

// TestAssets: what pages load is the same for ever under its address, needs no cookie and
// sets none, and comes from us alone.
func TestAssets(t *testing.T) {
	o := newOffice(t)
	page := o.officer.page(t, "/person/"+o.id)
	loaded := assetsOf(t, page)
	if len(loaded) < 2 {
		t.Fatalf("the record's page loads %v, want a style and a script", loaded)
	}
	for _, path := range loaded {
		if !regexp.MustCompile(`^/assets/[a-z0-9.-]*-[0-9A-Za-z_-]{8,}\.(css|js|svg|png|ico|woff2?)$`).MatchString(path) {
			t.Errorf("the page loads %q, want an asset with its contents' hash in its name", path)
		}
		for what, got := range map[string]reply{
			"with a session": o.officer.page(t, path), "without": o.client(t, custody, o.enrolled(t, "police_officer", o.custody).tls).get(t, o.urls.Mutual+path),
			"public": o.client(t, custody).get(t, o.urls.Public+path),
		} {
			if got.StatusCode != http.StatusOK || len(got.body) == 0 || !strings.Contains(got.Header.Get("Cache-Control"), "immutable") {
				t.Errorf("%s %s = %s, Cache-Control %q", path, what, got.Status, got.Header.Get("Cache-Control"))
			}
			if got.Header.Get("Set-Cookie") != "" || got.Header.Get("X-Content-Type-Options") != "nosniff" || strings.Contains(got.Header.Get("Vary"), "Cookie") {
				t.Errorf("%s %s has headers %v", path, what, got.Header)
			}
		}
	}
	for _, path := range []string{"/assets/", "/assets", "/assets/../routes.go", "/assets/no-00000000.css", "/assets/%2e%2e/x"} {
		if got := o.officer.page(t, path); got.StatusCode < http.StatusBadRequest {
			t.Errorf("%s = %s, want none", path, got.Status)
		}
	}
}

// assetsOf returns what a page makes a browser load.
func assetsOf(t *testing.T, page reply) (paths []string) {
	t.Helper()
	for n := range page.document(t).Descendants() {
		switch n.Data {
		case "link", "script", "img", "image", "source", "use":
			for _, name := range []string{"href", "src"} {
				if at := attribute(n, name); at != "" && attribute(n, "rel") != "manifest" && !strings.HasPrefix(at, "#") {
					paths = append(paths, at)
				}
			}
		}
	}
	return paths
}
