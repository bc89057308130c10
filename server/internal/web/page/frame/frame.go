// Package frame is what every page has in common: the document, its header, the bar that
// says who is signed in, and the footer. A page is a directory beside this one with a
// template that defines "main", and a struct for its data that embeds [Frame]; it makes its
// template with [Template] and renders it with [Render].
//
// Pages receive views that are cut to the reader's role, and nothing else: they import
// neither the records nor authorisation.
package frame

import (
	"bytes"
	"embed"
	"fmt"
	"html/template"
	"io/fs"
	"time"
)

// App is one of the three applications, each in a colour of its own, so that nobody
// mistakes the window.
type App string

// The applications.
const (
	Lookup App = "lookup"
	Admin  App = "admin"
)

// Frame is the data of the frame.
type Frame struct {
	App      App
	Title    string // of the page, and of the window with the service's name behind it
	Faults   Faults // of the page's form: the window's title says first that there are some
	Here     string // the path of the navigation's entry that the page belongs to
	Service  string // the deployment's name
	Area     string // of the service, where its name is not enough to say where one is
	Contact  string // whom to ask for help
	Training bool   // everything shown is invented
	Now      time.Time
	Holder   *Holder     // nobody's token: nil
	Nav      []Link      // empty: nobody is signed in
	Sub      []Link      // of the part of the navigation that the page belongs to
	SubHere  string      // the path of that entry of Sub which the page belongs to
	Strips   []Emergency // emergency accesses that are on
	Locks    time.Time   // when the screen locks; zero: nobody is signed in
	Reload   Reload      // when the page goes, for what it shows; zero: it stays
	// Paper marks a page that is made to be printed: the summary of a record, and recovery codes.
	// Every other prints a sentence that leads to the summary.
	Paper bool
	// SignedOut marks a page that comes when a session is over: the browser's other windows
	// lock.
	SignedOut bool
}

// Holder is the person whose token was presented.
type Holder struct {
	Name, Agency, Site string
	Roles              []string  // in words
	Token              string    // what holds the key, in words
	Serial             string    // of the certificate
	Expires            time.Time // of the certificate
	SignedIn           bool
}

// Link leads somewhere.
type Link struct{ Path, Text string }

// Emergency is an emergency access that is on.
type Emergency struct {
	Path string // of the record
	Ends time.Time
	Here bool // it is the record on this very page
}

// Reload is when a page shows what is no longer its reader's to see. The browser asks for the
// page again then, by itself.
type Reload struct {
	At   time.Time
	Path string // of the page
}

//go:embed frame.html faults.html
var layout embed.FS

// Template returns the template of a page: the frame around the "main" that the file defines.
func Template(files fs.FS, name string) *template.Template {
	t := template.Must(template.New("frame.html").Funcs(Functions).ParseFS(layout, "frame.html", "faults.html"))
	return template.Must(t.ParseFS(files, name))
}

// Render returns the page.
func Render(t *template.Template, data any) []byte {
	var b bytes.Buffer
	if err := t.Execute(&b, data); err != nil {
		panic(fmt.Errorf("render %s: %w", t.Name(), err)) // a test checks every template against its data
	}
	return b.Bytes()
}
