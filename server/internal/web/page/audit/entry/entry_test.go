package entry

import (
	"slices"
	"testing"

	"mais/server/api"
	"mais/server/internal/web/page/admin/admintest"
	"mais/server/internal/web/page/audit/audittest"
	"mais/server/internal/web/page/pagetest"
)

func TestTemplate(t *testing.T) { pagetest.Check(t, page, Page{}) }

func show(e api.AuditEntry) []byte { return Render(Page{Frame: admintest.Frame("An entry"), Entry: e}) }

func TestEntry(t *testing.T) {
	e := audittest.Entry(7)
	e.Issuer, e.Serial, e.Method, e.URI, e.Roles = "people-1", "4f", "GET", "/person/x", []string{"police_officer"}
	admintest.Says(t, show(e), "22 November 2026, 12:00:00", "Opened a record", "people-1/4f", "GET /person/x", audittest.Person, "physical_health.*", "Police officer", "Why Risk assessment of a person in custody", "As recorded custody", "00112233445566ff")
	e.Outcome, e.Reason = "failed", "invalid: surname"
	admintest.Says(t, show(e), "Why What was sent could not be taken", "As recorded invalid: surname", "reason custody")
	e.Persons = slices.Repeat(e.Persons, 130)
	admintest.Says(t, show(e), "And 30 more")
	for _, text := range admintest.Hostile(t) {
		admintest.Calm(t, show(audittest.Hostile(text)), show(audittest.Hostile("calm")), text)
	}
}
