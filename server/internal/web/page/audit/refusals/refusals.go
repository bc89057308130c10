// Package refusals is the page of what was refused or failed, in groups. Render it with [Render].
package refusals

import (
	"embed"
	"strconv"
	"strings"

	"mais/server/api"
	"mais/server/api/form"
	"mais/server/internal/web/page/admin"
	"mais/server/internal/web/page/audit"
	"mais/server/internal/web/page/frame"
)

//go:embed refusals.html
var files embed.FS

var page = audit.Template(files, "refusals.html")

// Page is the data of the page.
type Page struct {
	frame.Frame
	Days     audit.Days
	Refusals api.AuditRefusals
}

// Render returns the document.
func Render(p Page) []byte { return frame.Render(page, p) }

// Group is a group in words.
type Group struct{ api.AuditRefusal }

// Groups are the groups, the largest first.
func (p Page) Groups() (rows []Group) {
	for _, g := range p.Refusals.Groups {
		rows = append(rows, Group{g})
	}
	return rows
}

// Whom was refused.
func (g Group) Whom() string {
	switch {
	case g.UserName != "":
		return g.UserName
	case g.User != "":
		return g.User
	}
	return "Nobody known"
}

// Why says in words why it was refused or failed.
func (g Group) Why() string {
	if g.Reason == "" {
		return "No cause recorded"
	}
	return form.RefusalLabel(g.Reason)
}

// Code is the word that entries have for it, "" where what they have is words already.
func (g Group) Code() string {
	if strings.Contains(g.Reason, " ") {
		return ""
	}
	return g.Reason
}

// State is how it ended.
func (g Group) State() admin.State { return audit.OutcomeState(g.Outcome) }

// Where says in words what kind of refusal it is.
func (g Group) Where() string { return Kind(g.Kind) }

// Kind is a kind of refusal in words.
func Kind(kind string) string {
	switch kind {
	case api.RefusedAtDoor:
		return "At the door"
	case api.RefusedPermission:
		return "Not permitted"
	}
	return "Something else"
}

// Times says how often.
func (g Group) Times() string { return admin.Number(g.Count) }

// LastPath is the address of the last entry of the group.
func (g Group) LastPath() string { return audit.EntryPath + "/" + strconv.FormatInt(g.LastID, 10) }

// Count says how many there are in all.
func (p Page) Count() string { return admin.Count(p.Refusals.Total, "request", "requests") }
