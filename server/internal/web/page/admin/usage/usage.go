// Package usage is the page that says who registered, who looks, and what was of use: drawings
// and tables of the same numbers. Render it with [Render].
package usage

import (
	"embed"
	"fmt"
	"html/template"
	"time"

	"mais/server/api"
	"mais/server/internal/web/page/admin"
	"mais/server/internal/web/page/chart"
	"mais/server/internal/web/page/frame"
)

//go:embed usage.html
var files embed.FS

var page = admin.Template(files, "usage.html")

// Path is the page's address.
const Path = admin.Root + "/usage"

// Page is the data of the page.
type Page struct {
	frame.Frame
	Usage api.Usage
}

// Render returns the document.
func Render(p Page) []byte { return frame.Render(page, p) }

// Number writes a number for people.
func (Page) Number(n int) string { return admin.Number(n) }

// Summary are the sentences that come before the numbers.
func (p Page) Summary() []string {
	a, said := p.Usage.All, p.Usage.All.Answers
	lines := []string{
		fmt.Sprintf("%s of %s registered.", admin.Number(a.Registered), admin.Count(a.People, "person has", "people have")),
		fmt.Sprintf("%s in the last 28 days and opened %s.", admin.Count(a.Active, "person used the service", "people used the service"), admin.Count(a.Looks, "record", "records")),
	}
	if a.Readers > 0 {
		lines = append(lines, fmt.Sprintf("Of %s who may read records, %s never opened one.", admin.Count(a.Readers, "registered person", "registered people"), has(a.NeverLooked)))
	}
	if all := said.Yes + said.Partly + said.No + said.NotFound; all > 0 {
		lines = append(lines, fmt.Sprintf("Asked whether a look was of use, %s said yes.", of(said.Yes, all)))
	}
	return lines
}

func has(n int) string {
	if n == 1 {
		return "1 has"
	}
	return admin.Number(n) + " have"
}

func of(n, all int) string {
	return fmt.Sprintf("%s of %s (%d%%)", admin.Number(n), admin.Number(all), (100*n+all/2)/all)
}

// Week is a week with its first day in words.
type Week struct {
	api.UsageWeek
	Short, Medium string
}

// Weeks are the weeks in words.
func (p Page) Weeks() (weeks []Week) {
	for _, w := range p.Usage.Weeks {
		weeks = append(weeks, Week{w, dayAs(w.From, "2 Jan"), dayAs(w.From, "2 Jan 2006")})
	}
	return weeks
}

// Month is a month in words.
type Month struct {
	api.UsageMonth
	Short, Medium string
}

// Months are the months in words.
func (p Page) Months() (months []Month) {
	for _, m := range p.Usage.Months {
		months = append(months, Month{m, dayAs(m.From, "Jan"), dayAs(m.From, "January 2006")})
	}
	return months
}

func dayAs(day, layout string) string {
	at, err := time.ParseInLocation(time.DateOnly, day, frame.London)
	if err != nil {
		return day
	}
	return at.Format(layout)
}

// Rows are the agencies, and below them all together where that is more than one.
func (p Page) Rows() []api.UsageAgency {
	rows := p.Usage.Agencies
	if len(rows) > 1 {
		all := p.Usage.All
		all.Agency = "All"
		rows = append(rows[:len(rows):len(rows)], all)
	}
	return rows
}

// Looks draws the records opened in each week.
func (p Page) Looks() template.HTML {
	c := chart.Stacked{ID: "looks", Title: "Records opened, week by week", Parts: []string{"Records opened"}}
	sum := 0
	for _, w := range p.Weeks() {
		c.Bars = append(c.Bars, chart.Bar{Label: w.Short, Values: []int{w.Looks}, Title: fmt.Sprintf("Week from %s: %s", w.Medium, admin.Count(w.Looks, "record opened", "records opened"))})
		sum += w.Looks
	}
	c.Desc = admin.Count(sum, "record was opened", "records were opened") + " in these weeks. The table below has the same numbers."
	return c.SVG()
}

// Active draws the people who used the service in each week.
func (p Page) Active() template.HTML {
	c := chart.Stacked{ID: "active", Title: "People who used the service, week by week", Parts: []string{"Opened a record", "Signed in or searched only"}}
	for _, w := range p.Weeks() {
		c.Bars = append(c.Bars, chart.Bar{Label: w.Short, Values: []int{w.Looked, w.Active - w.Looked}, Title: fmt.Sprintf("Week from %s: %s, %d of them opened a record", w.Medium, admin.Count(w.Active, "person", "people"), w.Looked)})
	}
	c.Desc = "The table below has the same numbers."
	return c.SVG()
}

// Registered draws who registered in each month.
func (p Page) Registered() template.HTML {
	c := chart.Stacked{ID: "registered", Title: "People who registered, month by month", Parts: []string{"Registered"}}
	sum := 0
	for _, m := range p.Months() {
		c.Bars = append(c.Bars, chart.Bar{Label: m.Short, Values: []int{m.Registered}, Title: fmt.Sprintf("%s: %d", m.Medium, m.Registered)})
		sum += m.Registered
	}
	c.Desc = admin.Count(sum, "person", "people") + " registered in these months. The table below has the same numbers."
	return c.SVG()
}

// Answer is one of the four, in words.
type Answer struct {
	Label string
	N     int
}

// Answers are the four answers of all.
func (p Page) Answers() []Answer {
	a := p.Usage.All.Answers
	return []Answer{{"Yes", a.Yes}, {"Partly", a.Partly}, {"No", a.No}, {"Not found", a.NotFound}}
}

// Of draws the answers.
func (p Page) Of() template.HTML {
	c := chart.Stacked{ID: "answers", Title: "Was this of use?", Parts: []string{"Answers"}, Desc: "The table below has the same numbers."}
	for _, a := range p.Answers() {
		c.Bars = append(c.Bars, chart.Bar{Label: a.Label, Values: []int{a.N}, Title: fmt.Sprintf("%s: %d", a.Label, a.N)})
	}
	return c.SVG()
}

// Said are words that people added.
type Said struct{ Day, Agency, Answer, Words string }

// Said are the words, with their days and answers written for people.
func (p Page) Said() (said []Said) {
	labels := map[string]string{"yes": "Yes", "partly": "Partly", "no": "No", "not-found": "Not found"}
	for _, w := range p.Usage.Words {
		said = append(said, Said{dayAs(w.Day, "2 Jan 2006"), w.Agency, labels[w.Answer], w.Words})
	}
	return said
}

// Columns are the headings of an agency's numbers, in the order of Cells.
func (Page) Columns() []string {
	return []string{"People", "Registered", "May read", "Never looked", "Used it", "Opened", "Yes", "Partly", "No", "Not found"}
}

// Cells are an agency's numbers.
func (Page) Cells(a api.UsageAgency) []int {
	return []int{a.People, a.Registered, a.Readers, a.NeverLooked, a.Active, a.Looks, a.Answers.Yes, a.Answers.Partly, a.Answers.No, a.Answers.NotFound}
}
