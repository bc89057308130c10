package server

import (
	"fmt"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"mais/config"
	"mais/server/internal/record/recordtest"
)

// route is a page as these tests know it: {id} stands for a person who is there and whose
// reason was given.
type route struct {
	method, path, act string
	who               string
	fields            []string // of the form
}

// Who may come to a page, as the route map calls them.
const (
	anyone   = "anyone" // a help page, even without a token
	holder   = "holder"
	signedIn = "signedIn"
)

// routes are all pages of the mutual listener; TestRoutesAreTested compares them with the
// route map.
var routes = []route{
	{"GET", "/", "page.home", holder, nil},
	{"POST", "/sign-in", "session.start", holder, nil},
	{"POST", "/sign-out", "session.end", holder, nil},
	{"POST", "/session/keep", "session.keep", signedIn, nil},
	{"GET", "/find", "page.find", signedIn, nil},
	{"POST", "/find", "search.ask", signedIn, []string{"family-name", "first-name", "date-of-birth-day", "date-of-birth-month", "date-of-birth-year", "whole-names"}},
	{"GET", "/find/{result}", "record.search", signedIn, nil},
	{"GET", "/person/{id}", "record.show", signedIn, nil},
	{"GET", "/person/{id}/reason", "record.identify", signedIn, nil},
	{"POST", "/person/{id}/reason", "record.reason", signedIn, []string{"reason", "number", "explanation"}},
	{"GET", "/person/{id}/looks", "record.looked", signedIn, nil},
	{"GET", "/person/{id}/history", "record.show", signedIn, nil},
	{"GET", "/person/{id}/print", "record.print", signedIn, nil},
	{"GET", "/person/{id}/emergency", "record.identify", signedIn, nil},
	{"POST", "/person/{id}/emergency", "emergency.begin", signedIn, []string{"why"}},
	{"POST", "/person/{id}/emergency/end", "emergency.end", signedIn, nil},
	{"GET", "/recent", "record.recent", signedIn, nil},
	{"GET", "/access", "page.access", signedIn, nil},
	{"GET", "/contacts", "page.contacts", signedIn, nil},
	{"GET", "/practice", "page.practice", signedIn, nil},
	{"GET", "/reviews", "emergency.reviews", signedIn, nil},
	{"GET", "/reviews/{id}", "emergency.reviews", signedIn, nil},
	{"POST", "/reviews/{id}", "emergency.review", signedIn, []string{"finding", "note"}},
	{"GET", "/help", "page.help", anyone, nil},
	{"GET", "/accessibility", "page.accessibility", anyone, nil},
	{"GET", "/privacy", "page.privacy", anyone, nil},
	{"GET", "/locked", "page.locked", anyone, nil},
}

func (r route) String() string { return r.method + " " + r.path }

// at returns the route's path for a visitor.
func (r route) at(id, result string) string {
	return strings.NewReplacer("{id}", id, "{result}", result).Replace(r.path)
}

// TestRoutesAreTested: a page that somebody adds is one that these tests know.
func TestRoutesAreTested(t *testing.T) {
	source, err := os.ReadFile(filepath.Join("internal", "web", "routes.go"))
	if err != nil {
		t.Fatal(err)
	}
	mutual := regexp.MustCompile(`(?s)func \(s \*Site\) Mutual\(\).*?\n}`).Find(source)
	var there []string
	for _, m := range regexp.MustCompile(`\{"([A-Z]+)", "([^"]+)", (\w+), "([^"]+)"`).FindAllSubmatch(mutual, -1) {
		there = append(there, fmt.Sprintf("%s %s %s %s", m[1], m[2], m[3], m[4]))
	}
	var known []string
	for _, r := range routes {
		known = append(known, fmt.Sprintf("%v %s %s", r, r.who, r.act))
	}
	slices.Sort(there)
	slices.Sort(known)
	if !slices.Equal(there, known) {
		t.Errorf("the route map has\n%s\nthe tests have\n%s", strings.Join(there, "\n"), strings.Join(known, "\n"))
	}
}

