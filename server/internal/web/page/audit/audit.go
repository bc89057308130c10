// Package audit is what the pages of the review of the audit have in common: the words for what was
// done, an entry as pages show it, and the piece that lists entries. Each page is a package below
// this one; it makes its template with [Template].
//
// The pages show what package oversight gives a governance officer, and read no record: a person is
// a number.
package audit

import (
	"embed"
	"fmt"
	"html/template"
	"io/fs"
	"net/url"
	"strconv"
	"strings"
	"time"

	"mais/server/api"
	"mais/server/api/form"
	"mais/server/internal/web/page/admin"
	"mais/server/internal/web/page/frame"
)

//go:embed pieces.html
var pieces embed.FS

// Template returns the template of a page, with the pieces that such pages share.
func Template(files fs.FS, name string) *template.Template {
	return template.Must(admin.Template(files, name).ParseFS(pieces, "pieces.html"))
}

// The addresses of the pages.
const (
	Root         = "/audit"
	EntryPath    = Root + "/entry"
	SessionPath  = Root + "/sessions"
	PersonPath   = Root + "/people"
	RefusalsPath = Root + "/refusals"
	FiguresPath  = Root + "/figures"
	AlertsPath   = Root + "/alerts"
)

// Entry is an entry as pages show it.
type Entry struct{ api.AuditEntry }

// Entries returns entries for a page.
func Entries(list []api.AuditEntry) (rows []Entry) {
	for _, e := range list {
		rows = append(rows, Entry{e})
	}
	return rows
}

// Path is the address of its page.
func (e Entry) Path() string { return EntryPath + "/" + strconv.FormatInt(e.ID, 10) }

// Does is what was done, in words.
func (e Entry) Does() string {
	if e.Detail["emergency"] == "true" {
		return ActLabel(e.Act) + ", under emergency access"
	}
	return ActLabel(e.Act)
}

// State is how it ended.
func (e Entry) State() admin.State { return OutcomeState(e.Outcome) }

// Who did it: the name, or what is known.
func (e Entry) Who() string {
	switch {
	case e.UserName != "":
		return e.UserName
	case e.User != "":
		return e.User
	case e.AuthMethod == "system":
		return "The service"
	}
	return "Nobody known"
}

// Held are the roles that they had, as other pages call them.
func (e Entry) Held() (labels []string) {
	for _, role := range e.Roles {
		labels = append(labels, form.RoleLabel(role))
	}
	return labels
}

// Story is the address of its session's story, "" for none.
func (e Entry) Story() string {
	if e.Session == "" {
		return ""
	}
	return SessionOf(e.Session)
}

// SessionOf is the address of a session's story.
func SessionOf(name string) string { return SessionPath + "/" + url.PathEscape(name) }

// PersonOf is the address of who looked at a person.
func PersonOf(id string) string { return PersonPath + "/" + url.PathEscape(id) }

// Person is the one whom it is about, with an address; none where it is about many or nobody.
func (e Entry) Person() *frame.Link {
	if len(e.Persons) != 1 {
		return nil
	}
	return &frame.Link{Path: PersonOf(e.Persons[0]), Text: Short(e.Persons[0])}
}

// People says how many it is about, where that is not one.
func (e Entry) People() string {
	if len(e.Persons) < 2 {
		return ""
	}
	return admin.Count(len(e.Persons), "person", "people")
}

// Short is enough of a number to tell people apart in a list.
func Short(id string) string { return id[:min(8, len(id))] }

// Time is the time of day to the second, of London.
func (e Entry) Time() string { return e.At.In(frame.London).Format("15:04:05") }

// Stamp is the time for machines.
func (e Entry) Stamp() string { return e.At.UTC().Format(time.RFC3339) }

// Why is in words why it was refused or failed or a session ended, or the reason that was given for a
// look or a revocation.
func (e Entry) Why() string {
	if e.Reason != "" {
		return form.WhyLabel(e.Act, e.Reason)
	}
	code := e.Detail["reason"]
	if known, ok := form.LookupReason(code); ok {
		return known.Label
	}
	return admin.ReasonLabel(code)
}

// OutcomeState is an outcome in words and the colour of a tag.
func OutcomeState(outcome string) admin.State {
	switch outcome {
	case "allowed":
		return admin.State{Words: "Done", Colour: "green"}
	case "refused":
		return admin.State{Words: "Refused", Colour: "red"}
	}
	return admin.State{Words: "Failed", Colour: "yellow"}
}

// Lasted says a time in seconds in words.
func Lasted(seconds int) string {
	switch d := time.Duration(seconds) * time.Second; {
	case d < time.Minute:
		return admin.Count(seconds, "second", "seconds")
	case d < time.Hour:
		return admin.Count(int(d.Minutes()), "minute", "minutes")
	case d < 48*time.Hour:
		return fmt.Sprintf("%s %d min", admin.Count(int(d.Hours()), "hour", "hours"), int(d.Minutes())%60)
	default:
		return admin.Count(int(d.Hours())/24, "day", "days")
	}
}

// HasWords reports whether an act has words of its own.
func HasWords(act string) bool { return acts[act] != "" }

// ActLabel returns an act in words; one without says its name.
func ActLabel(act string) string {
	if label := acts[act]; label != "" {
		return label
	}
	return strings.NewReplacer(".", " ", "-", " ", "_", " ").Replace(act)
}

// Acts are what a search can be narrowed to.
var Acts = []admin.Option{
	{Value: "record.show", Label: "Opened a record"}, {Value: "record.print", Label: "Printed a record"}, {Value: "record.search", Label: "Searched for a person"},
	{Value: "record.*", Label: "Anything with records"}, {Value: "emergency.*", Label: "Emergency access"}, {Value: "session.*", Label: "Signing in and out"},
	{Value: "token.*", Label: "Tokens"}, {Value: "certificate.*", Label: "Certificates, looked at"}, {Value: "change.*", Label: "Changes of access"},
	{Value: "audit.*", Label: "Reading the audit"}, {Value: "alarm.*", Label: "Alerts"},
}

// Outcomes are what a search can be narrowed to.
var Outcomes = []admin.Option{{Value: "allowed", Label: "Done"}, {Value: "refused", Label: "Refused"}, {Value: "failed", Label: "Failed"}}

// Days is a choice of days: the data of the piece "days".
type Days struct {
	Action   string
	From, To string // YYYY-MM-DD
	Wrong    bool
}

// Words says which days are shown, since each browser writes a date in its own order; "" for wrong ones.
func (d Days) Words() string {
	from, err := time.Parse(time.DateOnly, d.From)
	to, err2 := time.Parse(time.DateOnly, d.To)
	if d.Wrong || err != nil || err2 != nil {
		return ""
	}
	const day = "Monday 2 January 2006"
	if from.Equal(to) {
		return from.Format(day) + "."
	}
	return "From " + from.Format(day) + ", to and including " + to.Format(day) + "."
}
