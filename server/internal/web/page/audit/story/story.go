// Package story is the page that tells one session: everything that was done in it, in its order,
// with the gaps between and how it ended. Render it with [Render].
package story

import (
	"embed"

	"mais/server/api"
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

// reasons are why sessions end, in words.
var reasons = map[string]string{
	"sign-out": "signed out", "locked": "the screen locked, because nobody used it", "timeout": "nobody used it any more, or its time was over", "new-sign-in": "signed in anew",
	"mismatch": "it was used from elsewhere", "revoked": "the token was revoked", "held": "the token was put on hold", "superseded": "the token was superseded by its renewal",
	"ended-by-holder": "ended by its holder from elsewhere", "ended-by-administrator": "ended by an administrator", "left": "its holder left",
}

// End says how it ended.
func (p Page) End() string {
	if words := reasons[p.Story.Reason]; words != "" {
		return words
	}
	return p.Story.Reason
}

// Lasted says how long it lasted, of a session that is over.
func (p Page) Lasted() string {
	if p.Story.Ended == nil {
		return ""
	}
	return audit.Lasted(int(p.Story.Ended.Sub(p.Story.Began).Seconds()))
}
