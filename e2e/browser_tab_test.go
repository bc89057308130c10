package e2e_test

import (
	"context"
	"encoding/json"
	"fmt"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/cdproto/page"
	"github.com/chromedp/chromedp"
)

// screen is a size of the window in CSS pixels.
type screen struct{ width, height int }

// Screens that the pages are looked at on: the smallest that custody suites have, and what
// is left of it at four times the size (WCAG 2.2, 1.4.10).
var (
	laptop = screen{1366, 650}
	narrow = screen{320, 640}
)

// tab is one tab of a browser. Its methods are what a person does with a mouse; keys are
// in browser_keys_test.go. Each demands that it works.
type tab struct {
	ctx    context.Context
	base   string
	seen   *sightings
	status int // of the page that is shown
}

// tab opens another tab, where nobody is signed in. Cookies are the browser's: of two tabs
// one works at a time.
func (c *chromium) tab(t testing.TB) *tab {
	t.Helper()
	b := &tab{base: c.base, seen: &sightings{}}
	ctx, end := chromedp.NewContext(c.ctx, chromedp.WithListener(b.seen.note))
	t.Cleanup(end)
	b.ctx = ctx
	if err := b.seen.watch(ctx); err != nil {
		t.Fatalf("open a tab: %v", err)
	}
	call(t, b, network.ClearBrowserCookies, cdp.Empty{})
	b.resize(t, laptop)
	return b
}

// do is done within patience.
func do[T any](t testing.TB, b *tab, what string, a chromedp.Action[T]) T {
	t.Helper()
	ctx, end := context.WithTimeout(b.ctx, patience)
	defer end()
	v, err := chromedp.Run(ctx, a)
	if err != nil {
		t.Fatalf("%s at %s: %v", what, b.seen.address(), err)
	}
	return v
}

// arrive does what leads to another page, and waits for it.
func (b *tab) arrive(t testing.TB, what string, a chromedp.Action[chromedp.Void]) {
	t.Helper()
	ctx, end := context.WithTimeout(b.ctx, patience)
	defer end()
	resp, err := chromedp.RunResponse(ctx, a)
	if err != nil {
		t.Fatalf("%s at %s: %v", what, b.seen.address(), err)
	}
	b.status = int(resp.Status)
}

// open types an address of the service, or a whole one.
func (b *tab) open(t testing.TB, path string) {
	t.Helper()
	if strings.HasPrefix(path, "/") {
		path = b.base + path
	}
	b.arrive(t, "open "+path, chromedp.Navigate(path))
}

// press follows a link or presses a button that leads to another page.
func (b *tab) press(t testing.TB, selector string) {
	t.Helper()
	b.arrive(t, "press "+selector, chromedp.Click(chromedp.CSS(selector), chromedp.NodeVisible))
}

// fill types into an empty field.
func (b *tab) fill(t testing.TB, selector, text string) {
	t.Helper()
	do(t, b, "fill "+selector, chromedp.SendKeys(chromedp.CSS(selector), text))
}

// choose clicks the label of a radio button or a check box.
func (b *tab) choose(t testing.TB, selector string) {
	t.Helper()
	do(t, b, "choose "+selector, chromedp.Click(chromedp.CSS(selector)))
}

// js evaluates an expression in the page, also where the page itself may run none.
func js[T any](t testing.TB, b *tab, expression string) T {
	t.Helper()
	return do(t, b, "evaluate "+expression, chromedp.Evaluate[T](expression, chromedp.EvalAwaitPromise))
}

// glance is how long the answer to a script is waited for that is asked again.
const glance = time.Second

// is reports whether an expression holds now. It is soon asked again: no script is answered while a
// dialog is open, while one page makes way for another, nor ever when the page that it was for goes
// with its process.
func (b *tab) is(expression string) bool {
	ctx, end := context.WithTimeout(b.ctx, glance)
	defer end()
	holds, err := chromedp.Run(ctx, chromedp.Evaluate[bool](expression))
	return err == nil && holds
}

// text is what the page shows below its frame.
func (b *tab) text(t testing.TB) string {
	t.Helper()
	return js[string](t, b, `document.querySelector("main").innerText`)
}

// path is the address of the page without its host.
func (b *tab) path(t testing.TB) string {
	t.Helper()
	u, err := url.Parse(do(t, b, "read the address", chromedp.Location()))
	if err != nil {
		t.Fatal(err)
	}
	return u.RequestURI()
}

// count returns how many elements fit.
func (b *tab) count(t testing.TB, selector string) int {
	t.Helper()
	return js[int](t, b, fmt.Sprintf("document.querySelectorAll(%s).length", quoted(selector)))
}

// source is the page's HTML as the server sent it.
func (b *tab) source(t testing.TB) string {
	t.Helper()
	return string(call(t, b, network.GetResponseBody, network.GetResponseBodyParams{RequestID: b.seen.document()}).Body)
}

func (b *tab) resize(t testing.TB, s screen) {
	t.Helper()
	call(t, b, emulation.SetDeviceMetricsOverride, emulation.SetDeviceMetricsOverrideParams{Width: int64(s.width), Height: int64(s.height), DeviceScaleFactor: 1})
}

// picture is a PNG of the window, or of the page as far as anybody wants to see it.
func (b *tab) picture(t testing.TB, whole bool) []byte {
	t.Helper()
	shot := page.CaptureScreenshotParams{CaptureBeyondViewport: &whole}
	if whole {
		size := js[struct{ Width, Height float64 }](t, b, `({Width: document.scrollingElement.clientWidth, Height: document.scrollingElement.scrollHeight})`)
		shot.Clip = &page.Viewport{Width: size.Width, Height: min(size.Height, tall), Scale: 1}
	}
	return call(t, b, page.CaptureScreenshot, shot).Data
}

// withoutScripts makes pages from now on run none.
func (b *tab) withoutScripts(t testing.TB) {
	t.Helper()
	call(t, b, emulation.SetScriptExecutionDisabled, emulation.SetScriptExecutionDisabledParams{Value: true})
}

// forceColours puts the reader's own few colours in place of the pages'.
func (b *tab) forceColours(t testing.TB) {
	t.Helper()
	call(t, b, emulation.SetEmulatedMedia, emulation.SetEmulatedMediaParams{Features: []*emulation.MediaFeature{{Name: "forced-colors", Value: "active"}}})
}

// quoted makes a text a JavaScript string.
func quoted(text string) string {
	q, err := json.Marshal(text)
	if err != nil {
		panic(err) // a string
	}
	return string(q)
}
