package e2e_test

import (
	"fmt"
	"testing"
	"unicode/utf8"

	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"
)

// keyboard is somebody who has no mouse. It counts what they do.
type keyboard struct {
	*tab
	stops  int // how often Tab was pressed
	struck int // keys in all
}

// strike presses a key, or types text.
func (k *keyboard) strike(t testing.TB, keys string) {
	t.Helper()
	k.struck += utf8.RuneCountInString(keys)
	do(t, k.tab, fmt.Sprintf("type %q", keys), chromedp.KeyEvent(keys))
}

// tabStops is more than any page of ours has.
const tabStops = 150

// reach presses Tab until an element that fits has the focus.
func (k *keyboard) reach(t testing.TB, selector string) {
	t.Helper()
	for range tabStops {
		if js[bool](t, k.tab, fmt.Sprintf("document.activeElement.matches(%s)", quoted(selector))) {
			if !k.focusShows(t) {
				t.Errorf("%s: %s has the focus and cannot be seen", k.path(t), selector)
			}
			return
		}
		k.stops++
		k.strike(t, kb.Tab)
	}
	t.Fatalf("%s: Tab does not reach %s", k.path(t), selector)
}

// focusShows reports whether what has the focus is in the window, with nothing over it
// (WCAG 2.2, 2.4.11).
func (k *keyboard) focusShows(t testing.TB) bool {
	t.Helper()
	return js[bool](t, k.tab, `(() => {
		const e = document.activeElement, r = e.getBoundingClientRect();
		const x = (Math.max(r.left, 0) + Math.min(r.right, innerWidth)) / 2, y = (Math.max(r.top, 0) + Math.min(r.bottom, innerHeight)) / 2;
		const hit = document.elementFromPoint(x, y);
		return hit != null && (e.contains(hit) || hit.contains(e) && hit != document.body || [...(e.labels || [])].some(l => l.contains(hit)));
	})()`)
}

func (k *keyboard) press(t testing.TB, selector string) {
	t.Helper()
	k.reach(t, selector)
	k.struck++
	k.arrive(t, "press Enter on "+selector, chromedp.KeyEvent(kb.Enter))
}

func (k *keyboard) fill(t testing.TB, selector, text string) {
	t.Helper()
	k.reach(t, selector)
	k.strike(t, text)
}

// choose goes to a group of radio buttons, which is one stop, and on in it with the arrow.
func (k *keyboard) choose(t testing.TB, selector string) {
	t.Helper()
	k.reach(t, "input[type=radio]")
	checked := fmt.Sprintf("document.querySelector(%s).checked", quoted(selector))
	if !js[bool](t, k.tab, checked) {
		k.strike(t, " ")
	}
	for range tabStops {
		if js[bool](t, k.tab, checked) {
			return
		}
		k.strike(t, kb.ArrowDown)
	}
	t.Fatalf("%s: the arrow does not reach %s", k.path(t), selector)
}
