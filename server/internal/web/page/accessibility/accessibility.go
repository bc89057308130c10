// Package accessibility is the accessibility statement: which standard the pages keep, what
// of it was tested and how, what is known to fall short, and whom to tell.
package accessibility

import (
	"embed"

	"mais/server/internal/web/page/frame"
)

//go:embed accessibility.html
var files embed.FS

var page = frame.Template(files, "accessibility.html")

// Page is the data of the page.
type Page struct{ frame.Frame }

// Render returns the document.
func Render(p Page) []byte { return frame.Render(page, p) }
