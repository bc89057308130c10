package useful

import (
	"testing"

	"mais/server/internal/web/page/admin/admintest"
	"mais/server/internal/web/page/pagetest"
)

func TestTemplate(t *testing.T) { pagetest.Check(t, page, Page{}) }

// TestLeadsOn: from the thanks the way leads to the next person and back.
func TestLeadsOn(t *testing.T) {
	doc := admintest.Main(t, Render(Page{Frame: admintest.Frame("Thank you"), Record: "/person/0192"}))
	links := pagetest.ByTag(doc, "a")
	if len(links) != 2 || pagetest.Attr(links[0], "href") != "/find" || pagetest.Attr(links[1], "href") != "/person/0192" {
		t.Errorf("%d links in %s", len(links), pagetest.Text(doc))
	}
}
