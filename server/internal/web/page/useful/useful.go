// Package useful is the page that thanks for an answer to "Was this of use?" and leads on. It
// shows nothing of the record. Render it with [Render].
package useful

import (
	"embed"

	"mais/server/internal/web/page/frame"
)

//go:embed useful.html
var files embed.FS

var page = frame.Template(files, "useful.html")

// The fields of the question, which stands at the foot of a record.
const (
	Answer = "answer"
	Words  = "words"
)

// Page is the data of the page.
type Page struct {
	frame.Frame
	Record string // the path of the record that it was about
}

// Render returns the document.
func Render(p Page) []byte { return frame.Render(page, p) }
