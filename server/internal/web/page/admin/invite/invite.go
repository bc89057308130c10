// Package invite is the page where a registered user is sent a code to enrol a token with.
// Render it with [Render]. The code goes by mail and is on no page.
package invite

import (
	"embed"

	"mais/server/api"
	"mais/server/internal/web/page/admin"
	"mais/server/internal/web/page/frame"
)

//go:embed invite.html
var files embed.FS

var page = admin.Template(files, "invite.html")

// Path is the page's address.
const Path = admin.Root + "/invite"

// Email is the name of the form's field.
const Email = "email"

// Page is the data of the page.
type Page struct {
	frame.Frame
	Typed  string
	Sent   *api.Invited // a code went out
	NoMail bool         // the service sends no mail
}

// Render returns the document.
func Render(p Page) []byte { return frame.Render(page, p) }
