package locked

import (
	"strings"
	"testing"
	"time"

	"mais/server/internal/web/page/frame"
	"mais/server/internal/web/page/pagetest"
)

func TestPage(t *testing.T) {
	pagetest.Check(t, page, Page{})
	f := frame.Frame{App: frame.Lookup, Title: "T", Service: "MAIS", Contact: "the desk, 01632 960000", Now: time.Now()}
	for _, inUse := range []bool{false, true} {
		doc := pagetest.Parse(t, Render(Page{Frame: f, InUse: inUse}))
		way := pagetest.ByTag(pagetest.ByID(doc, "main-content"), "a")[0]
		if text := strings.ToLower(pagetest.Text(doc)); !strings.Contains(text, "take your card out") || pagetest.Attr(way, "href") != "/" {
			t.Errorf("in use %v: the page doesn't say what to do: %s", inUse, text)
		}
		if got := strings.Contains(pagetest.Text(way), "Sign in"); got == inUse {
			t.Errorf("in use %v: the way on is %q", inUse, pagetest.Text(way))
		}
	}
}
