package web

import (
	"context"
	"errors"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"strings"
	"testing"
	"time"

	"github.com/go-chi/chi/v5"

	"mais/certs"
	"mais/server/api"
	"mais/server/internal/audit"
	"mais/server/internal/authn"
	"mais/server/internal/authn/authntest"
	"mais/server/internal/authz"
	"mais/server/internal/web/page/pagetest"
)

// hostile is what somebody might have for a name.
const hostile = `<script>alert("1")</script> & 'x'`

// door is all of authz that the pages know. A test's own embeds it and answers what it is asked.
type door interface {
	Records
	Reasons
	Emergencies
	Reviews
	Trail
	Permissions
}

// open has a site's pages ask one door for everything.
func (s *Site) open(d door) {
	o := &s.opts
	o.Records, o.Reasons, o.Emergencies, o.Reviews, o.Trail, o.Permissions = d, d, d, d, d, d
}

// records answers as its functions do. What a test does not give is not to be called.
type records struct {
	door
	reads    bool
	search   func(authz.Query) (api.SearchResults, error)
	identify func(id string) (api.SearchResult, error)
	give     func(id string, why authz.Purpose) error
	recent   []authz.Recent
	given    []string // for whom there is a reason
}

func (r records) Reads(context.Context, authn.Principal) (bool, error) {
	return r.reads, nil
}

func (r records) Emergencies(context.Context, authn.Principal) ([]authz.Emergency, error) {
	return nil, nil
}

func (r records) Search(_ context.Context, _ authz.Look, q authz.Query) (api.SearchResults, error) {
	return r.search(q)
}

func (r records) Identify(_ context.Context, _ authz.Look, id string) (api.SearchResult, error) {
	return r.identify(id)
}

func (r records) GiveReason(_ context.Context, _ authz.Look, id string, why authz.Purpose) error {
	return r.give(id, why)
}

func (r records) Given(context.Context, authz.Look, []string) (map[string]bool, error) {
	given := map[string]bool{}
	for _, id := range r.given {
		given[id] = true
	}
	return given, nil
}

func (r records) Recent(context.Context, authz.Look) ([]authz.Recent, error) { return r.recent, nil }

func testSite(r records) *Site {
	s := &Site{uploads: make(chan struct{}, uploadsAtOnce), opts: Options{Deployment: "MAIS " + hostile, Contact: hostile, Credentials: &credentials{}, Usage: &uses{}, Logger: slog.New(slog.DiscardHandler),
		PublicURL: "https://localhost:8443", MutualURL: "https://localhost:9443", SessionIdle: 15 * time.Minute}}
	s.open(r)
	return s
}

// callBy returns the request of a principal, as the router hands it to a handler. params are
// the names and values of the path's variables.
func callBy(s *Site, who authn.Principal, r *http.Request, params ...string) *call {
	route := chi.NewRouteContext()
	for i := 0; i < len(params); i += 2 {
		route.URLParams.Add(params[i], params[i+1])
	}
	r = r.WithContext(context.WithValue(r.Context(), chi.RouteCtxKey, route))
	if r.Method == http.MethodPost && r.Header.Get("Content-Type") == "" {
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	}
	return &call{Request: r, site: s, id: "reference", verdict: &authn.Verdict{}, who: who, event: audit.Event{Address: netip.MustParseAddr("192.0.2.7")}}
}

// user is a holder of a token, or in a session somebody signed in.
func user(t *testing.T, session string, roles ...string) authn.Principal {
	t.Helper()
	id, err := certs.NewIdentity(certs.User, "6f2d6a0e-6a3d-4a43-9c55-5a0b7a1f2f01")
	if err != nil {
		t.Fatal(err)
	}
	return authntest.Principal(t, authntest.Facts{Identity: id, Name: hostile, Agency: hostile, Site: hostile, Roles: roles,
		Session: session, Address: netip.MustParseAddr("192.0.2.7"), NotAfter: time.Now().AddDate(1, 0, 0)})
}

func post(path, body string) *http.Request {
	return httptest.NewRequest("POST", path, strings.NewReader(body))
}

// shows asserts a page with a status, which holds what it shows as text.
func shows(t *testing.T, out answer, err error, status int, want ...string) string {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
	if out.status != status || out.goTo != "" {
		t.Errorf("the answer is %d to %q, want a page with %d", out.status, out.goTo, status)
	}
	text := pagetest.Text(pagetest.Parse(t, out.body))
	for _, words := range want {
		if !strings.Contains(text, words) {
			t.Errorf("the page does not say %q: %s", words, text)
		}
	}
	return text
}

func goes(t *testing.T, out answer, err error, want string) {
	t.Helper()
	if err != nil || out.status != http.StatusSeeOther || out.goTo != want {
		t.Errorf("the answer is %d to %q and %v, want 303 to %q", out.status, out.goTo, err, want)
	}
}

func TestPublicHome(t *testing.T) {
	out, err := publicHome(t.Context(), callBy(testSite(records{}), authn.Principal{}, httptest.NewRequest("GET", "/", nil)))
	shows(t, out, err, http.StatusOK, "tokenctl enrol --server https://localhost:8443")
}

