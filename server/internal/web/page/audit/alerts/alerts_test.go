package alerts

import (
	"testing"

	"mais/server/api"
	"mais/server/internal/web/page/admin/admintest"
	"mais/server/internal/web/page/frame"
	"mais/server/internal/web/page/pagetest"
)

func TestTemplate(t *testing.T) { pagetest.Check(t, page, Page{}) }

func open(id int64, text string) api.AuditAlert {
	return api.AuditAlert{ID: id, At: admintest.Now, Kind: "scraping", Says: text, User: "u1", UserName: text, Agency: text, May: []string{"settle"}}
}

func list(a ...api.AuditAlert) Page {
	return Page{Frame: admintest.Frame("Alerts"), Top: true, Alerts: api.AuditAlerts{Alerts: a}}
}

func TestAlerts(t *testing.T) {
	own, done, address := open(2, "mine"), open(3, "done"), open(4, "by an address")
	own.May = nil
	done.May, done.SettledAt, done.SettledBy, done.Note = nil, &admintest.Now, "Gwen Governor", "A training course."
	address.User, address.UserName, address.Address, address.Kind = "", "", "10.9.9.9", "new-kind"
	p := list(open(1, "Opened the records of 60 people"), own, done, address)
	admintest.Says(t, Render(p), "Alert: many people’s records", "Opened the records of 60 people", "This one is about you", "Gwen Governor", "A training course.", "10.9.9.9", "alarm new kind")
	if forms := pagetest.ByTag(admintest.Main(t, Render(p)), "form"); len(forms) != 2 || pagetest.Attr(forms[0], "action") != "/audit/alerts/1/settle" {
		t.Errorf("%d forms", len(forms))
	}
	admintest.Says(t, Render(list()), "No alert waits")
	p.All, p.Top, p.Alerts.Next = true, false, 9
	if p.Next() != "/audit/alerts?all=yes&before=9" || p.First() != "/audit/alerts?all=yes" {
		t.Errorf("Next = %q, First = %q", p.Next(), p.First())
	}
}

func TestFaults(t *testing.T) {
	p := list(open(1, "a"), open(2, "b"))
	p.Wrong, p.Typed, p.Faults = 2, "typed before", frame.Faults{{Field: Note, Text: "Say what you found"}}
	doc := admintest.Main(t, Render(p))
	if note := pagetest.ByID(doc, "note"); pagetest.Text(note) != "typed before" || pagetest.Text(pagetest.ByID(doc, "note-error")) != "Error: Say what you found" {
		t.Errorf("the note is %q", pagetest.Text(note))
	}
}

func TestHostile(t *testing.T) {
	for _, text := range admintest.Hostile(t) {
		show := func(text string) []byte {
			a := open(1, text)
			a.Kind, a.Note, a.SettledAt, a.SettledBy = text, text, &admintest.Now, text
			return Render(list(a, open(2, text)))
		}
		admintest.Calm(t, show(text), show("calm"), text)
	}
}
