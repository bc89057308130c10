// Package audittest gives the tests of the audit's pages entries of invented people. Start with
// [Entry].
package audittest

import (
	"mais/server/api"
	"mais/server/internal/web/page/admin/admintest"
)

// Person is the number of somebody whose record was opened.
const Person = "5ad8b9f6-7c1e-4a52-9f0d-000000000042"

// Entry returns an entry of an opened record.
func Entry(id int64) api.AuditEntry {
	return api.AuditEntry{
		ID: id, At: admintest.Now, Login: "mais_audit", Act: "record.show", Outcome: "allowed", Address: "10.1.2.3", User: "6f2d6a0e-6a3d-4a43-9c55-5a0b7a1f2f01",
		UserName: "Dana Whitlock", Agency: "Northshire Police", Site: "Northgate", Session: "00112233445566ff", Persons: []string{Person},
		Items: []string{"physical_health.*"}, Rows: 1, Detail: map[string]string{"reason": "custody"},
	}
}

// Hostile returns an entry that has a text wherever one can be.
func Hostile(text string) api.AuditEntry {
	e := Entry(1)
	e.Login, e.Node, e.Listener, e.Act, e.Outcome, e.Reason, e.Method, e.URI, e.Address = text, text, text, text, text, text, text, text, text
	e.UserName, e.Agency, e.Site, e.Roles, e.AuthMethod, e.Session, e.Issuer, e.Serial = text, text, text, []string{text}, text, text, text, text
	e.Items, e.Detail, e.About = []string{text}, map[string]string{text: text}, text
	return e
}
