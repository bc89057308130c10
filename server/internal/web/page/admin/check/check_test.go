package check

import (
	"strings"
	"testing"

	"mais/server/api"
	"mais/server/internal/web/page/admin/admintest"
	"mais/server/internal/web/page/pagetest"
)

func TestTemplate(t *testing.T) { pagetest.Check(t, page, Page{}) }

func TestCheck(t *testing.T) {
	found := func(states ...string) Page {
		p := Page{Frame: admintest.Frame("Check"), Check: api.Check{AsOf: admintest.Now}}
		for _, s := range states {
			p.Check.Findings = append(p.Check.Findings, api.CheckItem{What: "what-" + s, State: s, Says: "It is " + s, Do: "Do " + s})
		}
		return p
	}
	for want, p := range map[string]Page{
		"Everything is in order": found("ok"), "1 warning, no fault": found("ok", "warning"), "2 faults and 1 warning": found("warning", "fault", "ok", "fault"), "1 fault": found("fault"),
	} {
		if got := p.Verdict(); got != want {
			t.Errorf("Verdict() = %q, want %q", got, want)
		}
	}
	page := Render(found("ok", "warning", "fault"))
	admintest.Says(t, page, "Fault What fault It is fault What to do: Do fault", "22 November 2026 at 12:00", "tokenctl admin ca check")
	if text := pagetest.Text(admintest.Main(t, page)); strings.Index(text, "It is fault") > strings.Index(text, "It is warning") || strings.Index(text, "It is warning") > strings.Index(text, "It is ok") {
		t.Errorf("the order is wrong: %s", text)
	}
	for _, text := range admintest.Hostile(t) {
		show := func(text string) []byte {
			p := found("fault")
			p.Check.Findings[0] = api.CheckItem{What: text, State: text, Says: text, Do: text}
			return Render(p)
		}
		admintest.Calm(t, show(text), show("calm"), text)
	}
}
