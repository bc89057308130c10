package tokens

import (
	"strings"
	"testing"

	"golang.org/x/net/html"

	"mais/server/api"
	"mais/server/internal/web/page/admin/admintest"
	"mais/server/internal/web/page/frame"
	"mais/server/internal/web/page/pagetest"
)

func TestTemplate(t *testing.T) { pagetest.Check(t, page, Page{}) }

func mine() Page {
	used, held, over := admintest.Certificate("bb00000000000000000000000000000b"), admintest.Certificate("cc00000000000000000000000000000c"), admintest.Certificate("dd")
	held.Status, over.Status, over.DestroyedAt = "held", "revoked", &admintest.Now
	f := admintest.Frame("My tokens")
	f.App, f.Area = frame.Lookup, ""
	return Page{Frame: f, Own: []api.Certificate{admintest.Certificate("aa00000000000000000000000000000a"), held, used, over}, InUse: "people-1/" + used.Serial}
}

// TestTokens: the one in use comes first and says so; what is on hold can be revoked only, and
// what has ended nothing, but that its key can be said to be in other hands.
func TestTokens(t *testing.T) {
	doc := admintest.Main(t, Render(mine()))
	tokens := pagetest.All(doc, func(e *html.Node) bool { return e.Data == "li" && pagetest.Attr(e.Parent, "class") == "mais-tokens" })
	if len(tokens) != 3 {
		t.Fatalf("%d tokens that work, want 3", len(tokens))
	}
	if text := pagetest.Text(tokens[0]); !strings.HasPrefix(text, "Software token …00000b") || !strings.Contains(text, "The one you are using now") || !strings.Contains(text, "signed out at once") {
		t.Errorf("the first is not the one in use: %s", text)
	}
	for n, want := range []string{"hold revoke", "hold revoke", "revoke"} {
		var acts []string
		for _, e := range pagetest.All(tokens[n], func(e *html.Node) bool { return pagetest.Attr(e, "name") == "act" || e.Data == "a" }) {
			if act := pagetest.Attr(e, "value"); act != "" {
				acts = append(acts, act)
			} else if strings.Contains(pagetest.Attr(e, "href"), "act=revoke") {
				acts = append(acts, "revoke")
			}
		}
		if got := strings.Join(acts, " "); got != want {
			t.Errorf("token %d can be: %s, want %s", n, got, want)
		}
	}
	admintest.Says(t, Render(mine()), "On hold since 22 October 2026", "Ask the desk to release it", "Those that have ended", "Revoked and destroyed")
	if body := pagetest.ByTag(pagetest.Parse(t, Render(mine())), "body")[0]; !strings.Contains(pagetest.Attr(body, "class"), "mais-app--lookup") {
		t.Error("the page is not in the look of the look-up")
	}
	for reason, want := range map[string]int{"superseded": 1, "keyCompromise": 0} {
		p := mine()
		p.Own[3].Reason = reason
		links := pagetest.All(admintest.Main(t, Render(p)), func(e *html.Node) bool {
			return strings.HasSuffix(pagetest.Attr(e, "href"), "serial=people-1%2Fdd&reason=keyCompromise")
		})
		if len(links) != want {
			t.Errorf("what was revoked for %s has %d ways to say that its key is in other hands, want %d", reason, len(links), want)
		}
	}
	none := mine()
	none.Own = nil
	admintest.Says(t, Render(none), "None of your tokens works any more")
}

func TestHostile(t *testing.T) {
	show := func(text string) []byte {
		p := mine()
		for n := range p.Own {
			p.Own[n].Profile, p.Own[n].Serial, p.Own[n].Issuer = text, text, text
		}
		return Render(p)
	}
	for _, text := range admintest.Hostile(t) {
		admintest.Calm(t, show(text), show("calm"), text)
	}
}
