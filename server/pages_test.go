package server

import (
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"

	"github.com/go-chi/chi/v5"
	"github.com/google/go-cmp/cmp"
	"github.com/prometheus/client_golang/prometheus"

	"mais/server/api"
	"mais/server/internal/record/recordtest"
	"mais/server/internal/web"
	"mais/server/internal/web/assets"
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
	{"GET", "/tokens", "token.own", signedIn, nil},
	{"GET", "/tokens/plans/new", "page.plan", signedIn, nil},
	{"POST", "/tokens/plans", "plan.make", signedIn, planFields},
	{"GET", "/tokens/plans/{id}", "plan.show", signedIn, nil},
	{"POST", "/tokens/plans/{id}", "plan.confirm", signedIn, []string{"word"}},
	{"GET", "/tokens/plans/{id}/results", "plan.export", signedIn, nil},
	{"GET", "/admin", "page.admin", signedIn, nil},
	{"GET", "/admin/certificates", "certificate.list", signedIn, nil},
	{"POST", "/admin/certificates", "certificate.find", signedIn, []string{"q", "status", "profile", "issuer", "agency", "before", "before-month", "before-year"}},
	{"POST", "/admin/certificates/select", "certificate.select", signedIn, []string{"act", "all", "filter"}},
	{"GET", "/admin/certificates/export/{format}", "certificate.export", signedIn, nil},
	{"GET", "/admin/certificates/{issuer}/{serial}", "certificate.show", signedIn, nil},
	{"GET", "/admin/certificates/{issuer}/{serial}/pem", "certificate.export", signedIn, nil},
	{"GET", "/admin/certificates/{issuer}/{serial}/receipt", "certificate.receipt", signedIn, nil},
	{"GET", "/admin/certificates/{issuer}/{serial}/receipt.jws", "certificate.receipt", signedIn, nil},
	{"GET", "/admin/cards", "card.list", signedIn, nil},
	{"POST", "/admin/cards", "card.find", signedIn, []string{"q", "state", "level", "other"}},
	{"GET", "/admin/cards/witness", "page.witness", signedIn, nil},
	{"POST", "/admin/cards/witness", "card.witness", signedIn, []string{"email", "key", "serial", "guid"}},
	{"GET", "/admin/cards/{id}", "card.show", signedIn, nil},
	{"GET", "/admin/cards/{id}/replace", "card.show", signedIn, nil},
	{"GET", "/admin/cards/{id}/returned", "card.show", signedIn, nil},
	{"POST", "/admin/cards/{id}/returned", "card.returned", signedIn, nil},
	{"GET", "/admin/plans", "plan.list", signedIn, nil},
	{"GET", "/admin/plans/new", "page.plan", signedIn, nil},
	{"POST", "/admin/plans", "plan.make", signedIn, planFields},
	{"GET", "/admin/plans/{id}", "plan.show", signedIn, nil},
	{"POST", "/admin/plans/{id}", "plan.confirm", signedIn, []string{"word"}},
	{"GET", "/admin/plans/{id}/results", "plan.export", signedIn, nil},
	{"GET", "/admin/plans/{id}/stop", "plan.show", signedIn, nil},
	{"POST", "/admin/plans/{id}/stop", "plan.stop", signedIn, nil},
	{"GET", "/admin/quarantines", "quarantine.list", signedIn, nil},
	{"GET", "/admin/quarantines/{id}", "quarantine.show", signedIn, nil},
	{"POST", "/admin/quarantines/{id}", "quarantine.approve", signedIn, []string{"word"}},
	{"GET", "/admin/expiries", "certificate.expiries", signedIn, nil},
	{"GET", "/admin/invite", "page.invite", signedIn, nil},
	{"POST", "/admin/invite", "token.invite", signedIn, []string{"email"}},
	{"GET", "/admin/check", "ca.check", signedIn, nil},
	{"GET", "/admin/roles", "role.list", signedIn, nil},
	{"GET", "/admin/roles/new", "page.role", signedIn, nil},
	{"POST", "/admin/roles/new", "change.propose", signedIn, roleFields},
	{"GET", "/admin/roles/{name}", "role.show", signedIn, nil},
	{"POST", "/admin/roles/{name}", "change.propose", signedIn, roleFields},
	{"POST", "/admin/roles/{name}/delete", "change.propose", signedIn, []string{"version"}},
	{"GET", "/admin/roles/{name}/as", "role.view-as", signedIn, nil},
	{"GET", "/admin/access-reviews", "access-review.list", signedIn, nil},
	{"POST", "/admin/access-reviews", "access-review.open", signedIn, []string{"agency"}},
	{"GET", "/admin/access-reviews/{id}", "access-review.show", signedIn, nil},
	{"POST", "/admin/access-reviews/{id}/decide", "access-review.decide", signedIn, []string{"decision", "note"}},
	{"POST", "/admin/access-reviews/{id}/sign", "access-review.sign", signedIn, nil},
	{"GET", "/admin/agencies", "agency.list", signedIn, nil},
	{"POST", "/admin/agencies", "change.propose", signedIn, agencyFields},
	{"GET", "/admin/agencies/new", "page.agency", signedIn, nil},
	{"GET", "/admin/agencies/{id}", "agency.show", signedIn, nil},
	{"GET", "/admin/agencies/{id}/change", "agency.show", signedIn, nil},
	{"POST", "/admin/agencies/{id}/change", "change.propose", signedIn, agencyFields},
	{"POST", "/admin/agencies/{id}/sites", "change.propose", signedIn, []string{"site"}},
	{"GET", "/admin/sites/{id}", "site.show", signedIn, nil},
	{"POST", "/admin/sites/{id}/networks", "change.propose", signedIn, []string{"prefix"}},
	{"POST", "/admin/sites/{id}/networks/remove", "change.propose", signedIn, []string{"prefix"}},
	{"POST", "/admin/sites/{id}/rename", "change.propose", signedIn, []string{"name", "version"}},
	{"GET", "/admin/sites/{id}/close", "site.show", signedIn, nil},
	{"POST", "/admin/sites/{id}/close", "change.propose", signedIn, []string{"note", "version"}},
	{"GET", "/admin/networks", "network.list", signedIn, nil},
	{"POST", "/admin/networks", "network.find", signedIn, []string{"address", "q"}},
	{"GET", "/admin/people", "user.list", signedIn, nil},
	{"POST", "/admin/people", "user.find", signedIn, []string{"q", "agency", "role", "stage", "sort"}},
	{"GET", "/admin/people/new", "page.user-invite", signedIn, nil},
	{"GET", "/admin/people/new/{agency}", "page.user-invite", signedIn, nil},
	{"POST", "/admin/people/new/{agency}", "change.propose", signedIn, userFields},
	{"POST", "/admin/people/new/agency", "page.user-invite", signedIn, []string{"agency"}},
	{"GET", "/admin/people/import", "page.user-import", signedIn, nil},
	{"POST", "/admin/people/import", "user.import", signedIn, nil}, // its form comes in parts, with a file
	{"GET", "/admin/people/import/example.csv", "page.user-import", signedIn, nil},
	{"GET", "/admin/people/funnel", "user.funnel", signedIn, nil},
	{"POST", "/admin/people/funnel", "invitation.again", signedIn, []string{"agency"}},
	{"GET", "/admin/changes", "change.list", signedIn, nil},
	{"GET", "/admin/changes/{id}", "change.show", signedIn, nil},
	{"POST", "/admin/changes/{id}/confirm", "change.confirm", signedIn, []string{"word", "digest"}},
	{"POST", "/admin/changes/{id}/approve", "change.approve", signedIn, []string{"word", "note", "digest"}},
	{"POST", "/admin/changes/{id}/refuse", "change.refuse", signedIn, []string{"word", "note", "digest"}},
	{"POST", "/admin/changes/{id}/discard", "change.discard", signedIn, []string{"word"}},
	{"POST", "/admin/changes/{id}/stop", "change.stop", signedIn, []string{"word"}},
	{"GET", "/admin/changes/{id}/people", "change.people", signedIn, nil},
	{"GET", "/admin/usage", "usage.report", signedIn, nil},
	{"POST", "/person/{id}/useful", "usage.answer", signedIn, []string{"answer", "words"}},
	{"POST", "/admin/people/{id}/invite", "token.invite", signedIn, nil},
	{"GET", "/admin/people/{id}", "user.show", signedIn, nil},
	{"GET", "/admin/people/{id}/change", "user.show", signedIn, nil},
	{"GET", "/admin/people/{id}/change/{agency}", "user.show", signedIn, nil},
	{"POST", "/admin/people/{id}/change/{agency}", "change.propose", signedIn, userFields},
	{"POST", "/admin/people/{id}/change/agency", "user.show", signedIn, []string{"agency"}},
	{"GET", "/admin/people/{id}/return", "user.show", signedIn, nil},
	{"GET", "/admin/people/{id}/return/{agency}", "user.show", signedIn, nil},
	{"POST", "/admin/people/{id}/return/{agency}", "change.propose", signedIn, userFields},
	{"POST", "/admin/people/{id}/return/agency", "user.show", signedIn, []string{"agency"}},
	{"GET", "/admin/people/{id}/leave", "user.show", signedIn, nil},
	{"POST", "/admin/people/{id}/leave", "change.propose", signedIn, []string{"note"}},
	{"GET", "/terms", "terms.show", signedIn, nil},
	{"POST", "/terms", "terms.accept", signedIn, []string{"accept", "version"}},
	{"GET", "/sessions", "session.own", signedIn, nil},
	{"POST", "/sessions/end", "session.end-others", signedIn, nil},
	{"POST", "/sessions/{name}/end", "session.end-own", signedIn, nil},
	{"GET", "/admin/sessions", "session.list", signedIn, nil},
	{"POST", "/admin/sessions", "session.find", signedIn, []string{"q"}},
	{"GET", "/admin/sessions/end", "session.list", signedIn, nil},
	{"POST", "/admin/sessions/end", "session.end-all", signedIn, []string{"user"}},
	{"GET", "/admin/sessions/{name}/end", "session.list", signedIn, nil},
	{"POST", "/admin/sessions/{name}/end", "session.end-other", signedIn, nil},
	{"GET", "/audit", "audit.list", signedIn, nil},
	{"POST", "/audit", "audit.ask", signedIn, []string{"who", "user", "person", "agency", "act", "outcome", "from", "to", "session", "address", "request"}},
	{"GET", "/audit/export/{format}", "audit.export", signedIn, nil},
	{"GET", "/audit/entry/{id}", "audit.entry", signedIn, nil},
	{"GET", "/audit/sessions/{name}", "audit.session", signedIn, nil},
	{"GET", "/audit/people", "page.whose", signedIn, nil},
	{"POST", "/audit/people", "audit.find", signedIn, []string{"name", "number", "born", "born-month", "born-year"}},
	{"GET", "/audit/people/{id}", "audit.person", signedIn, nil},
	{"GET", "/audit/refusals", "audit.refusals", signedIn, nil},
	{"POST", "/audit/refusals", "audit.ask", signedIn, []string{"from", "to"}},
	{"GET", "/audit/figures", "audit.figures", signedIn, nil},
	{"POST", "/audit/figures", "audit.ask", signedIn, []string{"from", "to"}},
	{"GET", "/audit/alerts", "audit.alerts", signedIn, nil},
	{"POST", "/audit/alerts/{id}/settle", "alarm.settled", signedIn, []string{"note"}},
	{"GET", "/help", "page.help", anyone, nil},
	{"GET", "/accessibility", "page.accessibility", anyone, nil},
	{"GET", "/privacy", "page.privacy", anyone, nil},
	{"GET", "/locked", "session.lock", anyone, nil},
}

