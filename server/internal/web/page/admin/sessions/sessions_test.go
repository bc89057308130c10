package sessions

import (
	"testing"
	"time"

	"mais/server/api"
	"mais/server/internal/web/page/admin/admintest"
	"mais/server/internal/web/page/pagetest"
)

func TestTemplates(t *testing.T) {
	pagetest.Check(t, page, Page{})
	pagetest.Check(t, end, Ending{})
}

func open(text string) api.Session {
	return api.Session{Name: text, User: text, UserName: text, Email: text, Agency: text, Site: text, Address: text, Certificate: text,
		Method: api.ByToken, Began: admintest.Now.Add(-time.Hour), Seen: admintest.Now, May: []string{"end"}}
}

func list(s ...api.Session) Page {
	return Page{Frame: admintest.Frame("Who is signed in"), Sessions: api.Sessions{Total: len(s), Page: 1, PerPage: 50, Sessions: s}}
}

func TestList(t *testing.T) {
	office, mine := open("Gwen"), open("Me")
	office.May, mine.Current = []string{}, true
	p := list(open("Dana"), office, mine)
	admintest.Says(t, Render(p), "3 sessions", "Dana", "22 November 2026 at 11:00", "An administrator’s", "This is yours", "Token")
	if links := endings(t, Render(p)); len(links) != 1 || links[0] != "/admin/sessions/Dana/end" {
		t.Errorf("the list leads to end %q, want one", links)
	}
	admintest.Says(t, Render(list()), "Nobody whom you manage is signed in")
	p.User, p.Gone, p.Ended = "u1", true, 2
	admintest.Says(t, Render(p), "End all of them", "no longer open", "2 sessions were ended")
	p.Sessions.Total = 120
	if next := p.Pager().Next; next != "/admin/sessions?page=2&user=u1" {
		t.Errorf("the next page is %q", next)
	}
}

func endings(t *testing.T, page []byte) (links []string) {
	for _, a := range pagetest.ByTag(admintest.Main(t, page), "a") {
		if text := pagetest.Text(a); len(text) > 4 && text[:3] == "End" {
			links = append(links, pagetest.Attr(a, "href"))
		}
	}
	return links
}

func TestEnding(t *testing.T) {
	e := Ending{Frame: admintest.Frame("End a session"), Session: open("dana")}
	admintest.Says(t, RenderEnd(e), "ends at once", "They can sign in again", "Cancel", "End it")
	if got := e.Action(); got != "/admin/sessions/dana/end" {
		t.Errorf("Action = %q", got)
	}
	e.All = 3
	admintest.Says(t, RenderEnd(e), "3 sessions, all there are", "End them all")
}

func TestHostile(t *testing.T) {
	for _, text := range admintest.Hostile(t) {
		admintest.Calm(t, Render(list(open(text))), Render(list(open("calm"))), text)
		ending := func(text string) []byte {
			return RenderEnd(Ending{Frame: admintest.Frame("End a session"), Session: open(text)})
		}
		admintest.Calm(t, ending(text), ending("calm"), text)
	}
}

// TestSerial: a list has as much of a serial number as tells certificates apart, the question before the
// end of a session all of it.
func TestSerial(t *testing.T) {
	const serial = "people-1/53a4293c8796a12a91a11c9442fba777"
	s := open("dana")
	s.Certificate = serial
	admintest.Says(t, Render(list(s)), "…fba777")
	admintest.Silent(t, Render(list(s)), serial)
	admintest.Says(t, RenderEnd(Ending{Frame: admintest.Frame("End a session"), Session: s}), "Certificate "+serial)
}
