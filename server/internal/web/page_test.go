package web

import (
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"regexp"
	"strings"
	"testing"

	"mais/server/api"
	"mais/server/internal/audit"
	"mais/server/internal/authn"
)

// hostile is what somebody might have for a name.
const hostile = `<script>alert("1")</script> & 'x'`

func testSite() *Site { return &Site{opts: Options{Deployment: "MAIS " + hostile, Contact: hostile}} }

// TestPages renders every page with hostile data and parses it: well formed, one h1, a
// language, a title, labelled buttons, nothing of the data as markup.
func TestPages(t *testing.T) {
	s := testSite()
	rendered := map[string]answer{
		"home":          page(200, "home.html", homeData{frame: s.frame("Your token"), Name: hostile, Agency: hostile, Roles: []string{hostile}, User: true}),
		"home, in":      page(200, "home.html", homeData{frame: s.frame("Your token"), Name: hostile, SignedIn: true, User: true}),
		"home, site":    page(200, "home.html", homeData{frame: s.frame("Your token"), Name: hostile}),
		"signed out":    page(200, "signed-out.html", s.frame("You are signed out")),
		"public":        page(200, "public.html", publicData{s.frame("Enrol"), "https://localhost:8443", "https://localhost:9443"}),
		"wrong network": s.problemPage(problem{Title: "T", Status: 403, Detail: "D", Next: "N"}, "192.0.2.1", "reference"),
	}
	for i, row := range problems {
		rendered[fmt.Sprint("problem ", i)] = s.problemPage(row.problem, "", "reference")
	}
	for name, out := range rendered {
		text := string(out.body)
		if !strings.HasPrefix(text, "<!DOCTYPE html>\n<html lang=\"en-GB\">") || strings.Count(text, "<h1>") != 1 || !strings.Contains(text, "<title>") {
			t.Errorf("%s: %s", name, text)
		}
		if strings.Contains(text, "<script") || strings.Contains(text, "style=") {
			t.Errorf("%s holds script or style: %s", name, text)
		}
		if err := wellFormed(text); err != nil {
			t.Errorf("%s: %v\n%s", name, err, text)
		}
	}
}

var meta = regexp.MustCompile(`<meta [^>]*>`)

// wellFormed parses HTML as XML. The only void elements of our pages are meta.
func wellFormed(text string) error {
	d := xml.NewDecoder(strings.NewReader(meta.ReplaceAllString(text, "")))
	d.Entity = xml.HTMLEntity
	for {
		if _, err := d.Token(); errors.Is(err, io.EOF) {
			return nil
		} else if err != nil {
			return err
		}
	}
}

// TestProblems: each stable problem has its status, says what to do, and is told apart.
func TestProblems(t *testing.T) {
	for kind, status := range map[string]int{
		api.NoToken: 401, api.UnknownToken: 401, api.SessionEnded: 401, api.ExpiredToken: 403, api.HeldToken: 403, api.RevokedToken: 403,
		api.SupersededToken: 403, api.WrongNetwork: 403, api.StatusStale: 503, api.AuditUnavailable: 503, api.EnrolmentRefused: 403,
		api.RenewalRefused: 403, api.NotAllowed: 403, api.NotFound: 404, api.Invalid: 413, api.TooMany: 429, api.CrossSite: 403,
		api.SessionMismatch: 403, api.AccessChanged: 403, api.Unavailable: 503, api.Internal: 500,
	} {
		found := false
		for _, row := range problems {
			if row.Type != kind {
				continue
			}
			found = true
			if kind != api.NotFound && kind != api.Invalid && row.Status != status {
				t.Errorf("%s has the status %d, want %d", kind, row.Status, status)
			}
			if row.Title == "" || row.Detail == "" || row.Next == "" {
				t.Errorf("%s does not say what happened and what to do: %+v", kind, row.problem)
			}
		}
		if !found {
			t.Errorf("no problem is %s", kind)
		}
	}
}

func TestProblemOf(t *testing.T) {
	for _, test := range []struct {
		err  error
		kind string
	}{
		{errNotFound, api.NotFound},
		{fmt.Errorf("look: %w", errNotAllowed), api.NotAllowed},
		{errors.Join(errNotFound, audit.ErrUnavailable), api.AuditUnavailable}, // whatever else was wrong
		{fault("f", "d"), api.Invalid},
		{&authn.Refusal{Kind: authn.Held}, api.HeldToken},
		{errors.New("secret"), api.Internal},
	} {
		if got := problemOf(test.err); got.Type != api.ProblemPrefix+test.kind {
			t.Errorf("problemOf(%v) = %s, want %s", test.err, got.Type, test.kind)
		}
	}
}

// TestExplainHidesTheCause: what went wrong inside stands in the log only.
func TestExplainHidesTheCause(t *testing.T) {
	s := testSite()
	for _, path := range []string{"/", "/api/v1/whoami"} {
		c := &call{Request: httptest.NewRequest("GET", path, nil), id: "reference"}
		out := s.explain(c, errors.New("pq: password of mais_creds is secret"))
		if out.status != http.StatusInternalServerError || strings.Contains(string(out.body), "secret") || !strings.Contains(string(out.body), "reference") {
			t.Errorf("%s: %d %s", path, out.status, out.body)
		}
		if strings.Contains(string(out.body), "{contact}") {
			t.Errorf("%s does not say whom to call: %s", path, out.body)
		}
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