// planFields are the fields of the form of a plan but the one that may come many times.
var planFields = []string{"act", "reason", "note", "serials", "filter", "since", "since-month", "since-year"}

// userFields are the fields of the form of somebody's entry but the one that may come many times.
var userFields = []string{
	"name", "email", "vetting", "vouched", "note", "version", "starts", "starts-month", "starts-year", "ends", "ends-month", "ends-year",
	"vetted", "vetted-month", "vetted-year",
}

// agencyFields are the fields of the form of an agency.
var agencyFields = []string{"name", "kind", "sponsor-name", "sponsor-email", "domains", "passwords", "note", "version"}

// roleFields are those of the form of a role but the boxes of its matrix.
var roleFields = []string{"name", "description", "level", "passwords", "totp", "note", "version", "wholes"}

func (r route) String() string { return r.method + " " + r.path }

// at returns the route's path for a visitor.
func (r route) at(id, result string) string {
	return strings.NewReplacer("{id}", id, "{result}", result).Replace(r.path)
}

// unasked stands in for authn where the routes are only listed.
type unasked struct{ web.Authentication }

func (unasked) Middleware(string) func(http.Handler) http.Handler {
	return func(next http.Handler) http.Handler { return next }
}

// routeMap is that of the mutual listener.
func routeMap() chi.Routes {
	return web.New(web.Options{Authn: unasked{}, Authority: issuing{}, Metrics: prometheus.NewRegistry()}).Mutual().(chi.Routes)
}

