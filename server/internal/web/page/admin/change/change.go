// Package change is one change of people, places or roles: what differs, who gains and who loses
// what, why it needs a second person, and where it is confirmed, approved or refused. Render it
// with [Render].
package change

import (
	"embed"
	"net/url"
	"slices"

	"mais/server/api"
	"mais/server/api/form"
	"mais/server/internal/web/page/admin"
	"mais/server/internal/web/page/admin/changes"
	"mais/server/internal/web/page/frame"
)

//go:embed change.html effect.html
var files embed.FS

var page = admin.Template(files, "*.html")

// The fields of the form.
const (
	Word = "word"
	Note = "note"

	// Digest, which nobody types, is of what the page showed: nobody decides on something else.
	Digest = "digest"
)

// Fields are all of them.
var Fields = []string{Word, Note, Digest}

// Page is the data of the page.
type Page struct {
	frame.Frame
	Change              api.Change
	TypedWord, TypedWhy string
}

// Render returns the document.
func Render(p Page) []byte { return frame.Render(page, p) }

// Path is the change's address.
func (p Page) Path() string { return changes.PathOf(p.Change.ID) }

// What is its kind in words.
func (p Page) What() string { return changes.What(p.Change.Kind) }

// About is whom or what it changes.
func (p Page) About() string { return changes.About(p.Change) }

// State says how it stands.
func (p Page) State() admin.State { return changes.StateOf(p.Change) }

// May reports whether the reader may do something.
func (p Page) May(act string) bool { return slices.Contains(p.Change.May, act) }

// Draft reports whether its maker has not confirmed it.
func (p Page) Draft() bool { return p.Change.State == api.ChangeDraft }

// Open reports whether it is still to be confirmed or decided.
func (p Page) Open() bool { return p.Draft() || p.Change.State == api.ChangeWaiting }

// Running reports whether its people are being registered.
func (p Page) Running() bool { return p.Change.State == api.ChangeApplied && p.Change.AppliedAt == nil }

// Percent is how far that is.
func (p Page) Percent() int {
	i := p.Change.Items
	if i == nil || i.Total == 0 {
		return 0
	}
	return (i.Done + i.Failed) * 100 / i.Total
}

// People counts those of a change of many.
func (p Page) People() string {
	i := p.Change.Items
	if i == nil {
		return ""
	}
	text := admin.Count(i.Total, "person", "people")
	if p.Open() {
		return text
	}
	text += ": " + admin.Number(i.Done) + " registered"
	if i.Failed > 0 {
		text += ", " + admin.Number(i.Failed) + " could not be"
	}
	return text
}

// Harms reports whether it takes something away for good.
func (p Page) Harms() bool {
	return slices.Contains([]string{api.UserLeave, api.SiteClose, api.NetworkRemove, api.RoleDelete}, p.Change.Kind)
}

// Button is what confirms it.
func (p Page) Button() string {
	if len(p.Change.Second) > 0 {
		return "Confirm and ask for approval"
	}
	return p.What()
}

// Side is who gains or who loses.
type Side struct {
	Heading, Caption, None string
	People                 []Person
	More                   bool // than are named
	All                    string
}

// Person is somebody in it.
type Person struct {
	form.AffectedOne
	Path string // of their page; "": there is none
}

// Sides are who gains and who loses.
func (p Page) Sides() []Side {
	e := p.Change.Effect
	return []Side{
		side("Who gains", "Nobody gains anything.", e.Gains, e.GainsAll), side("Who loses", "Nobody loses anything.", e.Losses, e.LossesAll),
	}
}

func side(heading, none string, people []api.Affected, all int) Side {
	ones := form.AffectedByOne(people)
	s := Side{Heading: heading, None: none, More: all > len(ones), All: admin.Count(max(all, len(ones)), "person or site", "people and sites")}
	for _, a := range ones {
		person := Person{AffectedOne: a}
		if a.ID != "" && a.Email != "" {
			person.Path = admin.Root + "/people/" + url.PathEscape(a.ID)
		}
		s.People = append(s.People, person)
	}
	return s
}

// Ends says what it ends, in a sentence.
func (p Page) Ends() string {
	e := p.Change.Effect
	if e.Sessions == 0 && e.Certificates == 0 {
		return ""
	}
	ends, revokes := "It ends ", " and revokes "
	switch {
	case p.Change.State == api.ChangeApplied:
		ends, revokes = "It ended ", " and revoked "
	case !p.Open():
		ends, revokes = "It would have ended ", " and revoked "
	}
	return ends + admin.Count(e.Sessions, "open session", "open sessions") + revokes + admin.Count(e.Certificates, "certificate", "certificates") + " for good."
}
