package whose

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"mais/server/api"
	"mais/server/internal/web/page/admin/admintest"
	"mais/server/internal/web/page/pagetest"
)

func TestTemplate(t *testing.T) { pagetest.Check(t, page, Page{}) }

func TestAsked(t *testing.T) {
	got, faults := Typed{Name: " Ray Smith ", Born: "7", Born + "-month": "3", Born + "-year": "1978"}.Asked()
	if diff := cmp.Diff(api.AuditFind{Name: "Ray Smith", Born: "1978-03-07"}, got); diff != "" || faults != nil {
		t.Errorf("Asked, %v (-want +got):\n%s", faults, diff)
	}
	if _, faults := (Typed{Born: "31", Born + "-month": "2", Born + "-year": "1978"}).Asked(); len(faults) != 1 {
		t.Errorf("31 February: %v", faults)
	}
}

func TestWhose(t *testing.T) {
	p := Page{Frame: admintest.Frame("Find a person"), Most: 20}
	admintest.Says(t, Render(p), "20 within an hour", "nothing that stands in it")
	admintest.Silent(t, Render(p), "Nobody fits", "More than one")
	p.Answer = api.FindNone
	admintest.Says(t, Render(p), "Nobody fits")
	p.Answer = api.FindNotUnique
	admintest.Says(t, Render(p), "More than one person fits")
	for _, text := range admintest.Hostile(t) {
		show := func(text string) []byte {
			p := Page{Frame: admintest.Frame("x"), Typed: Typed{Name: text, Born: text, Number: text}}
			p.Faults = Faults([]api.FieldError{{Field: "name", Detail: text}, {Field: "other", Detail: text}})
			return Render(p)
		}
		admintest.Calm(t, show(text), show("calm"), text)
	}
}
