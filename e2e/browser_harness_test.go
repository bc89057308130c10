package e2e_test

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/chromedp/chromedp/kb"
)

// TestInspectorSees: what the journeys rely on finds the faults of a page that has them all.
func TestInspectorSees(t *testing.T) {
	t.Parallel()
	bad := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "text/html; charset=utf-8")
		w.Header().Set("Content-Security-Policy", "script-src 'self'; require-trusted-types-for 'script'; trusted-types 'none'")
		if strings.HasSuffix(r.URL.Path, ".js") {
			w.Header().Set("Content-Type", "text/javascript")
			w.Write([]byte(`console.error("seen by the console"); setTimeout(() => { throw new Error("seen as an exception") }); document.body.lastElementChild.innerHTML = "x"`))
			return
		}
		w.Write([]byte(`<!DOCTYPE html><html lang="en"><title>Bad</title><main><h1>Bad</h1><img src="/missing.png"><p id="a">1<p id="a">2
			<pre>` + strings.Repeat("wide", 100) + `</pre><script>alert("inline")</script><script src="/bad.js"></script></main><p>outside</p></html>`))
	}))
	t.Cleanup(bad.Close)
	b := newChromium(t, sharedDemo(t), nil).tab(t)
	b.open(t, bad.URL)
	var seen string // which is told when the page is there already
	for _, want := range []string{
		"console.error: \"seen by the console\"", "exception: ", "seen as an exception", "security policy: script-src-elem forbids inline",
		"security policy: require-trusted-types-for", "ContentSecurityPolicyIssue",
	} {
		await(t, "the tab to see "+want, func() bool {
			seen += strings.Join(b.seen.takeFaults(), "\n")
			return strings.Contains(seen, want)
		})
	}
	var said string
	for _, v := range b.axe(t) {
		said += v.String()
	}
	if !strings.Contains(said, "image-alt") || !strings.Contains(said, "region") {
		t.Errorf("axe says %q, want image-alt and region", said)
	}
	if faults := strings.Join(vnu(t, map[string]string{"bad": b.source(t)}), "\n"); !strings.Contains(faults, "Duplicate ID") {
		t.Errorf("vnu says %q, want Duplicate ID", faults)
	}
	b.withoutScripts(t)
	b.open(t, bad.URL+"/quiet")
	b.open(t, bad.URL+"/quiet") // what the pages before have done may be told late
	if seen := strings.Join(b.seen.takeFaults(), "\n"); strings.Contains(seen, "/quiet") {
		t.Errorf("without scripts the tab saw\n%s", seen)
	}
	b.resize(t, narrow)
	if wide := widest(t, b); !strings.Contains(wide, "PRE") {
		t.Errorf("what is too wide = %q, want PRE", wide)
	}
}

// TestKeyboardSees: an element under a sticky bar has the focus, and cannot be seen.
func TestKeyboardSees(t *testing.T) {
	t.Parallel()
	page := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "text/html; charset=utf-8")
		w.Write([]byte(`<!DOCTYPE html><title>Covered</title><a href="/1" id="free">free</a><br><a href="/2" id="covered">covered</a>
			<div style="position:fixed;top:2em;left:0;right:0;height:3em;background:white">bar</div>`))
	}))
	t.Cleanup(page.Close)
	k := &keyboard{tab: newChromium(t, sharedDemo(t), nil).tab(t)}
	k.open(t, page.URL)
	for _, id := range []string{"free", "covered"} {
		k.strike(t, kb.Tab)
		if !js[bool](t, k.tab, "document.activeElement.id == "+quoted(id)) {
			t.Fatalf("Tab does not reach %s", id)
		}
		if got, want := k.focusShows(t), id == "free"; got != want {
			t.Errorf("focusShows on %s = %t, want %t", id, got, want)
		}
	}
}
