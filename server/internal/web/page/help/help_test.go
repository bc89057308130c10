package help

import (
	"strings"
	"testing"
	"time"

	"golang.org/x/net/html"

	"mais/server/internal/web/page/frame"
	"mais/server/internal/web/page/pagetest"
)

func TestPage(t *testing.T) {
	pagetest.Check(t, page, Page{})
	f := frame.Frame{App: frame.Lookup, Title: "T", Service: "MAIS", Contact: "the desk, 01632 960000", Now: time.Now()}
	doc := pagetest.Parse(t, Render(New(f, "https://mais.example:8443/lost")))
	main := pagetest.ByID(doc, "main-content")
	for _, want := range []string{"No result is not the same as no risk", "Do not wait for MAIS", "the desk, 01632 960000"} {
		if !strings.Contains(pagetest.Text(main), want) {
			t.Errorf("the page doesn't say %q", want)
		}
	}
	links := pagetest.All(main, func(e *html.Node) bool { return strings.HasPrefix(pagetest.Attr(e, "href"), "tel:") })
	if len(links) != 1 || pagetest.Attr(links[0], "href") != "tel:+441632960000" {
		t.Errorf("%d links ring the contact, want one", len(links))
	}
}
