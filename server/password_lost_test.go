package server

import (
	"net/http"
	"net/url"
	"strings"
	"testing"
)

// TestLostPassword: who reports a loss and has a password is signed out, and it opens nothing more.
func TestLostPassword(t *testing.T) {
	s := newStation(t)
	k := s.keyholder(t, "police_officer")
	k.signsIn(t)
	k.browser.page(t, "/access").shown(t, http.StatusOK)
	b := s.browser(t, custody)
	b.send(t, "/lost", url.Values{"email": {k.email}}).goesTo(t, "/lost/code")
	var letters []string
	eventually(t, "the code is in the mail", func() bool {
		letters = s.letters(t, k.email, "report a lost card")
		return len(letters) == 1
	})
	got := b.send(t, "/lost/code", url.Values{"code": {lostCodes.FindString(letters[0])}})
	got.shown(t, http.StatusOK)
	if !strings.Contains(string(got.body), `id="password"`) || strings.Contains(string(got.body), `id="held"`) {
		t.Errorf("the page does not say that the password is gone:\n%s", got.body)
	}
	k.browser.page(t, "/access").shown(t, http.StatusUnauthorized)
	k.tries(t, s.browser(t, custody), k.password, k.code(t)).shown(t, http.StatusForbidden)
	if n := len(s.entries(t, "act = 'session.end' AND user_id = $1 AND reason = 'lost'", k.id)); n != 1 {
		t.Errorf("%d sessions ended for the loss, want 1", n)
	}
}
