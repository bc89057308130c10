// Package imported is the page where a file of people is given in, and where it is said what
// is wrong with which of its rows. Render it with [Render].
package imported

import (
	"embed"

	"mais/server/api"
	"mais/server/internal/web/page/admin"
	"mais/server/internal/web/page/frame"
)

//go:embed imported.html
var files embed.FS

var page = admin.Template(files, "imported.html")

// Path is the page's address.
const Path = admin.Root + "/people/import"

// The names of the form's fields.
const (
	Note       = "note"
	DryRun     = "dry-run"
	SkipFaulty = "skip-faulty"
	File       = "file"
)

// Fields are those but for the file.
var Fields = []string{Note, DryRun, SkipFaulty}

// Columns are those of the file, in the order of the example.
var Columns = []string{"email", "name", "agency", "sites", "roles", "starts", "ends", "vetting", "vetted_on", "vouched_by"}

// Page is the data of the page.
type Page struct {
	frame.Frame
	Asked api.ImportRequest
	Read  *api.Import // a file was read, and no change was made of it
}

// Render returns the document.
func Render(p Page) []byte { return frame.Render(page, p) }

// Columns are the columns of the file.
func (Page) Columns() []string { return Columns }

// Rows writes a number of rows.
func (Page) Rows(n int) string { return admin.Count(n, "row", "rows") }

// Shown is how many faults are listed.
func (p Page) Shown() string { return admin.Count(len(p.Read.Faults), "fault", "faults") }

// More reports whether there are rows with faults beyond those listed.
func (p Page) More() bool {
	lines := map[int]bool{}
	for _, f := range p.Read.Faults {
		lines[f.Line] = true
	}
	return len(lines) < p.Read.Bad
}
