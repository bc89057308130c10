// Package expiries is the page that says how many certificates end when: a drawing, a table of
// the same numbers, and those that end next. Render it with [Render].
package expiries

import (
	"embed"
	"fmt"
	"html/template"
	"time"

	"mais/server/api"
	"mais/server/internal/web/page/admin"
	"mais/server/internal/web/page/admin/certificates"
	"mais/server/internal/web/page/chart"
	"mais/server/internal/web/page/frame"
)

//go:embed expiries.html
var files embed.FS

var page = admin.Template(files, "expiries.html")

// Path is the page's address.
const Path = admin.Root + "/expiries"

// Page is the data of the page.
type Page struct {
	frame.Frame
	Expiries api.Expiries
}

// Render returns the document.
func Render(p Page) []byte { return frame.Render(page, p) }

// Soon are the certificates that end next.
func (p Page) Soon() []admin.Certificate { return admin.Certificates(p.Expiries.Soon, p.Now) }

// Number writes a number for people.
func (Page) Number(n int) string { return admin.Number(n) }

// Count writes a number of certificates.
func (Page) Count(n int) string { return admin.Count(n, "certificate", "certificates") }

// Week is a week with its days in words.
type Week struct {
	api.ExpiryWeek
	Short, Medium, Long string // how its first day is written
}

// Weeks are the weeks in words.
func (p Page) Weeks() (weeks []Week) {
	for _, w := range p.Expiries.Weeks {
		week := Week{ExpiryWeek: w, Short: w.From, Medium: w.From, Long: w.From}
		if from, err := time.ParseInLocation(time.DateOnly, w.From, frame.London); err == nil {
			week.Short, week.Medium, week.Long = from.Format("2 Jan"), from.Format("2 Jan 2006"), from.Format("2 January 2006")
		}
		weeks = append(weeks, week)
	}
	return weeks
}

// All is how many end in a week.
func (w Week) All() int { return w.People + w.Sites + w.Server }

// Before7 leads to what ends within 7 days.
func (p Page) Before7() string { return certificates.EndingWithin(7, p.Now) }

// Before30 leads to what ends within 30 days.
func (p Page) Before30() string { return certificates.EndingWithin(30, p.Now) }

// Chart is the drawing.
func (p Page) Chart() template.HTML {
	c := chart.Stacked{
		ID: "expiries", Title: "Certificates that end, week by week", Parts: []string{"People", "Sites", "The service itself"},
	}
	most, busiest, sum := 0, "", 0
	for _, w := range p.Weeks() {
		c.Bars = append(c.Bars, chart.Bar{
			Label: w.Short, Values: []int{w.People, w.Sites, w.Server},
			Title: fmt.Sprintf("Week from %s: %d people, %d sites, %d of the service", w.Long, w.People, w.Sites, w.Server),
		})
		if sum += w.All(); w.All() > most {
			most, busiest = w.All(), w.Long
		}
	}
	c.Desc = fmt.Sprintf("%s end within %d weeks.", admin.Count(sum, "certificate", "certificates"), len(c.Bars))
	if busiest != "" {
		c.Desc += fmt.Sprintf(" The most, %s, in the week from %s.", admin.Number(most), busiest)
	}
	c.Desc += " The table below has the same numbers."
	return c.SVG()
}
