package e2e_test

import (
	"flag"
	"fmt"
	"sync"
	"testing"
)

// screens is where pictures of the pages are kept. Tests alone keep none.
var screens = flag.String("screens", "", "a `directory` to keep pictures of the pages in")

// gallery is where the journeys put the HTML of the pages that they came to, so that the
// validator, which takes seconds to start, judges them all at once.
type gallery struct {
	mu    sync.Mutex
	pages map[string]string
}

// validate demands that the HTML of all pages is valid.
func (g *gallery) validate(t testing.TB) {
	t.Helper()
	g.mu.Lock()
	defer g.mu.Unlock()
	if len(g.pages) == 0 {
		t.Error("no page was looked at")
		return
	}
	t.Logf("%d pages were looked at", len(g.pages))
	for _, fault := range vnu(t, g.pages) {
		t.Error(fault)
	}
}

// inspector looks at each kind of page once: at what a machine can judge, on a small screen
// and at four times the size, and keeps a picture of both when asked to.
type inspector struct {
	*gallery
	who string // whose journey it is: the names of its pages begin with it
}

// look inspects the page that a tab shows.
func (i *inspector) look(t testing.TB, b *tab, name string) {
	t.Helper()
	i.collect(t, name, b.source(t))
	for _, v := range b.axe(t) {
		t.Errorf("%s: %s", name, v)
	}
	i.fits(t, b, name, laptop)
	i.keep(t, b, name+"-1366x650", false)
	b.resize(t, narrow)
	i.fits(t, b, name, narrow)
	i.keep(t, b, name+"-320", true)
	b.resize(t, laptop)
	b.seen.faultless(t)
}

// fits demands that the page is no wider than the window.
func (i *inspector) fits(t testing.TB, b *tab, name string, in screen) {
	t.Helper()
	if wide := js[int](t, b, "document.scrollingElement.scrollWidth"); wide > in.width {
		t.Errorf("%s: at %d pixels the page is %d wide, because of %s", name, in.width, wide, widest(t, b))
	}
}

func (i *inspector) collect(t testing.TB, name, html string) {
	t.Helper()
	i.mu.Lock()
	defer i.mu.Unlock()
	if _, twice := i.pages[i.who+"-"+name]; twice {
		t.Errorf("two pages are called %s-%s", i.who, name)
	}
	i.pages[i.who+"-"+name] = html
}

// widest names what sticks out on the right.
func widest(t testing.TB, b *tab) string {
	t.Helper()
	return js[string](t, b, `[...document.querySelectorAll("body *")].filter(e => Math.max(e.getBoundingClientRect().right, e.getBoundingClientRect().left + e.scrollWidth) > innerWidth + 1)
		.map(e => e.tagName + "." + e.className).slice(0, 5).join(", ")`)
}

// keep writes a picture.
func (i *inspector) keep(t testing.TB, b *tab, name string, whole bool) {
	t.Helper()
	if *screens != "" {
		store(t, i.who+"-"+name, b.picture(t, whole))
	}
}

// box is where an element is in the window.
type box struct{ Top, Bottom, Left, Right float64 }

func (b box) String() string { return fmt.Sprintf("%.0f to %.0f", b.Top, b.Bottom) }

// aboveFold demands that elements are whole on the first screen of a page.
func (b *tab) aboveFold(t testing.TB, selector string) {
	t.Helper()
	boxes := js[[]box](t, b, `[...document.querySelectorAll(`+quoted(selector)+`)].map(e => {
		const r = e.getBoundingClientRect(); return {Top: r.top, Bottom: r.bottom, Left: r.left, Right: r.right}})`)
	if len(boxes) == 0 {
		t.Errorf("%s: there is no %s", b.path(t), selector)
	}
	for n, at := range boxes {
		if at.Top < 0 || at.Bottom > float64(laptop.height) || at.Left < 0 || at.Right > float64(laptop.width) || at.Bottom <= at.Top {
			t.Errorf("%s: %s (%d) stands at %s of a screen of %d", b.path(t), selector, n+1, at, laptop.height)
		}
	}
}
