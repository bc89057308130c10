// Package search is the page where a governance officer looks for entries of the audit. Render it
// with [Render].
package search

import (
	"embed"
	"net/url"
	"strconv"
	"strings"
	"time"

	"mais/server/api"
	"mais/server/internal/web/page/admin"
	"mais/server/internal/web/page/audit"
	"mais/server/internal/web/page/frame"
)

//go:embed search.html
var files embed.FS

var page = audit.Template(files, "search.html")

// The fields of the form; but for Who they are parameters of an address too.
const (
	Who     = "who"
	User    = "user"
	Person  = "person"
	Agency  = "agency"
	Act     = "act"
	Outcome = "outcome"
	From    = "from"
	To      = "to"
	Session = "session"
	Address = "address"
	Request = "request"

	Sealed = "find"   // what stands for Who in an address: it may be part of somebody's name
	Before = "before" // where a page begins
)

// Fields are the names of the form's fields.
func Fields() []string {
	return []string{Who, User, Person, Agency, Act, Outcome, From, To, Session, Address, Request}
}

// Asked is what is asked for, by the name of its field, as typed.
type Asked map[string]string

// Filter is what is asked for; a field that cannot be read is a fault.
func (a Asked) Filter() (f api.AuditFilter, faults frame.Faults) {
	f = api.AuditFilter{Who: a[Who], User: strings.ToLower(a[User]), Person: strings.ToLower(a[Person]), Agency: a[Agency], Act: a[Act], Outcome: a[Outcome],
		Session: a[Session], Address: a[Address], Request: strings.ToLower(a[Request])}
	var err error
	if a[From] != "" {
		if f.From, err = time.ParseInLocation(time.DateOnly, a[From], frame.London); err != nil {
			faults = append(faults, frame.Fault{Field: From, Text: "Enter the first day like 2026-03-12"})
		}
	}
	if a[To] != "" {
		if f.To, err = time.ParseInLocation(time.DateOnly, a[To], frame.London); err != nil {
			faults = append(faults, frame.Fault{Field: To, Text: "Enter the last day like 2026-03-12"})
		} else {
			f.To = f.To.AddDate(0, 0, 1) // with that day
		}
	}
	return f, faults
}

// Narrowed reports whether anything is asked for.
func (a Asked) Narrowed() bool {
	for _, text := range a {
		if text != "" {
			return true
		}
	}
	return false
}

// Path is the address of a page of what is asked for.
func (a Asked) Path(sealed string, before int64) string { return audit.Root + a.query(sealed, before) }

func (a Asked) query(sealed string, before int64) string {
	v := url.Values{}
	for name, text := range a {
		if text != "" && name != Who {
			v.Set(name, text)
		}
	}
	if sealed != "" {
		v.Set(Sealed, sealed)
	}
	if before > 0 {
		v.Set(Before, strconv.FormatInt(before, 10))
	}
	if len(v) == 0 {
		return ""
	}
	return "?" + v.Encode()
}

// Page is the data of the page.
type Page struct {
	frame.Frame
	Asked   Asked
	Sealed  string
	Top     bool // nothing newer was left out
	Gone    bool // the search belongs to another session
	Refused bool // what was typed cannot be searched for
	Found   api.AuditPage
}

// Render returns the document.
func Render(p Page) []byte { return frame.Render(page, p) }

// Entries are what was found.
func (p Page) Entries() []audit.Entry { return audit.Entries(p.Found.Entries) }

// More reports whether a field beyond the first ones is filled in.
func (p Page) More() bool {
	for _, name := range []string{User, Person, Agency, Session, Address, Request} {
		if p.Asked[name] != "" {
			return true
		}
	}
	return false
}

// Acts and Outcomes are what a search can be narrowed to.
func (Page) Acts() []admin.Option     { return audit.Acts }
func (Page) Outcomes() []admin.Option { return audit.Outcomes }

// Next is the address of the page that follows, and First that of the newest entries.
func (p Page) Next() string {
	if p.Found.Next == 0 {
		return ""
	}
	return p.Asked.Path(p.Sealed, p.Found.Next)
}
func (p Page) First() string { return p.Asked.Path(p.Sealed, 0) }

// Exportable reports whether what is asked for is of a period, as an export has to be.
func (p Page) Exportable() bool { return p.Asked[From] != "" && len(p.Found.Entries) > 0 }

// Export is the address of all that is asked for as a file.
func (p Page) Export(format string) string {
	return audit.Root + "/export/" + format + p.Asked.query(p.Sealed, 0)
}

// Field is a text field of the form with what was typed and what is wrong with it: the data of the
// piece "text".
type Field struct{ Name, Label, Value, Wrong string }

// Text returns a text field.
func (p Page) Text(name, label string) Field {
	return Field{name, label, p.Asked[name], p.Faults.Of(name)}
}

// OfUser is the address of the entries of one user.
func (Page) OfUser(id string) string { return Asked{User: id}.Path("", 0) }

// Several reports whether a part of a name found more than one user.
func (p Page) Several() bool { return len(p.Found.Users) > 1 }
