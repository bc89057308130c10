package register

import (
	"testing"

	"mais/server/internal/web/page/admin/admintest"
	"mais/server/internal/web/page/frame"
	"mais/server/internal/web/page/pagetest"
)

func TestTemplate(t *testing.T) { pagetest.Check(t, page, Page{}) }

func show(typed string) []byte {
	p := Page{Frame: frame.Frame{App: frame.Lookup, Title: "Set a password", Service: "MAIS", Contact: "the desk", Now: admintest.Now}, TypedEmail: typed, Least: 15, Most: 128}
	if typed != "" {
		p.Faults = frame.Faults{{Field: "main-content", Text: typed}}
		for _, field := range []string{Email, Code, Password, Again} {
			p.Faults = append(p.Faults, frame.Fault{Field: field, Text: "wrong " + field})
		}
	}
	return Render(p)
}

func TestPage(t *testing.T) {
	doc := admintest.Main(t, show("dana@example.org"))
	for field, want := range map[string]string{Email: "username", Code: "one-time-code", Password: "new-password", Again: "new-password"} {
		if got := pagetest.Attr(pagetest.ByID(doc, field), "autocomplete"); got != want {
			t.Errorf("#%s is for %q, want %q", field, got, want)
		}
		if got := pagetest.Text(pagetest.ByID(doc, field+"-error")); got != "Error: wrong "+field {
			t.Errorf("#%s-error = %q", field, got)
		}
		if value := pagetest.Attr(pagetest.ByID(doc, field), "value"); field != Email && value != "" {
			t.Errorf("#%s comes back with %q", field, value)
		}
	}
	admintest.Says(t, show(""), "15 to 128 characters", "you may paste it", "enrol a token instead")
	kept := admintest.Main(t, Render(Page{Frame: frame.Frame{App: frame.Lookup, Title: "T", Service: "MAIS", Contact: "the desk", Now: admintest.Now}, TypedCode: "7R4KM-9XWPQ"}))
	if got := pagetest.Attr(pagetest.ByID(kept, Code), "value"); got != "7R4KM-9XWPQ" {
		t.Errorf("the code comes back as %q", got)
	}
	for _, text := range admintest.Hostile(t) {
		admintest.Calm(t, show(text), show("calm"), text)
	}
}
