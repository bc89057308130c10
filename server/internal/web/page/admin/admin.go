// Package admin is what the administrators' pages have in common: the words for how a
// certificate stands and what can be done with it, a date in three boxes, the ways from page
// to page of a list. Each page is a package below this one. A page of a list of certificates
// shows each as a [Certificate]; a page makes its template with [Template].
//
// The pages show what package lifecycle gives the reader, and decide nothing: that a button
// stands on a page does not mean that the act will be allowed.
package admin

import (
	"embed"
	"fmt"
	"html/template"
	"io/fs"
	"net/url"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"mais/server/api"
	"mais/server/internal/web/page/frame"
)

//go:embed pieces.html
var pieces embed.FS

// Template returns the template of a page of the administration, with the pieces that such
// pages share.
func Template(files fs.FS, name string) *template.Template {
	return template.Must(frame.Template(files, name).Funcs(template.FuncMap{"subject": Subject}).ParseFS(pieces, "pieces.html"))
}

// Root is the path below which the administration's pages are.
const Root = "/admin"

// Certificate is an entry of the inventory as pages show it.
type Certificate struct {
	api.Certificate
	Now time.Time
}

// Certificates returns the entries of a list for a page that is made now.
func Certificates(list []api.Certificate, now time.Time) (rows []Certificate) {
	for _, c := range list {
		rows = append(rows, Certificate{c, now})
	}
	return rows
}

// Ref names the certificate as plans and addresses do.
func (c Certificate) Ref() string { return c.Issuer + "/" + c.Serial }

// Path is the address of its page.
func (c Certificate) Path() string {
	return Root + "/certificates/" + url.PathEscape(c.Issuer) + "/" + url.PathEscape(c.Serial)
}

// Raises reports whether it was revoked for less than a compromised key, which can be made of it.
func (c Certificate) Raises() bool { return c.Status == "revoked" && c.Reason != "keyCompromise" }

// Kind is its profile in words.
func (c Certificate) Kind() string { return ProfileLabel(c.Profile) }

// State is how it stands.
func (c Certificate) State() State { return StateOf(c.Status, c.Expired) }

// Whose is the name of its holder, or what stands for one.
func (c Certificate) Whose() string {
	if c.Name == "" {
		return c.Holder
	}
	return c.Name
}

// Last is the end of the serial number, by which people tell certificates apart.
func (c Certificate) Last() string { return c.Serial[max(0, len(c.Serial)-6):] }

// Soon reports whether a certificate that is good ends within 30 days.
func (c Certificate) Soon() bool {
	return c.Status == "active" && !c.Expired && c.NotAfter.Sub(c.Now) < 30*24*time.Hour
}

// Left says how far away its end is.
func (c Certificate) Left() string {
	left := c.NotAfter.Sub(c.Now)
	days := int(left.Abs() / (24 * time.Hour))
	switch {
	case left >= 0 && days == 0:
		return "within a day"
	case left >= 0:
		return "in " + Count(days, "day", "days")
	case days == 0:
		return "less than a day ago"
	default:
		return Count(days, "day", "days") + " ago"
	}
}

// Count returns a number with its noun: "1 certificate", "1,204 certificates".
func Count(n int, one, many string) string {
	if n == 1 {
		return "1 " + one
	}
	return Number(n) + " " + many
}

// Sentence begins a text with a capital letter, as on a page: a command line writes it small.
func Sentence(text string) string {
	first, size := utf8.DecodeRuneInString(text)
	if size == 0 {
		return text
	}
	return string(unicode.ToUpper(first)) + text[size:]
}

// Number returns a number with commas between thousands.
func Number(n int) string {
	if n < 0 {
		return "-" + Number(-n)
	}
	text := fmt.Sprint(n)
	var groups []string
	for len(text) > 3 {
		groups = append([]string{text[len(text)-3:]}, groups...)
		text = text[:len(text)-3]
	}
	return strings.Join(append([]string{text}, groups...), ",")
}
