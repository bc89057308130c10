// Package quarantine is one quarantine: what is on hold in it, who has approved that it may be
// released, and where the reader approves it. Render it with [Render].
package quarantine

import (
	"embed"
	"fmt"
	"slices"

	"mais/server/api"
	"mais/server/internal/web/page/admin"
	"mais/server/internal/web/page/admin/quarantines"
	"mais/server/internal/web/page/frame"
)

//go:embed quarantine.html
var files embed.FS

var page = admin.Template(files, "quarantine.html")

// Word is the name of the field that confirms an approval.
const Word = "word"

// Page is the data of the page.
type Page struct {
	frame.Frame
	Quarantine api.Quarantine
	Reader     string // the identity of who reads
	Typed      string // the word, as it was typed
}

// Render returns the document.
func Render(p Page) []byte { return frame.Render(page, p) }

// WordOf is what has to be typed to approve a quarantine.
func WordOf(q api.Quarantine) string { return fmt.Sprint("approve ", q.ID) }

// Path is the quarantine's address.
func (p Page) Path() string { return quarantines.PathOf(p.Quarantine) }

// Word is what has to be typed.
func (p Page) Word() string { return WordOf(p.Quarantine) }

// State says how far it is.
func (p Page) State() admin.State { return quarantines.StateOf(p.Quarantine) }

// Held says how many are on hold still.
func (p Page) Held() string {
	return admin.Number(p.Quarantine.Held) + " of " + admin.Count(p.Quarantine.Total, "certificate", "certificates")
}

// Mine reports whether the reader has approved it.
func (p Page) Mine() bool { return slices.Contains(p.Quarantine.Approved, p.Reader) }

// Open reports whether the reader can approve it.
func (p Page) Open() bool { return p.Quarantine.FinishedAt != nil && p.Quarantine.Waits() && !p.Mine() }

// Missing says how many approvals it lacks.
func (p Page) Missing() string {
	return admin.Count(p.Quarantine.Needs-len(p.Quarantine.Approved), "approval", "approvals")
}
