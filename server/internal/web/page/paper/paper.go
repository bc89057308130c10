// Package paper is the custody summary: one A4 page, whatever the record holds, for the
// custody file. It has what matters in custody and no item that police may not see, whoever
// prints it, because paper goes from hand to hand.
//
// What does not fit is cut where the page says so, never silently. Package paper counts the
// lines itself (box); the style sheet pages/_print.scss sets what it counts with.
package paper

import (
	"embed"
	"strings"

	"mais/server/api/form"
	"mais/server/internal/web/page/frame"
	"mais/server/internal/web/page/record/view"
)

//go:embed paper.html
var files embed.FS

var page = view.Template(files, "paper.html")

// Page is the data of the page.
type Page struct {
	frame.Frame
	Record view.Record
	Reason string // code of form.Reasons
	Number string // the custody or case number that was given with it
	// Reference is the number of the request, under which the audit has the print.
	Reference string
}

// Sheet is the page in pieces that fit.
type Sheet struct {
	Printed  string // by whom, and when
	Kept     string // under which numbers, and why
	Name     string
	Who      string
	Age      string
	Alerts   []Alert
	Contacts []Contact
	Others   string // what is said of further contacts
	Groups   []Group
	Missing  string // what is on screen only
}

// Alert is one card in a row.
type Alert struct{ Kind, State, Title, Status, Advice string }

// Contact is somebody to ring.
type Contact struct {
	Who, As, Mark   string
	OutOfHours, Day string
}

// destroy says until when the paper is kept.
const destroy = "Destroy when the custody record closes."

// Destroy is destroy.
func (Sheet) Destroy() string { return destroy }

// Sheet returns the page in pieces.
func (p Page) Sheet() Sheet {
	s := Sheet{
		Printed: smallBox.fit(p.printed(), 1), Kept: keptBox.fit(p.kept(), 2), Name: nameBox.fit(p.Record.Person.Name, 2), Who: largeBox.fit(p.who(), 2),
		Age: strings.TrimSpace(p.Record.Age.Words + " " + p.Record.Age.Advice),
	}
	for _, c := range p.Record.Cards {
		s.Alerts = append(s.Alerts, Alert{string(c.Kind), string(c.State), c.Title, c.Status, c.Advice})
	}
	s.ring(p.Record.Contacts)
	s.fill(p.Record)
	return s
}

func (p Page) printed() string {
	text := "Printed " + p.Now.In(frame.London).Format("2 January 2006 15:04")
	if h := p.Holder; h != nil {
		text += " by " + h.Name + " (" + strings.Join(noEmpty(h.Agency, h.Site), ", ") + ")"
	}
	return text + "."
}

// kept begins with what finds the print in the audit, which takes nothing less.
func (p Page) kept() string {
	parts := []string{"Reference " + p.Reference + "."}
	reason, ok := form.LookupReason(p.Reason)
	if ok {
		parts = append(parts, reason.Label+".")
	}
	if p.Number != "" {
		number := reason.Number
		if number == "" {
			number = "Number"
		}
		parts = append(parts, number+" "+p.Number+".")
	}
	return strings.Join(parts, " ")
}

func (p Page) who() string {
	text := "Born " + p.Record.Person.Born
	if aliases := p.Record.Person.Aliases; len(aliases) > 0 {
		text += " · Also known as " + strings.Join(aliases, "; ")
	}
	if p.Record.Person.More > 0 {
		text += " and more, on screen"
	}
	if p.Record.Person.Interpreter != "" {
		text += " · Interpreter: " + p.Record.Person.Interpreter
	}
	return text
}

func noEmpty(texts ...string) (some []string) {
	for _, t := range texts {
		if t != "" {
			some = append(some, t)
		}
	}
	return some
}

// Render returns the document.
func Render(p Page) []byte {
	p.Paper = true
	return frame.Render(page, p)
}
