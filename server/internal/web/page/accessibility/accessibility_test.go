package accessibility

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
	doc := pagetest.Parse(t, Render(Page{f}))
	for _, want := range []string{"WCAG", "Not tested so far", "the desk, 01632 960000"} {
		if !strings.Contains(pagetest.Text(doc), want) {
			t.Errorf("the page doesn't say %q", want)
		}
	}
}
