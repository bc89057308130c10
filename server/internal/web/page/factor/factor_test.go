package factor

import (
	"testing"

	"mais/server/internal/web/page/admin/admintest"
	"mais/server/internal/web/page/frame"
	"mais/server/internal/web/page/pagetest"
)

func TestTemplate(t *testing.T) { pagetest.Check(t, page, Page{}) }

func TestPage(t *testing.T) {
	p := Page{Frame: frame.Frame{App: frame.Lookup, Title: "Set up", Service: "MAIS", Contact: "the desk", Now: admintest.Now},
		Action: "/register/second", Secret: "ABCD EFGH", Side: 29, Picture: "M4 4h1v1h-1z", Sealed: "x-y_z"}
	admintest.Says(t, Render(p), "ABCD EFGH", "Nothing is set before that")
	doc := admintest.Main(t, Render(p))
	if svg := pagetest.ByTag(doc, "svg"); len(svg) != 1 || pagetest.Attr(svg[0], "viewbox") != "0 0 29 29" && pagetest.Attr(svg[0], "viewBox") != "0 0 29 29" {
		t.Errorf("the picture is not there, or of another size: %+v", svg)
	}
	p.Secret, p.Said, p.Meter, p.Codes = "", "Done.", 2, []string{"AAAAA-BBBBB"}
	p.Next = frame.Link{Path: "/", Text: "Sign in"}
	admintest.Says(t, Render(p), "Done.", "Your password is good", "AAAAA-BBBBB", "never again")
}