// mutualRoutes are all of it, "METHOD path", but the assets'.
func mutualRoutes(t *testing.T) (found []string) {
	t.Helper()
	err := chi.Walk(routeMap(), func(method, path string, _ http.Handler, _ ...func(http.Handler) http.Handler) error {
		if !strings.HasPrefix(path, assets.Root) {
			found = append(found, method+" "+path)
		}
		return nil
	})
	if err != nil || len(found) == 0 {
		t.Fatalf("the mutual listener has the routes %v, %v", found, err)
	}
	slices.Sort(found)
	return found
}

// TestRoutesAreTested: a page that somebody adds is one that these tests know. That each is for
// whom and under the act they say, TestPagesRefuse sees.
func TestRoutesAreTested(t *testing.T) {
	var known []string
	for _, r := range routes {
		known = append(known, r.String())
	}
	slices.Sort(known)
	pages := slices.DeleteFunc(mutualRoutes(t), ofPrograms)
	if diff := cmp.Diff(known, pages); diff != "" {
		t.Errorf("the routes of the tests and of the listener (-tests +listener):\n%s", diff)
	}
}

// ofPrograms reports whether a route is the API's.
func ofPrograms(route string) bool { return strings.Contains(route, " /api/") }

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

// recorded asserts that a request is one entry in the audit, under its act, and returns it.
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
			switch r.who {
			case anyone:
				o.ask(t, nobody, r, "").shown(t, http.StatusOK)
				return
			case signedIn:
				got := o.ask(t, stranger, r, "")
				if got.goesTo(t, "/"); got.Header.Get("Location") != "/" || len(got.body) > 0 {
					t.Errorf("without a session: to %s with %q", got.Header.Get("Location"), got.body)
				}
				o.recorded(t, got, r.act)
			}
			o.refused(t, r, o.ask(t, nobody, r, ""), "No token was presented", http.StatusUnauthorized)
			for _, from := range []string{"cross-site", "same-site"} {
				if r.method == "POST" || r.who == signedIn { // to the first page a link from elsewhere may lead
					o.refused(t, r, o.ask(t, o.officer, r, "", "Sec-Fetch-Site", from), "Another web site sent this request", http.StatusForbidden)
				}
			}
			for _, method := range []string{"PUT", "DELETE", "PATCH", "OPTIONS"} {
				o.refusesMethod(t, r, method)
			}
		})
	}
	for _, r := range []route{{"GET", "/person/{id}", "record.show", signedIn, nil}, {"POST", "/person/{id}/emergency", "emergency.begin", signedIn, nil}} {
		t.Run("another's session, "+r.String(), func(t *testing.T) {
			stranger.cookie = o.visitor(t, "police_officer").cookie
			got := o.ask(t, stranger, r, "")
			if got.StatusCode != http.StatusForbidden || strings.Contains(string(got.body), recordtest.MarkerPrefix) {
				t.Errorf("%v = %s, want 403", r, got.Status)
			}
			if e := o.recorded(t, got, "session.hijack"); e.Detail["asked"] != r.act {
				t.Errorf("%v: %+v", r, e)
			}
		})
	}
}

