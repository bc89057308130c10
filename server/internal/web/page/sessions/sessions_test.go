package sessions

import (
	"testing"
	"time"

	"mais/server/api"
	"mais/server/internal/web/page/admin/admintest"
	"mais/server/internal/web/page/pagetest"
)

func TestTemplate(t *testing.T) { pagetest.Check(t, page, Page{}) }

func open(name string, current bool) api.Session {
	return api.Session{Name: name, Site: "Northgate", Address: "10.1.2.3", Method: api.ByToken, Certificate: "people-1/4f",
		Began: admintest.Now.Add(-time.Hour), Seen: admintest.Now, Current: current}
}

func show(list ...api.Session) []byte {
	return Render(Page{Frame: admintest.Frame("My sessions"), Sessions: list})
}

// TestSessions: one's own stands first and is marked; only with others is there a button for them.
func TestSessions(t *testing.T) {
	p := show(open("bb", false), open("aa", true))
	admintest.Says(t, p, "This one", "10.1.2.3", "people-1/4f", "22 November 2026 at 11:00", "End all others")
	var actions []string
	for _, f := range pagetest.ByTag(admintest.Main(t, p), "form") {
		actions = append(actions, pagetest.Attr(f, "action"))
	}
	if len(actions) != 3 || actions[0] != "/sessions/aa/end" || actions[1] != "/sessions/bb/end" || actions[2] != "/sessions/end" {
		t.Errorf("the buttons lead to %q", actions)
	}
	admintest.Silent(t, show(open("aa", true)), "End all others")
	by := open("aa", true)
	by.Method, by.Certificate = api.ByPassword, ""
	admintest.Says(t, Render(Page{Frame: admintest.Frame("My sessions"), Sessions: []api.Session{by}, Ended: 2}), "Password", "2 sessions were ended")
}

func TestHostile(t *testing.T) {
	hostile := func(text string) []byte {
		s := open(text, false)
		s.Site, s.Address, s.Certificate = text, text, text
		return show(s)
	}
	for _, text := range admintest.Hostile(t) {
		admintest.Calm(t, hostile(text), hostile("calm"), text)
	}
}