// TestProblemPages: every problem is a page, with the reference, steps and whom to call.
func TestProblemPages(t *testing.T) {
	s := testSite(records{})
	for _, test := range []error{
		audit.ErrUnavailable, &authn.Refusal{Kind: authn.NoToken}, &authn.Refusal{Kind: authn.UnknownToken}, &authn.Refusal{Kind: authn.Expired},
		&authn.Refusal{Kind: authn.Held}, &authn.Refusal{Kind: authn.Revoked}, &authn.Refusal{Kind: authn.Superseded},
		&authn.Refusal{Kind: authn.WrongNetwork}, &authn.Refusal{Kind: authn.LevelTooLow}, &authn.Refusal{Kind: authn.SessionEnded},
		&authn.Refusal{Kind: authn.SessionMismatch}, &authn.Refusal{Kind: authn.StatusStale}, &authn.Refusal{Kind: authn.AccessChanged},
		errCrossSite, authz.ErrDenied, authz.ErrNoReason, errTooMany, errNotFound, errMethod, errTooLarge, errMediaType, fault("f", "d"),
		authz.ErrUnavailable, errors.New("any other"),
	} {
		c := callBy(s, authn.Principal{}, httptest.NewRequest("GET", "/x", nil))
		out := s.explain(c, test)
		text := shows(t, out, nil, problemOf(test).Status, "What to do", "Whom to call", hostile)
		doc := pagetest.Parse(t, out.body)
		if got := pagetest.Text(pagetest.ByID(doc, "reference")); got != "reference" {
			t.Errorf("%v: #reference = %q", test, got)
		}
		if n := len(pagetest.ByTag(pagetest.ByID(doc, "main-content"), "li")); n == 0 {
			t.Errorf("%v: no step says what to do", test)
		}
		if strings.Contains(text, "{contact}") || strings.Contains(text, "JSON") {
			t.Errorf("%v: the page speaks to programs: %s", test, text)
		}
		address := pagetest.Text(pagetest.ByID(doc, "address"))
		if want := authn.KindOf(test) == authn.WrongNetwork; (address == "192.0.2.7") != want {
			t.Errorf("%v: #address = %q, want it: %v", test, address, want)
		}
	}
}

// TestWayOut: a problem that trying again may end says so, without repeating the address.
func TestWayOut(t *testing.T) {
	s := testSite(records{})
	for _, test := range []struct {
		method string
		err    error
		href   string
		text   string
	}{
		{"GET", &authn.Refusal{Kind: authn.SessionEnded}, "/", "Sign in again"},
		{"POST", &authn.Refusal{Kind: authn.SessionEnded}, "/", "Sign in again"},
		{"GET", audit.ErrUnavailable, "", "Try again"},
		{"POST", audit.ErrUnavailable, "/", "Go to the first page"},
		{"GET", errNotFound, "/", "Go to the first page"},
		{"GET", &authn.Refusal{Kind: authn.Revoked}, "", ""},
	} {
		out := s.explain(callBy(s, authn.Principal{}, httptest.NewRequest(test.method, "//evil.example/", nil)), test.err)
		buttons := pagetest.ByClass(pagetest.ByID(pagetest.Parse(t, out.body), "main-content"), "govuk-button")
		if test.text == "" {
			if len(buttons) != 0 {
				t.Errorf("%v leads to %s, want nowhere", test.err, pagetest.Text(buttons[0]))
			}
			continue
		}
		if len(buttons) != 1 || pagetest.Text(buttons[0]) != test.text || pagetest.Attr(buttons[0], "href") != test.href {
			t.Errorf("%s, %v: %d ways out, want one to %q", test.method, test.err, len(buttons), test.href)
		}
	}
}

// TestNoReason: whoever has given no reason yet is asked for it, and whoever is not signed
// in is asked to.
func TestNoReason(t *testing.T) {
	s := testSite(records{})
	r := httptest.NewRequest("GET", "/person/7/looks", nil)
	out := s.explain(callBy(s, authn.Principal{}, r, "id", "7"), authz.ErrNoReason)
	goes(t, out, nil, "/person/7/reason")
	goes(t, s.explain(callBy(s, authn.Principal{}, r), errNotSignedIn), nil, "/")
}

// TestExplainHidesTheCause: what went wrong inside stands in the log only.
func TestExplainHidesTheCause(t *testing.T) {
	s := testSite(records{})
	for _, path := range []string{"/", "/api/v1/whoami"} {
		c := callBy(s, authn.Principal{}, httptest.NewRequest("GET", path, nil))
		out := s.explain(c, errors.New("pq: password of mais_creds is secret"))
		if out.status != http.StatusInternalServerError || strings.Contains(string(out.body), "secret") || !strings.Contains(string(out.body), "reference") {
			t.Errorf("%s: %d %s", path, out.status, out.body)
		}
		if strings.Contains(string(out.body), "{contact}") {
			t.Errorf("%s does not say whom to call: %s", path, out.body)
		}
	}
}

func TestSteps(t *testing.T) {
	got := steps("Use another. If it goes on, tell {contact}.", "St. Agnes")
	if len(got) != 2 || got[0] != "Use another." || got[1] != "If it goes on, tell St. Agnes." {
		t.Errorf("steps = %q", got)
	}
}

func TestWantsPage(t *testing.T) {
	for _, test := range []struct {
		path, accept string
		want         bool
	}{
		{"/", "text/html,application/xhtml+xml", true}, {"/", "", true}, {"/", "*/*", true}, {"/", "application/json", false},
		{"/", "application/problem+json", false}, {"/api/v1/whoami", "text/html", false}, {"/", "text/html, application/json", true},
	} {
		r := httptest.NewRequest("GET", test.path, nil)
		r.Header.Set("Accept", test.accept)
		if got := wantsPage(r); got != test.want {
			t.Errorf("wantsPage(%s, %q) = %v, want %v", test.path, test.accept, got, test.want)
		}
	}
}
