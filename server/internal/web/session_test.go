package web

import (
	"net/http"
	"net/http/httptest"
	"net/netip"
	"strings"
	"testing"

	"mais/server/internal/authn/authntest"
)

func TestHomeAsks(t *testing.T) {
	s := testSite(records{})
	out, err := home(t.Context(), callBy(s, user(t, "", "police_officer"), httptest.NewRequest("GET", "/", nil)))
	shows(t, out, err, http.StatusOK, "Sign in as "+hostile, "Police officer", "192.0.2.7")
	site := authntest.Principal(t, authntest.Facts{Name: "Feed", Address: netip.MustParseAddr("192.0.2.7")})
	out, err = home(t.Context(), callBy(s, site, httptest.NewRequest("GET", "/", nil)))
	if text := shows(t, out, err, http.StatusOK, "do not sign in"); strings.Contains(text, "Sign in as") {
		t.Errorf("a site is asked to sign in: %s", text)
	}
}

// TestHomeGoes: whoever is signed in comes to where their work begins.
func TestHomeGoes(t *testing.T) {
	for _, test := range []struct {
		reads bool
		role  string
		want  string
	}{
		{true, "police_officer", "/find"}, {true, "governance_officer", "/find"},
		{false, "governance_officer", "/reviews"}, {false, "administrator", "/admin"}, {false, "", "/access"}, {true, "administrator", "/find"},
	} {
		s := testSite(records{reads: test.reads})
		s.opts.Credentials = &credentials{of: map[string]string{"administrator": "all"}}
		out, err := home(t.Context(), callBy(s, user(t, "session", test.role), httptest.NewRequest("GET", "/", nil)))
		goes(t, out, err, test.want)
	}
}

func TestKeepSession(t *testing.T) {
	c := callOf(t, dana(t, "s"), nil)
	if out, err := keepSession(c.Context(), c); err != nil || out.status != http.StatusNoContent || len(out.body) > 0 {
		t.Errorf("keepSession = %d %q, %v; want 204", out.status, out.body, err)
	}
	c.Request = httptest.NewRequest("POST", "/session/keep", strings.NewReader("x"))
	if _, err := keepSession(c.Context(), c); len(faultsOf(err)) == 0 {
		t.Errorf("keepSession with a body: %v, want a fault", err)
	}
}
