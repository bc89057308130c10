package witness

import (
	"strings"
	"testing"

	"mais/server/internal/web/page/admin/admintest"
	"mais/server/internal/web/page/frame"
	"mais/server/internal/web/page/pagetest"
)

func TestTemplate(t *testing.T) { pagetest.Check(t, page, Page{}) }

// TestWitness: what was typed stays, what is wrong stands beside it, and what was vouched for is
// shown.
func TestWitness(t *testing.T) {
	p := Page{Frame: admintest.Frame("Witness a card")}
	admintest.Says(t, Render(p), "I saw this key made on this card", "tokenctl piv enrol --witnessed", "their own code is needed too")
	p.Typed = Said{Email: "dana", Key: "01", Number: "12x", GUID: "00ff"}
	p.Faults = frame.Faults{{Field: Email, Text: "E"}, {Field: Key, Text: "K"}, {Field: Number, Text: "N"}, {Field: GUID, Text: "G"}}
	doc := admintest.Main(t, Render(p))
	for field, want := range map[string][2]string{Email: {"dana", "E"}, Key: {"01", "K"}, Number: {"12x", "N"}, GUID: {"00ff", "G"}} {
		if got := pagetest.Attr(pagetest.ByID(doc, field), "value"); got != want[0] {
			t.Errorf("%s has %q, want what was typed", field, got)
		}
		if got := pagetest.Text(pagetest.ByID(doc, field+"-error")); got != "Error: "+want[1] {
			t.Errorf("the fault of %s is %q", field, got)
		}
	}
	p = Page{Frame: admintest.Frame("Witness a card"), Done: &Said{Email: "dana@example.org", Key: "0123 4567", Number: "12345678", Expires: admintest.Now}}
	admintest.Says(t, Render(p), "Your word for dana@example.org is taken", "Card 12345678, key 0123 4567", "22 November 2026 at 12:00")
	p.Done.Number, p.Done.GUID = "", strings.Repeat("0a", 16)
	admintest.Says(t, Render(p), "Card 0a0a")
	for _, text := range admintest.Hostile(t) {
		show := func(text string) []byte {
			s := Said{Email: text, Key: text, Number: text, GUID: text}
			return Render(Page{Frame: admintest.Frame("Witness a card"), Typed: s, Done: &s})
		}
		admintest.Calm(t, show(text), show("calm"), text)
	}
}
