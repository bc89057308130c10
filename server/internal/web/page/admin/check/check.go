// Package check is the page of how the certificate authority stands: each thing that was
// looked at, what was found, and what to do. Render it with [Render].
package check

import (
	"embed"

	"mais/server/api"
	"mais/server/internal/web/page/admin"
	"mais/server/internal/web/page/admin/overview"
	"mais/server/internal/web/page/frame"
)

//go:embed check.html
var files embed.FS

var page = admin.Template(files, "check.html")

// Path is the page's address.
const Path = admin.Root + "/check"

// Page is the data of the page.
type Page struct {
	frame.Frame
	Check api.Check
}

// Render returns the document.
func Render(p Page) []byte { return frame.Render(page, p) }

// Findings are what was found, the faults first.
func (p Page) Findings() []api.CheckItem { return overview.Ranked(p.Check.Findings) }

// Verdict says how it stands as a whole.
func (p Page) Verdict() string {
	faults, warnings := 0, 0
	for _, f := range p.Check.Findings {
		switch f.State {
		case "ok":
		case "warning":
			warnings++
		default:
			faults++
		}
	}
	switch {
	case faults > 0 && warnings > 0:
		return admin.Count(faults, "fault", "faults") + " and " + admin.Count(warnings, "warning", "warnings")
	case faults > 0:
		return admin.Count(faults, "fault", "faults")
	case warnings > 0:
		return admin.Count(warnings, "warning", "warnings") + ", no fault"
	}
	return "Everything is in order"
}
