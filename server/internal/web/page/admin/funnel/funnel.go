// Package funnel is the page that says how far those who were invited have come: a drawing, a
// table of the same numbers by agency with ways to the lists, and one act that sends a fresh
// code to everybody whose code lapsed. Render it with [Render].
package funnel

import (
	"embed"
	"fmt"
	"html/template"
	"net/url"

	"mais/server/api"
	"mais/server/internal/web/page/admin"
	"mais/server/internal/web/page/chart"
	"mais/server/internal/web/page/frame"
)

//go:embed funnel.html
var files embed.FS

var page = admin.Template(files, "funnel.html")

// Path is the page's address, and the parameter that says that codes are on their way.
const (
	Path = admin.Root + "/people/funnel"
	Sent = "sent"
)

// Agency is the name of the form's field.
const Agency = "agency"

// Page is the data of the page.
type Page struct {
	frame.Frame
	Funnel api.Funnel
	Sent   bool
}

// Render returns the document.
func Render(p Page) []byte { return frame.Render(page, p) }

// Number writes a number for people.
func (Page) Number(n int) string { return admin.Number(n) }

// People writes a number of people.
func (Page) People(n int) string { return admin.Count(n, "person", "people") }

// Share says what part of those who were sent a code have registered.
func (p Page) Share() string { return share(p.Funnel.All) }

func share(r api.FunnelRow) string {
	if r.People == 0 {
		return "–"
	}
	return fmt.Sprintf("%d%%", r.Registered*100/r.People)
}

// Row is an agency's row.
type Row struct{ api.FunnelRow }

// Rows are the agencies in which there is anybody.
func (p Page) Rows() (rows []Row) {
	for _, r := range p.Funnel.Agencies {
		if r.People > 0 {
			rows = append(rows, Row{r})
		}
	}
	return rows
}

// All is the row of the sums.
func (p Page) All() Row { return Row{p.Funnel.All} }

// Share says what part of its people have registered.
func (r Row) Share() string { return share(r.FunnelRow) }

// To leads to the list of the row's people at a stage.
func (r Row) To(stage string) string {
	v := url.Values{"stage": {stage}}
	if r.AgencyID != "" {
		v.Set("agency", r.AgencyID)
	}
	return admin.Root + "/people?" + v.Encode()
}

// Chart is the drawing: each bar a step of the way.
func (p Page) Chart() template.HTML {
	all := p.Funnel.All
	steps := []struct {
		label string
		n     int
		title string
	}{
		{"Let in", all.People, "are registered as users and have not left"},
		{"Starts later", all.Due, "start later, and are sent a code then"},
		{"Sent", all.Sent, "were sent a code"},
		{"Waiting", all.Waiting, "have a good code that they have not used"},
		{"Came back", all.Bounced, "were not reached: a mail came back"},
		{"Lapsed", all.Lapsed, "let their code lapse"},
		{"Registered", all.Registered, "have a token or a password"},
		{"Signed in", all.Active, "have signed in"},
	}
	c := chart.Stacked{ID: "funnel", Title: "How far people have come", Parts: []string{"People"}}
	for _, s := range steps {
		c.Bars = append(c.Bars, chart.Bar{Label: s.label, Values: []int{s.n}, Title: fmt.Sprintf("%s %s", admin.Count(s.n, "person", "people"), s.title)})
	}
	c.Desc = fmt.Sprintf("Of %s let in, %s were sent a code, %s have registered and %s have signed in. The table below has the same numbers by agency.",
		admin.Count(all.People, "person", "people"), admin.Number(all.Sent), admin.Number(all.Registered), admin.Number(all.Active))
	return c.SVG()
}

// Cell is a number that leads to a list, where there is one of just these people.
type Cell struct {
	N              int
	Text, Says, To string
}

// Cells are the numbers of a row.
func (r Row) Cells() (cells []Cell) {
	for _, c := range []struct {
		n           int
		says, stage string
	}{
		{r.People, "let in", "present"}, {r.Due, "start later", api.StageDue}, {r.Sent, "sent a code", ""}, {r.Waiting, "waiting", api.StageInvited}, {r.Reminded, "reminded", ""},
		{r.Bounced, "came back", api.StageBounced}, {r.Lapsed, "lapsed", api.StageLapsed},
		{r.Registered, "registered", ""}, {r.Active, "signed in", api.StageActive},
	} {
		cell := Cell{N: c.n, Text: admin.Number(c.n), Says: c.says}
		if c.stage != "" {
			cell.To = r.To(c.stage)
		}
		cells = append(cells, cell)
	}
	return cells
}
