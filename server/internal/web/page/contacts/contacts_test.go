package contacts

import (
	"strings"
	"testing"
	"time"

	"mais/server/internal/web/page/frame"
	"mais/server/internal/web/page/pagetest"
)

func TestTemplate(t *testing.T) { pagetest.Check(t, page, Page{}) }

func TestContacts(t *testing.T) {
	p := Page{Frame: frame.Frame{App: frame.Lookup, Title: "Urgent contacts", Service: "MAIS", Contact: "the desk", Now: time.Unix(0, 0)}}
	if text := pagetest.Text(pagetest.Parse(t, Render(p))); !strings.Contains(text, "Ask the desk whom to call") {
		t.Errorf("a page without numbers does not say whom to ask: %s", text)
	}
	p.Contacts = []Contact{
		{Name: "Liaison <team>", Telephone: "01632 960101", Dial: "01632960101", Hours: "24 hours", Always: true, For: "Advice"},
		{Name: "Abroad", Telephone: "+44 1632 960102", Dial: "+441632960102", Hours: "9am to 5pm", For: "Help"},
	}
	doc := pagetest.Parse(t, Render(p))
	links := pagetest.ByClass(doc, "mais-tel")
	if len(links) != 2 || pagetest.Attr(links[0], "href") != "tel:01632960101" || pagetest.Attr(links[1], "href") != "tel:+441632960102" {
		t.Errorf("the numbers cannot be dialled: %d links, %s", len(links), Render(p))
	}
	for _, want := range []string{"Liaison <team>", "Advice", "24 hours", "9am to 5pm", "999"} {
		if text := pagetest.Text(doc); !strings.Contains(text, want) {
			t.Errorf("the page does not say %q: %s", want, text)
		}
	}
}
