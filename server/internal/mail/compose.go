package mail

import (
	"embed"
	"fmt"
	"strconv"
	"strings"
	"text/template"
	"time"
	_ "time/tzdata" // a server without the system's own would tell the time of elsewhere
	"unicode/utf8"

	"mais/ca"
)

const (
	maxSubject = 150
	maxBody    = 60000 // characters, as mail.message has it
)

//go:embed templates/*.txt
var templateFiles embed.FS

var templates = template.Must(template.New("mail").Option("missingkey=error").Funcs(template.FuncMap{
	"moment": moment, "withCard": withCard, "people": people,
	"day": func(t time.Time) string { return t.In(london).Format("2 January 2006") },
}).ParseFS(templateFiles, "templates/*.txt"))

var london = mustZone("Europe/London")

func mustZone(name string) *time.Location {
	zone, err := time.LoadLocation(name)
	if err != nil {
		panic(err) // embedded
	}
	return zone
}

func moment(t time.Time) string { return t.In(london).Format("2 January 2006 at 15:04 MST") }

// text is a mail without its addresses.
type text struct{ subject, body string }

// letter is what the templates say. Each uses some of it.
type letter struct {
	Deployment, Contact string // set by compose
	Name                string // of the reader
	At                  time.Time
	Until               time.Time // of a time that begins with At, if it is not the same
	By                  string
	Reason              string
	Certificates        []item
	More                int // certificates that are not among them
	Counts              []count
	Ended               bool
	Raised              bool // it was revoked before, for less
	End                 time.Time
	Code, Command       string
	Password            bool // nothing but a password is there to be lost

	// Of invitations, and of what follows from a change of access.
	Invitation      string // its id, which is no secret
	Agency, Sponsor string
	Roles, People   []entry
	Card, Again     bool
	Page            string // where a password is registered
	What, Ref, Part string
	Total           int // people
	Was, Becomes    string
	Alerts          []alerted // Total of them
}

// alerted is how many alerts of a kind there are.
type alerted struct {
	What string
	N    int
	Last time.Time
}

// entry is a name and what is said of it.
type entry struct{ Name, Text string }

// item is a certificate in a list.
type item struct {
	Ref    string
	What   string // happened to it
	Who    string
	At     time.Time
	End    time.Time
	By     string
	Reason string
	Do     string
}

// count is how many certificates something happened to.
type count struct {
	N    int
	What string
}

// String says "1 certificate revoked", "312 certificates revoked".
func (c count) String() string {
	if c.N == 1 {
		return "1 certificate " + c.What
	}
	return strconv.Itoa(c.N) + " certificates " + c.What
}

// people says "1 person", "312 people".
func people(n int) string {
	if n == 1 {
		return "1 person"
	}
	return strconv.Itoa(n) + " people"
}

// compose writes the mail of a kind. A template's first line is the subject; what the letter
// says has no line ends, so nothing else can become one.
func (s *Service) compose(kind string, l letter) (text, error) {
	l.Deployment, l.Contact = s.opts.Deployment, s.opts.Contact
	for _, t := range []*string{
		&l.Deployment, &l.Contact, &l.Name, &l.By, &l.Reason, &l.Code, &l.Invitation, &l.Agency, &l.Sponsor, &l.What, &l.Ref, &l.Part,
	} {
		*t = line(*t, maxWord)
	}
	l.Command, l.Page, l.Was, l.Becomes = line(l.Command, 1000), line(l.Page, 1000), line(l.Was, maxAddress), line(l.Becomes, maxAddress)
	for _, entries := range [][]entry{l.Roles, l.People} {
		for i := range entries {
			entries[i] = entry{line(entries[i].Name, maxWord), line(entries[i].Text, maxAddress)}
		}
	}
	for i := range l.Alerts {
		l.Alerts[i].What = line(l.Alerts[i].What, maxWord)
	}
	for i := range l.Certificates {
		item := &l.Certificates[i]
		for _, t := range []*string{&item.Ref, &item.What, &item.Who, &item.By, &item.Reason, &item.Do} {
			*t = line(*t, maxWord)
		}
	}
	var out strings.Builder
	if err := templates.ExecuteTemplate(&out, kind+".txt", l); err != nil {
		return text{}, fmt.Errorf("write a mail of kind %s: %w", kind, err)
	}
	subject, body, _ := strings.Cut(out.String(), "\n")
	body = strings.TrimSpace(body) + "\n"
	if n := utf8.RuneCountInString(body); n > maxBody {
		return text{}, fmt.Errorf("write a mail of kind %s: it has %d characters, at most %d are allowed", kind, n, maxBody)
	}
	return text{line(subject, maxSubject), body}, nil
}

// reasons says in words why a certificate was revoked (RFC 5280, 5.3.1), where there is more
// to say than that it was.
var reasons = map[ca.Reason]string{
	ca.KeyCompromise:        "somebody else may have its key",
	ca.AffiliationChanged:   "its holder no longer belongs to the agency",
	ca.ReasonSuperseded:     "another has taken its place",
	ca.CessationOfOperation: "it is no longer needed",
	ca.PrivilegeWithdrawn:   "its holder may no longer use the service",
}
