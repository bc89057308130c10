// Package whose is the page where a governance officer finds the number of somebody who asks who
// looked at them. It tells nothing that stands in a record. Render it with [Render].
package whose

import (
	"embed"
	"strings"
	"time"

	"mais/server/api"
	"mais/server/internal/web/page/admin"
	"mais/server/internal/web/page/audit"
	"mais/server/internal/web/page/frame"
)

//go:embed whose.html
var files embed.FS

var page = audit.Template(files, "whose.html")

// The fields of the form; the birth date has three boxes.
const (
	Name   = "name"
	Born   = "born"
	Number = "number"
)

// Fields are the names of the form's boxes.
func Fields() []string { return append([]string{Name, Number}, admin.DateFields(Born)...) }

// Typed is what stands in the form, by the name of its box.
type Typed map[string]string

// Asked is what is asked for, or what of it cannot be.
func (t Typed) Asked() (api.AuditFind, frame.Faults) {
	q := api.AuditFind{Name: strings.TrimSpace(t[Name]), Number: strings.TrimSpace(t[Number])}
	d := admin.DateTyped(Born, t)
	day := strings.TrimSpace(d.Day) + "." + strings.TrimSpace(d.Month) + "." + strings.TrimSpace(d.Year)
	if day != ".." {
		born, err := time.Parse("2.1.2006", day)
		if err != nil {
			return q, frame.Faults{{Field: Born, Text: "Enter a real date with day, month and year in numbers, like 27 3 1978"}}
		}
		q.Born = born.Format(time.DateOnly)
	}
	return q, nil
}

// Faults are what the service says of what was asked for.
func Faults(fields []api.FieldError) frame.Faults {
	return admin.Said(fields, [][3]string{{"name", Name, "The name"}, {"born", Born, "The date of birth"}, {"number", Number, "The number"}})
}

// Page is the data of the page.
type Page struct {
	frame.Frame
	Typed  Typed
	Most   int    // how often within an hour
	Answer string // of api.AuditFound; empty: nothing was asked
}

// Render returns the document.
func Render(p Page) []byte { return frame.Render(page, p) }

// None and NotUnique report what was answered.
func (p Page) None() bool      { return p.Answer == api.FindNone }
func (p Page) NotUnique() bool { return p.Answer == api.FindNotUnique }

// NameField, BornField and NumberField are the boxes of the form.
func (p Page) NameField() admin.Field {
	return admin.Field{Name: Name, Label: "Whole name", Hint: "First and family name as they stand in papers, in any order. Aliases count too.", Value: p.Typed[Name], Fault: p.Faults.Of(Name), Width: "30"}
}
func (p Page) BornField() admin.Date {
	d := admin.DateTyped(Born, p.Typed)
	d.Label, d.Hint, d.Fault = "Date of birth", "For example, 27 3 1978", p.Faults.Of(Born)
	return d
}
func (p Page) NumberField() admin.Field {
	return admin.Field{Name: Number, Label: "Or: a number", Hint: "Of a prison or the PNC, or a custody, incident or case number that was given with the reason for a look. Asked for alone.",
		Value: p.Typed[Number], Fault: p.Faults.Of(Number), Width: "20", Serial: true}
}
