// Package practice is a page of ten tasks for an officer's first shift, in its order, with
// invented people: what to do, what to notice, and the answer to open afterwards. Render it
// with [Render]. It is there only where everything shown is invented.
package practice

import (
	"embed"

	"mais/server/internal/web/page/frame"
)

//go:embed practice.html
var files embed.FS

var page = frame.Template(files, "practice.html")

// Page is the data of the page.
type Page struct {
	frame.Frame
	Tasks []Task
}

// Task is one thing to try.
type Task struct {
	Title  string
	Do     string
	Notice string
	Answer string
	Link   frame.Link // where to begin; none: where the task before it ended
}

// Render returns the document.
func Render(p Page) []byte { return frame.Render(page, p) }
