package signedout

import (
	"strings"
	"testing"

	"mais/server/internal/web/page/frame"
	"mais/server/internal/web/page/pagetest"
)

func TestTemplate(t *testing.T) { pagetest.Check(t, page, Page{}) }

func TestPage(t *testing.T) {
	doc := pagetest.Parse(t, Render(Page{frame.Frame{Title: "You are signed out", Service: "MAIS", Contact: "the desk"}}))
	text := pagetest.Text(pagetest.ByID(doc, "main-content"))
	for _, want := range []string{"Take your card out now", "close every window", "Sign in again", "the desk"} {
		if !strings.Contains(text, want) {
			t.Errorf("the page does not say %q: %s", want, text)
		}
	}
}
