// Package quarantines is the list of what was put on hold because a journal was lost with its
// database, and who has approved that it may be released. Render it with [Render].
package quarantines

import (
	"embed"
	"fmt"

	"mais/server/api"
	"mais/server/internal/web/page/admin"
	"mais/server/internal/web/page/frame"
)

//go:embed quarantines.html
var files embed.FS

var page = admin.Template(files, "quarantines.html")

// Path is the address of the list; a quarantine's is below it.
const Path = admin.Root + "/quarantines"

// Page is the data of the page.
type Page struct {
	frame.Frame
	Quarantines []api.Quarantine
}

// Render returns the document.
func Render(p Page) []byte { return frame.Render(page, p) }

// Row is a quarantine in words.
type Row struct {
	api.Quarantine
	Path, Title, Approvals string
	State                  admin.State
}

// Rows are the quarantines, in their order.
func (p Page) Rows() (rows []Row) {
	for _, q := range p.Quarantines {
		rows = append(rows, Row{q, PathOf(q), "Quarantine " + fmt.Sprint(q.ID), fmt.Sprintf("%d of %d", len(q.Approved), q.Needs), StateOf(q)})
	}
	return rows
}

// PathOf is the address of a quarantine.
func PathOf(q api.Quarantine) string { return fmt.Sprintf("%s/%d", Path, q.ID) }

// StateOf says how far a quarantine is.
func StateOf(q api.Quarantine) admin.State {
	switch {
	case q.FinishedAt == nil:
		return admin.State{Words: "Being made", Colour: "red"}
	case q.Waits():
		return admin.State{Words: "Waits for approval", Colour: "yellow"}
	case q.Held > 0:
		return admin.State{Words: "To be released or revoked", Colour: "blue"}
	}
	return admin.State{Words: "Done", Colour: "green"}
}
