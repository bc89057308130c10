// Package figures is the page of the audit's numbers: drawings, each with a table of the same
// numbers. Render it with [Render].
package figures

import (
	"embed"
	"fmt"
	"html/template"
	"time"

	"mais/server/api"
	"mais/server/internal/web/page/admin"
	"mais/server/internal/web/page/audit"
	"mais/server/internal/web/page/chart"
	"mais/server/internal/web/page/frame"
)

//go:embed figures.html
var files embed.FS

var page = audit.Template(files, "figures.html")

// Page is the data of the page.
type Page struct {
	frame.Frame
	Days    audit.Days
	Figures api.AuditFigures
}

// Render returns the document.
func Render(p Page) []byte { return frame.Render(page, p) }

// Number writes a number for people.
func (Page) Number(n int) string { return admin.Number(n) }

// Day is a day with its date in words.
type Day struct {
	api.AuditDay
	Short, Medium, Long string
}

// Refused is how much was not allowed on the day.
func (d Day) Refused() int { return d.Door + d.Permission + d.Other }

// All are the days in words.
func (p Page) All() (days []Day) {
	for _, d := range p.Figures.Days {
		day := Day{d, d.Day, d.Day, d.Day}
		if at, err := time.ParseInLocation(time.DateOnly, d.Day, frame.London); err == nil {
			day.Short, day.Medium, day.Long = at.Format("2"), at.Format("Mon 2 Jan"), at.Format("Monday 2 January 2006")
			if at.Day() == 1 || len(days) == 0 {
				day.Short = at.Format("2 Jan")
			}
		}
		days = append(days, day)
	}
	return days
}

// crowded is how many bars there may be with a label on each.
const crowded = 31

// thin leaves labels out where there is no room for each.
func thin(bars []chart.Bar) []chart.Bar {
	every := (len(bars) + crowded - 1) / crowded
	for n := range bars {
		if every > 1 && n%every != 0 {
			bars[n].Label = ""
		}
	}
	return bars
}

// LookChart draws looks by day.
func (p Page) LookChart() template.HTML {
	c := chart.Stacked{ID: "looks", Title: "Records opened, day by day", Parts: []string{"Records opened"}}
	sum, most, when := 0, 0, ""
	for _, d := range p.All() {
		c.Bars = append(c.Bars, chart.Bar{Label: d.Short, Values: []int{d.Looks}, Title: fmt.Sprintf("%s: %s by %s", d.Long,
			admin.Count(d.Looks, "record opened", "records opened"), admin.Count(d.Lookers, "person", "people"))})
		if sum += d.Looks; d.Looks > most {
			most, when = d.Looks, d.Long
		}
	}
	c.Bars, c.Desc = thin(c.Bars), described(sum, "record was opened", "records were opened", most, when)
	return c.SVG()
}

// RefusalChart draws by day what was not allowed, by kind.
func (p Page) RefusalChart() template.HTML {
	c := chart.Stacked{ID: "refusals", Title: "Refused or failed, day by day", Parts: []string{"At the door", "Not permitted", "Something else"}}
	sum, most, when := 0, 0, ""
	for _, d := range p.All() {
		c.Bars = append(c.Bars, chart.Bar{Label: d.Short, Values: []int{d.Door, d.Permission, d.Other}, Title: fmt.Sprintf("%s: %d at the door, %d not permitted, %d something else",
			d.Long, d.Door, d.Permission, d.Other)})
		if sum += d.Refused(); d.Refused() > most {
			most, when = d.Refused(), d.Long
		}
	}
	c.Bars, c.Desc = thin(c.Bars), described(sum, "request was refused or failed", "requests were refused or failed", most, when)
	return c.SVG()
}

// mostAgencies is how many agencies are drawn; the table has them all.
const mostAgencies = 12

// AgencyChart draws looks by agency.
func (p Page) AgencyChart() template.HTML {
	c := chart.Stacked{ID: "agencies", Title: "Records opened, by agency", Parts: []string{"Records opened"}}
	sum, most, who := 0, 0, ""
	for n, a := range p.Figures.Agencies {
		if sum += a.Looks; a.Looks > most {
			most, who = a.Looks, Named(a.Agency)
		}
		if n < mostAgencies {
			c.Bars = append(c.Bars, chart.Bar{Label: initials(Named(a.Agency)), Values: []int{a.Looks}, Title: fmt.Sprintf("%s: %s", Named(a.Agency), admin.Count(a.Looks, "record opened", "records opened"))})
		}
	}
	c.Desc = described(sum, "record was opened", "records were opened", most, who)
	return c.SVG()
}

// Named is an agency's name, or what stands for none.
func Named(agency string) string {
	if agency == "" {
		return "No agency"
	}
	return agency
}

// Agencies are the agencies by name.
func (p Page) Agencies() (list []api.AuditAgency) {
	for _, a := range p.Figures.Agencies {
		a.Agency = Named(a.Agency)
		list = append(list, a)
	}
	return list
}

// initials is what of a name fits below a bar.
func initials(name string) string {
	if letters := []rune(name); len(letters) > 9 {
		return string(letters[:8]) + "…"
	}
	return name
}

// HourChart draws looks by hour of the day.
func (p Page) HourChart() template.HTML {
	c := chart.Stacked{ID: "hours", Title: "Records opened, by hour of the day", Parts: []string{"Records opened"}}
	sum, most, when := 0, 0, ""
	for _, h := range p.Figures.Hours {
		c.Bars = append(c.Bars, chart.Bar{Label: fmt.Sprintf("%02d", h.Hour), Values: []int{h.Looks}, Title: fmt.Sprintf("From %02d:00: %s", h.Hour,
			admin.Count(h.Looks, "record opened", "records opened"))})
		if sum += h.Looks; h.Looks > most {
			most, when = h.Looks, fmt.Sprintf("the hour from %02d:00", h.Hour)
		}
	}
	c.Desc = described(sum, "record was opened", "records were opened", most, when)
	return c.SVG()
}

func described(sum int, one, many string, most int, where string) string {
	text := admin.Count(sum, one, many) + "."
	if where != "" {
		text += fmt.Sprintf(" The most, %s: %s.", admin.Number(most), where)
	}
	return text + " The table below has the same numbers."
}