// office is a world with the canary and an officer who has searched and given a reason.
type office struct {
	*world
	officer    *visitor
	id, result string
	log        *notebook
	audit      func(t *testing.T) string
}

func newOffice(t *testing.T) *office {
	t.Helper()
	w, database, log := loggedWorld(t)
	w.imported(t, recordtest.Canary())
	o := &office{world: w, id: personOf(t, database, "canary"), log: log, officer: w.visitor(t, "police_officer")}
	o.audit = func(t *testing.T) string { return auditOf(t, database) }
	o.result = strings.TrimPrefix(o.officer.send(t, "/find", url.Values{"family-name": {"canary"}}).goesTo(t, "/find/"), "/find/")
	o.officer.reasons(t, o.id)
	return o
}

// ask sends a visitor's request to a route, with a body if the route has a form.
func (o *office) ask(t *testing.T, v *visitor, r route, body string, headers ...string) reply {
	t.Helper()
	if r.method == "GET" {
		return v.page(t, r.at(o.id, o.result), headers...)
	}
	return v.sendBody(t, r.at(o.id, o.result), body, headers...)
}

// audited1 asserts that a request stands in the audit, all its entries with an outcome, and
// returns the last.
func (o *office) recorded(t *testing.T, r reply, act string) entry {
	t.Helper()
	found := o.entries(t, "request = $1", r.Header.Get("Request-Id"))
	if len(found) != 1 || found[0].Act != act {
		t.Fatalf("the audit of %s %s = %+v, want one entry %s", r.Request.Method, r.Request.URL.Path, found, act)
	}
	return found[0]
}

// TestPagesRefuse: every page is closed to whoever has no token, no session, another's
// session, or was sent by another site, and each attempt is one entry in the audit.
func TestPagesRefuse(t *testing.T) {
	o := newOffice(t)
	nobody := &visitor{client: o.client(t, custody), world: o.world, cookie: "none=1"}
	stranger := &visitor{client: o.client(t, custody, o.enrolled(t, "police_officer", o.custody).tls), world: o.world, cookie: "none=1"}
	for _, r := range routes {
		t.Run(r.String(), func(t *testing.T) {
			if r.who == anyone {
				o.ask(t, nobody, r, "").shown(t, http.StatusOK)
				return
			}
			got := o.ask(t, nobody, r, "")
			if got.StatusCode != http.StatusUnauthorized || !strings.Contains(string(got.body), "No token was presented") {
				t.Errorf("without a token: %s, want 401", got.Status)
			}
			if e := o.recorded(t, got, r.act); e.Outcome != "refused" {
				t.Errorf("without a token: %+v", e)
			}
			if r.who == signedIn {
				got = o.ask(t, stranger, r, "")
				if got.goesTo(t, "/"); got.Header.Get("Location") != "/" || len(got.body) > 0 {
					t.Errorf("without a session: to %s with %q", got.Header.Get("Location"), got.body)
				}
				o.recorded(t, got, r.act)
			}
			for _, from := range []string{"cross-site", "same-site"} {
				if r.method == "GET" && !strings.HasPrefix(r.path, "/find/") && !strings.HasPrefix(r.path, "/person/") {
					continue // a link from elsewhere may lead to what shows no record; the cookie does not come with it
				}
				got = o.ask(t, o.officer, r, "", "Sec-Fetch-Site", from)
				if got.StatusCode != http.StatusForbidden || !strings.Contains(string(got.body), "Another web site sent this request") {
					t.Errorf("from %s: %s, want 403\n%.600s", from, got.Status, got.body)
				}
				if e := o.recorded(t, got, r.act); e.Outcome != "refused" {
					t.Errorf("from %s: %+v", from, e)
				}
			}
			for _, method := range []string{"PUT", "DELETE", "PATCH", "OPTIONS"} {
				got = o.officer.do(t, request(t, method, o.urls.Mutual+r.at(o.id, o.result), nil, "Cookie", o.officer.cookie, "Accept", "text/html", "Sec-Fetch-Site", "same-origin"))
				if got.StatusCode != http.StatusMethodNotAllowed {
					t.Errorf("%s = %s, want 405", method, got.Status)
				}
				o.recorded(t, got, "request.unknown")
			}
		})
	}
	t.Run("another's session", func(t *testing.T) {
		for _, r := range []route{{"GET", "/person/{id}", "record.show", signedIn, nil}, {"POST", "/person/{id}/emergency", "emergency.begin", signedIn, nil}} {
			victim := o.visitor(t, "police_officer")
			stranger.cookie = victim.cookie
			got := o.ask(t, stranger, r, "")
			if got.StatusCode != http.StatusForbidden || strings.Contains(string(got.body), recordtest.MarkerPrefix) {
				t.Errorf("%v = %s, want 403", r, got.Status)
			}
			if e := o.recorded(t, got, "session.hijack"); e.Detail["asked"] != r.act {
				t.Errorf("%v: %+v", r, e)
			}
		}
	})
}

