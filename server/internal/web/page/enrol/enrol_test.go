package enrol

import (
	"strings"
	"testing"

	"mais/server/internal/web/page/frame"
	"mais/server/internal/web/page/pagetest"
)

func TestTemplate(t *testing.T) { pagetest.Check(t, page, Page{}) }

func TestPage(t *testing.T) {
	doc := pagetest.Parse(t, Render(Page{
		Frame:     frame.Frame{Title: "Enrol your token", Service: "MAIS", Contact: "the desk"},
		PublicURL: "https://mais.example:8443", MutualURL: "https://mais.example:9443",
	}))
	main := pagetest.ByID(doc, "main-content")
	text := pagetest.Text(main)
	for _, want := range []string{"tokenctl enrol --server https://mais.example:8443 --root-fingerprint FINGERPRINT", "never from a web page", "the desk"} {
		if !strings.Contains(text, want) {
			t.Errorf("the page does not say %q: %s", want, text)
		}
	}
	links := map[string]bool{}
	for _, a := range pagetest.ByTag(main, "a") {
		links[pagetest.Attr(a, "href")] = true
	}
	for _, want := range []string{"https://mais.example:9443", "/roots.pem", "/api/v1/openapi.yaml"} {
		if !links[want] {
			t.Errorf("no link leads to %s: %v", want, links)
		}
	}
}
