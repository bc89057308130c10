package locked

import (
	"slices"
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
	doc := pagetest.Parse(t, Render(New(f)))
	if !strings.Contains(pagetest.Text(doc), "Take your card out") || pagetest.Attr(pagetest.ByTag(pagetest.ByID(doc, "main-content"), "a")[0], "href") != "/" {
		t.Error("the page doesn't say what to do")
	}
	if len(pagetest.All(doc, func(e *html.Node) bool {
		return e.Data == "body" && slices.ContainsFunc(e.Attr, func(a html.Attribute) bool { return a.Key == "data-signed-out" })
	})) != 1 {
		t.Error("the other windows stay open")
	}
}
