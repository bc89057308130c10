// Package agencies is the list of the agencies that the reader administers. Render it with
// [Render].
package agencies

import (
	"embed"

	"mais/server/api"
	"mais/server/internal/web/page/admin"
	"mais/server/internal/web/page/admin/agency"
	"mais/server/internal/web/page/frame"
)

//go:embed agencies.html
var files embed.FS

var page = admin.Template(files, "agencies.html")

// Path is the address of the list.
const Path = agency.Root

// Page is the data of the page.
type Page struct {
	frame.Frame
	Agencies []api.Agency
	Adds     bool // the reader may add one
}

// Render returns the document.
func Render(p Page) []byte { return frame.Render(page, p) }

// Row is an agency of the list.
type Row struct{ api.Agency }

// Rows are the agencies.
func (p Page) Rows() (rows []Row) {
	for _, a := range p.Agencies {
		rows = append(rows, Row{a})
	}
	return rows
}

// Path is the address of its page.
func (r Row) Path() string { return agency.Path(r.ID) }

// By says how far passwords go there.
func (r Row) By() string { return agency.PasswordWords(r.Passwords) }

// Count says how many there are.
func (p Page) Count() string { return admin.Count(len(p.Agencies), "agency", "agencies") }

// Number writes a number with commas.
func (Page) Number(n int) string { return admin.Number(n) }
