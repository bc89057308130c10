// Package story is the page that tells one session: everything that was done in it, in its order,
// with the gaps between and how it ended. Render it with [Render].
package story

import (
	"embed"

	"mais/server/api"
	"mais/server/api/form"
	"mais/server/internal/web/page/audit"
	"mais/server/internal/web/page/frame"
)

//go:embed story.html
var files embed.FS

var page = audit.Template(files, "story.html")

// gap is after how many seconds without a request the story says so.
const gap = 120

// Page is the data of the page.
type Page struct {
	frame.Frame
	Story api.AuditStory
}

// Render returns the document.
func Render(p Page) []byte { return frame.Render(page, p) }

// Step is a step in words.
type Step struct {
	audit.Entry
	Gap string // how long nothing was done before it; "": not long
}

// Steps are what was done.
func (p Page) Steps() (steps []Step) {
	for _, s := range p.Story.Steps {
		step := Step{Entry: audit.Entry{AuditEntry: s.AuditEntry}}
		if s.After >= gap {
			step.Gap = audit.Lasted(s.After)
		}
		steps = append(steps, step)
	}
	return steps
}

// End says how it ended.
func (p Page) End() string { return form.EndLabel(p.Story.Reason) }

// Lasted says how long it lasted, of a session that is over.
func (p Page) Lasted() string {
	if p.Story.Ended == nil {
		return ""
	}
	return audit.Lasted(int(p.Story.Ended.Sub(p.Story.Began).Seconds()))
}
