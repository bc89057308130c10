package recent

import (
	"strings"
	"testing"
	"time"

	"mais/server/api"
	"mais/server/internal/web/page/frame"
	"mais/server/internal/web/page/pagetest"
)

func TestTemplate(t *testing.T) { pagetest.Check(t, page, Page{}) }

func TestPage(t *testing.T) {
	at := time.Date(2010, 11, 24, 2, 14, 0, 0, time.UTC)
	of := api.SearchResult{ID: "b7d2", Surname: "Kettering", FirstName: "Tobias", DateOfBirth: "1978-02-14"}
	doc := pagetest.Parse(t, Render(Page{
		Frame: frame.Frame{Title: "My recent views", Service: "MAIS", Contact: "the desk"},
		Rows:  []Row{NewRow(of, at, 3, "custody"), NewRow(of, at, 1, ""), NewRow(of, at, 2, "retired"), NewRow(api.SearchResult{ID: "b7d2"}, at, 1, "")},
	}))
	rows := pagetest.ByTag(pagetest.ByTag(doc, "tbody")[0], "tr")
	for i, want := range []string{
		"Kettering, Tobias 14 February 1978 24 November 2010, 02:14 3 times Risk assessment of a person in custody",
		"Kettering, Tobias 14 February 1978 24 November 2010, 02:14 Once Not recorded",
		"Kettering, Tobias 14 February 1978 24 November 2010, 02:14 Twice Not recorded",
		"Name not shown 24 November 2010, 02:14 Once Not recorded",
	} {
		if got := pagetest.Text(rows[i]); got != want {
			t.Errorf("row %d = %q, want %q", i, got, want)
		}
	}
	if got := pagetest.Attr(pagetest.ByTag(rows[0], "a")[0], "href"); got != "/person/b7d2" {
		t.Errorf("the name leads to %q, want the record", got)
	}
}

func TestEmpty(t *testing.T) {
	doc := pagetest.Parse(t, Render(Page{Frame: frame.Frame{Title: "My recent views", Service: "MAIS"}}))
	if text := pagetest.Text(doc); len(pagetest.ByTag(doc, "table")) != 0 || !strings.Contains(text, "You have not looked at any record") {
		t.Errorf("the empty page says %s", text)
	}
}
