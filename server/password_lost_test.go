package server

import (
	"net/http"
	"net/url"
	"strings"
	"testing"

	"mais/server/internal/lifecycle"
	"mais/server/internal/web/page/lost"
	"mais/server/internal/web/page/pagetest"
)

// TestLostPassword: who reports a loss and has a password is signed out, and it opens nothing more. Pages and
// mails to who has nothing else are about the password, and not about a card.
func TestLostPassword(t *testing.T) {
	s := newStation(t)
	s.member(t, "Agency", "All Admin", lifecycle.Administrator)
	k := s.keyholder(t, "police_officer")
	k.signsIn(t)
	k.browser.page(t, "/access").shown(t, http.StatusOK)
	b := s.browser(t, custody)
	for _, path := range []string{"/", "/lost"} {
		if text := pagetest.Text(b.page(t, path).shown(t, http.StatusOK)); !strings.Contains(text, lost.OfAny) {
			t.Errorf("%s is about cards alone: %s", path, text)
		}
	}
	b.send(t, "/lost", url.Values{"email": {k.email}}).goesTo(t, "/lost/code")
	var letters []string
	eventually(t, "the code is in the mail", func() bool {
		letters = s.letters(t, k.email, "take your password away")
		return len(letters) == 1
	})
	got := b.send(t, "/lost/code", url.Values{"code": {lostCodes.FindString(letters[0])}})
	text := pagetest.Text(got.shown(t, http.StatusOK))
	if !strings.Contains(text, "Your password opens nothing any more") || strings.Contains(text, "Found it") || strings.Contains(text, "had it last") {
		t.Errorf("the page is about something that has a place: %s", text)
	}
	if !strings.Contains(string(got.body), `id="password"`) || strings.Contains(string(got.body), `id="held"`) {
		t.Errorf("the page does not say that the password is gone:\n%s", got.body)
	}
	eventually(t, "an administrator is told", func() bool { return len(s.letters(t, "", "a loss was reported")) > 0 })
	if letter := s.letters(t, "", "a loss was reported")[0]; !strings.Contains(letter, "their password taken away") || strings.Contains(letter, "card") {
		t.Errorf("the administrator is told %s", letter)
	}
	k.browser.page(t, "/access").shown(t, http.StatusUnauthorized)
	k.tries(t, s.browser(t, custody), k.password, k.code(t)).shown(t, http.StatusForbidden)
	if n := len(s.entries(t, "act = 'session.end' AND user_id = $1 AND reason = 'lost'", k.id)); n != 1 {
		t.Errorf("%d sessions ended for the loss, want 1", n)
	}
}
