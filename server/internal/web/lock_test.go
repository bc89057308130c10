package web

import (
	"context"
	"errors"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"mais/server/internal/audit"
	"mais/server/internal/authn"
)

// sessions count what is asked of them, and answer a lock as told.
type sessions struct {
	Authentication
	touched, locked int
	ended           bool
	fails           error
}

func (s *sessions) Touch(context.Context, *authn.Verdict) error {
	s.touched++
	return s.fails
}

func (s *sessions) Lock(context.Context, *authn.Verdict, audit.Event) (bool, error) {
	s.locked++
	return s.ended, s.fails
}

// from makes c a GET that a page of such a site made the browser send.
func from(c *call, site string) *call {
	c.Request, c.verdict = httptest.NewRequest("GET", c.URL.Path, nil), &authn.Verdict{}
	if site != "" {
		c.Header.Set("Sec-Fetch-Site", site)
	}
	return c
}

// TestLock: the locked screen is nobody's, and tells the other windows when the session is
// over.
func TestLock(t *testing.T) {
	for name, test := range map[string]struct {
		site   string
		ended  bool
		fails  error
		asked  int
		says   string
		cookie bool
	}{
		"nobody used it":         {"same-origin", true, nil, 1, "Sign in again", true},
		"no such header":         {"", true, nil, 1, "Sign in again", true},
		"typed":                  {"none", true, nil, 1, "Sign in again", true},
		"another window used it": {"same-origin", false, authn.ErrInUse, 1, "The session goes on.", false},
		"no session":             {"same-origin", false, nil, 1, "Sign in again", false},
		"another port's page":    {"same-site", true, nil, 0, "Sign in again", false},
		"another site's page":    {"cross-site", true, nil, 0, "Sign in again", false},
	} {
		s := &sessions{ended: test.ended, fails: test.fails}
		c := from(callOf(t, dana(t, "s", "police_officer"), nil), test.site)
		c.site.opts.Authn = s
		out, err := lock(t.Context(), c)
		text := shows(t, out, err, http.StatusOK, test.says)
		if s.locked != test.asked || s.touched != 0 {
			t.Errorf("%s: %d locks, %d touches; want %d and none", name, s.locked, s.touched, test.asked)
		}
		if (out.cookie != nil) != test.cookie || out.close != test.cookie || c.audited != test.cookie {
			t.Errorf("%s: the cookie is taken away: %v, closed %v, audited %v; want %v", name, out.cookie != nil, out.close, c.audited, test.cookie)
		}
		if told := strings.Contains(string(out.body), "data-signed-out"); told != test.cookie {
			t.Errorf("%s: the other windows are told: %v, want %v", name, told, test.cookie)
		}
		if strings.Contains(text, "Dana") || strings.Contains(string(out.body), "data-lock-seconds") {
			t.Errorf("%s: the page is somebody's: %s", name, text)
		}
	}
}

// TestLockFails: a screen that cannot be locked does not say that it was.
func TestLockFails(t *testing.T) {
	c := from(callOf(t, dana(t, "s"), nil), "same-origin")
	c.site.opts.Authn = &sessions{fails: errors.New("no database")}
	if out, err := lock(t.Context(), c); err == nil || out.body != nil {
		t.Errorf("lock = %d bytes, %v; want the error", len(out.body), err)
	}
}

// TestUse: what a page of another origin sends is no use of the session, and its answer
// promises nothing of it.
func TestUse(t *testing.T) {
	for site, counted := range map[string]bool{"": true, "same-origin": true, "none": true, "same-site": false, "cross-site": false} {
		s := &sessions{}
		c := from(callOf(t, dana(t, "s", "police_officer"), emergencies{}), site)
		c.site.opts.Authn = s
		err := c.use(t.Context())
		f := c.site.frameFor(c, "T", "")
		if err != nil || (s.touched == 1) != counted || f.Holder.SignedIn != counted || f.Locks.IsZero() == counted || (f.Nav != nil) != counted {
			t.Errorf("Sec-Fetch-Site %q: %v, %d touches, frame %+v; want it counted: %v", site, err, s.touched, f, counted)
		}
	}
}
