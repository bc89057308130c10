package search

import (
	"testing"

	"mais/server/api"
	"mais/server/internal/web/page/admin/admintest"
	"mais/server/internal/web/page/audit/audittest"
	"mais/server/internal/web/page/frame"
	"mais/server/internal/web/page/pagetest"
)

func TestTemplate(t *testing.T) { pagetest.Check(t, page, Page{}) }

func found(entries ...api.AuditEntry) Page {
	return Page{Frame: admintest.Frame("Audit"), Asked: Asked{}, Top: true, Found: api.AuditPage{Entries: entries}}
}

func TestSearch(t *testing.T) {
	many := audittest.Entry(8)
	many.Persons = []string{audittest.Person, "x"}
	many.Act, many.Outcome, many.Reason = "record.search", "refused", "too-many"
	p := found(audittest.Entry(7), many)
	admintest.Says(t, Render(p), "22 Nov 2026, 12:00:00", "Dana Whitlock", "Opened a record", "5ad8b9f6", "its session", "Done", "2 people", "Refused", "Too many people, or too many at a time", "To download, give a first day")
	admintest.Silent(t, Render(p), audittest.Person, "too-many", "Older entries")
	p.Asked = Asked{Who: "dana", From: "2026-11-01", Act: "user.odd"}
	p.Sealed, p.Found.Next, p.Top = "xyz", 7, false
	p.Found.Users = []api.AuditUser{{ID: "u1", Name: "Dana W"}, {ID: "u2", Name: "Dana X"}}
	admintest.Says(t, Render(p), "Older entries that fit", "The newest", "JSON lines", "2 people: Dana W, Dana X")
	if got, want := p.Next(), "/audit?act=user.odd&before=7&find=xyz&from=2026-11-01"; got != want {
		t.Errorf("Next = %q, want %q", got, want)
	}
	if got, want := p.Export("csv"), "/audit/export/csv?act=user.odd&find=xyz&from=2026-11-01"; got != want {
		t.Errorf("Export = %q, want %q", got, want)
	}
	change := api.AuditEntry{ID: 9, Act: "change.approve", Outcome: "allowed", About: "user.leave: Pat Officer"}
	admintest.Says(t, Render(found(change)), "user.leave: Pat Officer")
	admintest.Says(t, Render(found()), "There is no such entry")
	none := found()
	none.Found.Unknown = []string{"agency", "act"}
	none.Found.Near = []string{"user.invite", "user.leave"}
	admintest.Says(t, Render(none), "agency of this name", "is of this act. There is user.invite, user.leave.")
}

func TestAskedFilter(t *testing.T) {
	f, faults := Asked{From: "2026-03-01", To: "2026-03-31", Person: "ABC"}.Filter()
	if len(faults) > 0 || f.From.Format("2006-01-02 15:04 MST") != "2026-03-01 00:00 GMT" || f.To.Format("2006-01-02 15:04 MST") != "2026-04-01 00:00 BST" || f.Person != "abc" {
		t.Errorf("Filter = %+v, %v", f, faults)
	}
	if _, faults = (Asked{From: "1.3.", To: "x"}).Filter(); len(faults) != 2 {
		t.Errorf("faults = %v, want two", faults)
	}
}

func TestHostile(t *testing.T) {
	for _, text := range admintest.Hostile(t) {
		show := func(text string) []byte {
			p := found(audittest.Hostile(text))
			p.Asked = Asked{Who: text, Agency: text}
			p.Faults = frame.Faults{{Field: Agency, Text: text}}
			return Render(p)
		}
		admintest.Calm(t, show(text), show("calm"), text)
	}
}
