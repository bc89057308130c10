// Package user is one person's page of the administration, the form in which their entry is changed or a new
// one is proposed, and the page on which they leave. Render with [Render], [RenderForm] and
// [RenderLeave].
//
// Nothing here changes anything: what a form brings is a proposal, and its effect is seen before
// anybody confirms it.
package user

import (
	"embed"
	"net/url"
	"slices"
	"strings"
	"time"

	"mais/server/api"
	"mais/server/api/form"
	"mais/server/internal/web/page/admin"
	"mais/server/internal/web/page/admin/people"
	"mais/server/internal/web/page/frame"
)

//go:embed user.html form.html leave.html
var files embed.FS

var (
	page      = admin.Template(files, "user.html")
	formPage  = admin.Template(files, "form.html")
	leavePage = admin.Template(files, "leave.html")
)

// Path is the address of somebody's page.
func Path(id string) string { return people.Path + "/" + url.PathEscape(id) }

// Page is the data of somebody's page.
type Page struct {
	frame.Frame
	User         api.User
	Own          bool         // it is the reader's own entry
	Changes      []api.Change // of it, the newest first
	Certificates string       // the address of the list of theirs
}

// Render returns the document.
func Render(p Page) []byte { return frame.Render(page, p) }

// Path is the page's address.
func (p Page) Path() string { return Path(p.User.ID) }

// Tag is how far they have come.
func (p Page) Tag() admin.State { return people.StageOf(p.User.Stage) }

// May reports whether the reader may do an act.
func (p Page) May(act string) bool { return slices.Contains(p.User.May, act) }

// Roles are their roles in words.
func (p Page) Roles() string { return people.Row{User: p.User}.RoleNames() }

// Sites are the names of their sites.
func (p Page) Sites() string { return strings.Join(p.User.SiteNames, ", ") }

// Fact is a line of the page.
type Fact struct{ Term, Text string }

// Dates are from when to when they may come in.
func (p Page) Dates() string {
	switch u := p.User; {
	case u.Starts == "" && u.Ends == "":
		return "No first and no last day is set"
	case u.Ends == "":
		return "From " + day(u.Starts)
	case u.Starts == "":
		return "Until the end of " + day(u.Ends)
	default:
		return "From " + day(u.Starts) + " until the end of " + day(u.Ends)
	}
}

// Vetting says what is recorded of it.
func (p Page) Vetting() string {
	switch u := p.User; {
	case u.Vetting == "":
		return "Not recorded"
	case u.VettedOn == "":
		return u.Vetting
	default:
		return u.Vetting + ", " + day(u.VettedOn)
	}
}

// Course is how they came to be where they are, in order.
func (p Page) Course() (facts []Fact) {
	u := p.User
	add := func(term string, at *time.Time, none string) {
		switch {
		case at != nil:
			facts = append(facts, Fact{term, moment(*at)})
		case none != "":
			facts = append(facts, Fact{term, none})
		}
	}
	add("Code sent", u.InvitedAt, "None yet")
	add("Reminded", u.RemindedAt, "")
	if u.BouncedAt != nil {
		facts = append(facts, Fact{"Mail came back", moment(*u.BouncedAt) + ": " + u.Bounce})
	}
	add(codeTerm(u), u.CodeEnds, "")
	add("Registered", u.Registered, "Not yet")
	add("First here", u.FirstSeen, "Not yet")
	add("Last here", u.LastSeen, "")
	add("Terms accepted", u.AcceptedAt, "")
	add("Left", u.LeftAt, "")
	return facts
}

// LeftAt is when they left.
func (p Page) LeftAt() string {
	if p.User.LeftAt == nil {
		return ""
	}
	return moment(*p.User.LeftAt)
}

// codeTerm says what the end of a code is: one that could be used, or could have been.
func codeTerm(u api.User) string {
	if u.Stage == api.StageLapsed {
		return "Code lapsed"
	}
	return "Code good until"
}

// Open says how many sessions are open.
func (p Page) Open() string { return admin.Count(p.User.Sessions, "open session", "open sessions") }

// Row is a change on the page.
type Row struct{ api.Change }

// History are the changes.
func (p Page) History() (rows []Row) {
	for _, c := range p.Changes {
		rows = append(rows, Row{c})
	}
	return rows
}

// Path is the address of the change.
func (r Row) Path() string { return admin.Root + "/changes/" + url.PathEscape(r.ID) }

// What is the kind of the change in words.
func (r Row) What() string {
	words := map[string]string{api.UserInvite: "Invited", api.UsersInvite: "Invited from a file", api.UserChange: "Changed", api.UserLeave: "Left", api.UserReturn: "Returned"}
	if w := words[r.Kind]; w != "" {
		return w
	}
	return form.Word(r.Kind)
}

// Tag is how the change stands.
func (r Row) Tag() admin.State {
	switch r.State {
	case api.ChangeApplied:
		return admin.State{Words: "Done", Colour: "green"}
	case api.ChangeWaiting:
		return admin.State{Words: "Waits for a second person", Colour: "yellow"}
	case api.ChangeDraft:
		return admin.State{Words: "Not confirmed", Colour: "blue"}
	}
	return admin.State{Words: form.Word(r.State), Colour: "grey"}
}

// day is a day of the wire for people.
func day(text string) string {
	t, err := time.Parse(time.DateOnly, text)
	if err != nil {
		return text
	}
	return t.Format("2 January 2006")
}

func moment(t time.Time) string { return t.In(frame.London).Format("2 January 2006 at 15:04") }

// Leave is the data of the page on which somebody leaves.
type Leave struct {
	frame.Frame
	User api.User
	Note string
}

// RenderLeave returns the document.
func RenderLeave(p Leave) []byte { return frame.Render(leavePage, p) }

// Path is the address of their own page.
func (p Leave) Path() string { return Path(p.User.ID) }
