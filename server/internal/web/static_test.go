package web

import (
	"net/http"
	"strings"
	"testing"

	"mais/server/internal/authn"
	"mais/server/internal/web/page/pagetest"
)

// TestStaticPages: each is a good page for everybody.
func TestStaticPages(t *testing.T) {
	for name, show := range map[string]handler{"help": helpPage, "accessibility": accessibilityPage, "privacy": privacyPage} {
		for _, who := range []authn.Principal{{}, dana(t, ""), dana(t, "s", "police_officer")} {
			c := callOf(t, who, emergencies{})
			out, err := show(c.Context(), c)
			if err != nil || out.status != http.StatusOK {
				t.Errorf("%s: %d, %v", name, out.status, err)
				continue
			}
			text := pagetest.Text(pagetest.Parse(t, out.body))
			if names := strings.Contains(text, "Dana"); names != (who.Session() != "") {
				t.Errorf("%s for %q in session %q names them: %v", name, who.Name(), who.Session(), names)
			}
		}
	}
}
