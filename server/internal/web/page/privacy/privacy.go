// Package privacy is the privacy notice: what the service records about those who use it and
// about those whom it is used for, who sees that, and whom to ask.
package privacy

import (
	"embed"

	"mais/server/internal/web/page/frame"
)

//go:embed privacy.html
var files embed.FS

var page = frame.Template(files, "privacy.html")

// Page is the data of the page.
type Page struct{ frame.Frame }

// Render returns the document.
func Render(p Page) []byte { return frame.Render(page, p) }
