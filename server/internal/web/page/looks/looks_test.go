package looks

import (
	"strings"
	"testing"
	"time"

	"mais/server/api"
	"mais/server/api/form"
	"mais/server/internal/web/page/frame"
	"mais/server/internal/web/page/pagetest"
	"mais/server/internal/web/page/record/view"
)

var now = time.Date(2010, 6, 22, 14, 29, 0, 0, time.UTC)

func TestTemplate(t *testing.T) { pagetest.Check(t, page, Page{}) }

func textOf(t *testing.T, looks ...Look) string {
	t.Helper()
	found := api.SearchResult{ID: "b7d2", Surname: "Kettering", FirstName: "Tobias", DateOfBirth: "1978-02-14"}
	p := Page{Frame: frame.Frame{Title: "Looks", Service: "MAIS", Now: now}, Head: view.HeadOf(found, now, "looks"), Looks: looks}
	return pagetest.Text(pagetest.ByID(pagetest.Parse(t, Render(p)), "main-content"))
}

func TestPage(t *testing.T) {
	const hostile = `<script>alert("1")</script>`
	text := textOf(t,
		Look{At: now, Name: "Dana Whitlock", Agency: "Northmoor Police", Act: "record.show", Reason: "custody", Own: true},
		Look{At: now.Add(-time.Hour), Name: hostile, Agency: hostile, Act: "record.print", Emergency: true},
		Look{At: now.Add(-2 * time.Hour), Name: "N", Agency: "A", Act: "record.new_act", Reason: "no_such_reason"})
	for _, want := range []string{
		"KETTERING, Tobias", "22 June 2010 at 15:29 You (Dana Whitlock) Northmoor Police Opened the record Risk assessment of a person in custody",
		hostile + " " + hostile + " Printed the custody summary Emergency access No reason recorded", "No such reason", "That you looked at it is recorded as well",
	} {
		if !strings.Contains(text, want) {
			t.Errorf("the page does not say %q:\n%s", want, text)
		}
	}
	if strings.Contains(text, "last 100") {
		t.Error("three looks are called the last hundred")
	}
}

func TestBounds(t *testing.T) {
	if text := textOf(t); !strings.Contains(text, "Nobody has opened this record yet") {
		t.Errorf("the page without looks says %q", text)
	}
	if text := textOf(t, make([]Look, form.MaxLooks)...); !strings.Contains(text, "the last 100 looks") {
		t.Errorf("the page of %d looks does not say that there may be more", form.MaxLooks)
	}
}