// TestForms: a form is taken as its page makes it and no other way. What somebody typed to
// find a person is in no address, log line or entry of the audit.
func TestForms(t *testing.T) {
	o := newOffice(t)
	const typed = "Secretivesurname"
	for _, r := range routes {
		if r.method != "POST" || r.path == "/sign-in" || r.path == "/sign-out" {
			continue
		}
		bodies := map[string]int{"unknown=" + typed: http.StatusBadRequest, strings.Repeat("x", 17<<10) + "=" + typed: http.StatusRequestEntityTooLarge}
		if len(r.fields) > 0 {
			field := r.fields[0]
			bodies[field+"="+typed+"&"+field+"="+typed] = http.StatusBadRequest
			bodies[field+"="+typed+"%ff"] = http.StatusBadRequest
			bodies[field+"="+typed+"%zz"] = http.StatusBadRequest
			bodies[field+"="+typed+"&unknown=1"] = http.StatusBadRequest
			bodies[field+"="+typed+";"+field+"=1"] = http.StatusBadRequest
		}
		for body, status := range bodies {
			got := o.ask(t, o.officer, r, body)
			if len(r.fields) == 0 && status == http.StatusRequestEntityTooLarge {
				status = http.StatusBadRequest // it is to be empty, whatever its size
			}
			if r.path == "/reviews/{id}" && got.StatusCode == http.StatusForbidden {
				status = http.StatusForbidden // not an officer's
			}
			o.refusesForm(t, r, got, fmt.Sprintf("%.60q", body), status, typed)
		}
		if len(r.fields) == 0 {
			continue
		}
		for _, kind := range []string{"application/json", "text/plain", "multipart/form-data; boundary=x", ""} {
			got := o.ask(t, o.officer, r, r.fields[0]+"="+typed, "Content-Type", kind)
			o.refusesForm(t, r, got, kind, http.StatusUnsupportedMediaType, typed)
		}
	}
	for _, form := range []url.Values{{"family-name": {typed}}, {"first-name": {typed + "\x00"}}, {"family-name": {"x"}, "first-name": {typed}}, {"date-of-birth-day": {typed}}} {
		got := o.officer.send(t, "/find", form)
		if to := got.Header.Get("Location"); to != "" {
			o.officer.page(t, to)
		}
		if strings.Contains(got.Header.Get("Location"), typed) {
			t.Errorf("what was typed is in the address: %s", got.Header.Get("Location"))
		}
	}
	if told := o.log.String() + o.audit(t); strings.Contains(told, typed) {
		t.Error("the log or the audit repeats what was typed")
	}
}

func (o *office) refusesForm(t *testing.T, r route, got reply, what string, status int, typed string) {
	t.Helper()
	if got.StatusCode != status || strings.Contains(got.everything(), typed) {
		t.Errorf("%v with %s = %s, repeated %v; want %d and no repetition", r, what, got.Status, strings.Contains(got.everything(), typed), status)
	}
	if e := o.recorded(t, got, r.act); e.Outcome == "allowed" {
		t.Errorf("%v with %s: %+v", r, what, e)
	}
}

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
