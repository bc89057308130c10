package e2e_test

import (
	"fmt"
	"io"
	"log"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/chromedp/cdproto/security"
)

// TestHostilePage lets a signed-in officer's browser open pages of other origins that try in
// every way to make it look somebody up. One is of the same site: cookies ignore ports, so
// that SameSite does not help against it.
func TestHostilePage(t *testing.T) {
	t.Parallel()
	s := browserDemo(t)
	p := s.join(t, "lured", "police_officer", custody)
	b := newChromium(t, s, p).tab(t)
	signIn(t, b)
	find(t, b, "brackenridge", 1)
	result := b.path(t)
	reason(t, b, "custody", "NG/4471/10")
	record := b.path(t)

	call(t, b, security.SetIgnoreCertificateErrors, security.SetIgnoreCertificateErrorsParams{Ignore: true}) // as if it had a good one
	page := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "text/html; charset=utf-8")
		fmt.Fprintf(w, lure, b.base, result, record)
	})
	plain, secure := httptest.NewServer(page), httptest.NewUnstartedServer(page)
	secure.Config.ErrorLog = log.New(io.Discard, "", 0) // of a browser that first looks who is there
	secure.StartTLS()
	t.Cleanup(plain.Close)
	t.Cleanup(secure.Close)
	for origin, address := range map[string]string{
		"another site": plain.URL, "without TLS": localhost(plain.URL), "the same site": localhost(secure.URL),
	} {
		t.Run(origin, func(t *testing.T) {
			before := looksOf(t, s, p, "allowed")
			if len(before) == 0 {
				t.Fatal("the audit has no look of the officer's own")
			}
			refused := looksOf(t, s, p, "refused")
			for _, way := range []string{"load", "fetch", "post", "frame", "follow"} {
				b.open(t, address+"/?"+way)
				await(t, "the lure "+way, func() bool { return b.is(`document.title != "Luring" && document.readyState == "complete"`) })
				if js[bool](t, b, `document.body.innerText.includes("Brackenridge")`) {
					t.Errorf("%s: the page shows the record", way)
				}
			}
			if after := looksOf(t, s, p, "allowed"); len(after) != len(before) {
				t.Errorf("the audit has new looks: %v", after[len(before):])
			}
			tried := map[string]int{}
			for _, e := range looksOf(t, s, p, "refused")[len(refused):] {
				tried[e.Act]++
			}
			for _, act := range []string{"record.show", "record.search", "record.print", "search.ask"} {
				if tried[act] == 0 {
					t.Errorf("no %s came to the service, so nothing was shown to be refused; the audit has %v", act, tried)
				}
			}
		})
	}
	b.seen.takeFaults() // the hostile pages' own
	b.open(t, record)
	says(t, b, "Brackenridge") // the officer's own session goes on
}

// localhost is the same server under the service's own host name.
func localhost(url string) string { return strings.Replace(url, "127.0.0.1", "localhost", 1) }

// looksOf are the officer's searches and looks that ended so.
func looksOf(t *testing.T, s *service, p *person, outcome string) []event {
	t.Helper()
	return s.audit(t, func(e event) bool {
		return e.UserName == "Journey lured" && e.Outcome == outcome && (strings.HasPrefix(e.Act, "record.") || e.Act == "search.ask")
	})
}

// lure is a page that does what its query says, to the service, a result and a record.
const lure = `<!DOCTYPE html><html lang="en"><title>Luring</title><body><form method="post" action="%[1]s/find"><input name="family-name" value="brackenridge"></form><script>
const base = %[1]q, result = base + %[2]q, record = base + %[3]q;
const done = () => { document.title = "Lured" };
const all = [result, record, record + "/print", base + "/recent"];
const lures = {
	load: () => Promise.all(all.map(u => new Promise(over => { const i = new Image(); i.onload = i.onerror = over; i.src = u }))).then(done),
	fetch: () => Promise.allSettled(all.flatMap(u => [fetch(u, {mode: "no-cors", credentials: "include"}), fetch(u, {credentials: "include"})])
		.concat(fetch(base + "/find", {method: "POST", mode: "no-cors", credentials: "include", body: new URLSearchParams({"family-name": "brackenridge"})}))).then(done),
	post: () => document.forms[0].submit(),
	frame: () => Promise.all(all.map(u => new Promise(over => { const f = document.createElement("iframe"); f.onload = f.onerror = over; f.src = u; document.body.append(f) }))).then(done),
	follow: () => { location = record },
};
addEventListener("load", () => lures[location.search.slice(1)]());
</script></body></html>`
