// Package plans is the list of what was prepared and done to many certificates at once, and
// where that begins. Render it with [Render].
package plans

import (
	"embed"
	"net/url"

	"mais/server/api"
	"mais/server/internal/web/page/admin"
	"mais/server/internal/web/page/frame"
)

//go:embed plans.html
var files embed.FS

var page = admin.Template(files, "plans.html")

// Path is the address of the list.
const Path = admin.Root + "/plans"

// Page is the data of the page.
type Page struct {
	frame.Frame
	Plans []api.Plan
	All   bool // the reader administers everything
}

// Render returns the document.
func Render(p Page) []byte { return frame.Render(page, p) }

// Acts are what a plan can do.
func (Page) Acts() []admin.Act { return admin.Acts }

// Row is a plan in words.
type Row struct {
	api.Plan
	Path, What, Why string
	State           admin.State
	Failed          int
}

// Rows are the plans, in their order.
func (p Page) Rows() (rows []Row) {
	for _, plan := range p.Plans {
		act, _ := admin.ActOf(plan.Act)
		r := Row{Plan: plan, Path: Path + "/" + url.PathEscape(plan.ID), State: StateOf(plan), Failed: plan.Results[api.ResultFailed]}
		r.What = act.Verb + ": " + admin.Count(plan.Total, "certificate", "certificates")
		if plan.Reason != "" {
			r.Why = admin.ReasonLabel(plan.Reason)
		}
		rows = append(rows, r)
	}
	return rows
}

// StateOf says how far a plan is.
func StateOf(p api.Plan) admin.State {
	switch {
	case p.ConfirmedAt == nil:
		return admin.State{Words: "Not confirmed", Colour: "grey"}
	case p.FinishedAt == nil:
		return admin.State{Words: "Under way", Colour: "blue"}
	case p.Results[api.ResultFailed] > 0:
		return admin.State{Words: "Some failed", Colour: "red"}
	}
	return admin.State{Words: "Finished", Colour: "green"}
}

// Unfinished reports whether a plan was begun and somebody should see to it that it ends.
func Unfinished(p api.Plan) bool {
	return p.ConfirmedAt != nil && (p.FinishedAt == nil || p.Results[api.ResultFailed] > 0)
}
