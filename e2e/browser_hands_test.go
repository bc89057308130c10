package e2e_test

import (
	"strings"
	"testing"

	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"
)

// hands are a way to work with pages: a mouse, a keyboard alone, or another browser. The
// journeys are written with them once.
type hands interface {
	open(t testing.TB, path string)           // type an address
	fill(t testing.TB, selector, text string) // type into a field
	choose(t testing.TB, selector string)     // one of a group of radio buttons
	press(t testing.TB, selector string)      // a link or a button that leads to another page
	enter(t testing.TB)                       // in the field that was filled last
	path(t testing.TB) string                 // of the page that is shown
	text(t testing.TB) string                 // that it shows
	count(t testing.TB, selector string) int  // of elements
}

var _ = []hands{(*tab)(nil), (*keyboard)(nil), (*firefox)(nil)}

func (b *tab) enter(t testing.TB) {
	t.Helper()
	b.arrive(t, "press Enter", chromedp.KeyEvent(kb.Enter))
}

func (k *keyboard) enter(t testing.TB) {
	t.Helper()
	k.struck++
	k.tab.enter(t)
}

// What leads from page to page.
const (
	toSignIn    = `form[action="/sign-in"] button`
	toSignOut   = `form[action="/sign-out"] button`
	toFind      = `main form[action="/find"] button`
	toResult    = `#results a[href^="/person/"]`
	toReason    = `main form[action$="/reason"] button`
	toPrint     = `main a[href$="/print"]`
	toLooks     = `main a[href$="/looks"]`
	toHistory   = `main a[href$="/history"]`
	toEmergency = `main a[href$="/emergency"]`
	toBegin     = `main form[action$="/emergency"] button`
	toEnd       = `main form[action$="/emergency/end"] button`
	toFinding   = `main form[action^="/reviews/"] button`
)

// signIn begins at the sign-in page and ends at the search.
func signIn(t testing.TB, h hands) {
	t.Helper()
	h.open(t, "/")
	if got := h.path(t); got != "/" {
		t.Fatalf("before signing in / leads to %s", got)
	}
	h.press(t, toSignIn)
	at(t, h, "/find")
}

// find searches for a family name and demands that so many are found.
func find(t testing.TB, h hands, family string, want int) {
	t.Helper()
	h.fill(t, "#family-name", family)
	h.enter(t)
	at(t, h, "/find/")
	if got := h.count(t, toResult); got != want {
		t.Fatalf("find %s shows %d people, want %d:\n%s", family, got, want, h.text(t))
	}
}

// reason goes to the first of the results and says why it is looked at.
func reason(t testing.TB, h hands, code, number string) {
	t.Helper()
	h.press(t, toResult)
	if got := h.path(t); !strings.HasPrefix(got, "/person/") || !strings.HasSuffix(got, "/reason") {
		t.Fatalf("a result leads to %s, want the question for the reason first", got)
	}
	h.choose(t, `input[name="reason"][value="`+code+`"]`)
	h.fill(t, "#number", number)
	h.enter(t)
	at(t, h, "/person/")
	if h.count(t, "[data-item]") < 50 {
		t.Fatalf("the record shows %d items:\n%s", h.count(t, "[data-item]"), h.text(t))
	}
}

// signOut ends the session; after it the token's holder is asked again.
func signOut(t testing.TB, h hands) {
	t.Helper()
	h.press(t, toSignOut)
	says(t, h, "signed out")
	h.open(t, "/find")
	at(t, h, "/")
}

// at demands that the page's path is the one given, or with a slash at its end begins so.
func at(t testing.TB, h hands, want string) {
	t.Helper()
	got := h.path(t)
	if got != want && !(len(want) > 1 && strings.HasSuffix(want, "/") && strings.HasPrefix(got, want)) {
		t.Fatalf("at %s, want %s:\n%s", got, want, h.text(t))
	}
}

// says demands words on the page.
func says(t testing.TB, h hands, words ...string) {
	t.Helper()
	text := h.text(t)
	for _, w := range words {
		if !strings.Contains(text, w) {
			t.Errorf("%s says %q, want %q in it", h.path(t), text, w)
		}
	}
}

// silent demands that words are nowhere on the page.
func silent(t testing.TB, h hands, words ...string) {
	t.Helper()
	text := h.text(t)
	for _, w := range words {
		if strings.Contains(text, w) {
			t.Errorf("%s says %q", h.path(t), w)
		}
	}
}