// TestProgramsRefuse: every route of the API is closed to whoever has no token or was sent by
// another site, and each attempt is one entry in the audit.
func TestProgramsRefuse(t *testing.T) {
	o := newOffice(t)
	nobody := o.client(t, custody)
	for _, route := range slices.DeleteFunc(mutualRoutes(t), func(r string) bool { return !ofPrograms(r) }) {
		method, path, _ := strings.Cut(route, " ")
		ask := func(c *client, headers ...string) reply {
			return c.do(t, request(t, method, o.urls.Mutual+strings.NewReplacer("{", "", "}", "").Replace(path), nil, headers...))
		}
		strangers, sent := ask(nobody), ask(o.officer.client, "Sec-Fetch-Site", "cross-site")
		strangers.wantProblem(t, http.StatusUnauthorized, api.NoToken)
		if sent.StatusCode != http.StatusForbidden {
			t.Errorf("%s from another site = %s, want 403", route, sent.Status)
		}
		for _, got := range []reply{strangers, sent} {
			if found := o.entries(t, "request = $1", got.Header.Get("Request-Id")); len(found) != 1 || found[0].Outcome != "refused" {
				t.Errorf("the audit of %s = %+v, want one entry, refused", route, found)
			}
		}
	}
}

// refused asserts a page that refuses, and its entry.
func (o *office) refused(t *testing.T, r route, got reply, title string, status int) {
	t.Helper()
	if got.StatusCode != status || !strings.Contains(string(got.body), title) {
		t.Errorf("%v = %s, want %d and %q on the page\n%.600s", r, got.Status, status, title, got.body)
	}
	if e := o.recorded(t, got, r.act); e.Outcome != "refused" {
		t.Errorf("%v: %+v", r, e)
	}
}

func (o *office) refusesMethod(t *testing.T, r route, method string) {
	t.Helper()
	got := o.officer.do(t, request(t, method, o.urls.Mutual+r.at(o.id, o.result), nil,
		"Cookie", o.officer.cookie, "Accept", "text/html", "Sec-Fetch-Site", "same-origin"))
	if got.StatusCode != http.StatusMethodNotAllowed {
		t.Errorf("%s %s = %s, want 405", method, r.path, got.Status)
	}
	o.recorded(t, got, "request.unknown")
}
