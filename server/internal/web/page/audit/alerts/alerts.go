// Package alerts is the page of what the service found unusual by itself, with a form that settles
// each. Render it with [Render].
package alerts

import (
	"embed"
	"net/url"
	"slices"
	"strconv"

	"mais/server/api"
	"mais/server/api/form"
	"mais/server/internal/web/page/audit"
	"mais/server/internal/web/page/frame"
)

//go:embed alerts.html
var files embed.FS

var page = audit.Template(files, "alerts.html")

// The names of the form's field and of the parameters of an address.
const (
	Note   = "note"
	All    = "all" // those that were settled too
	Before = "before"
)

// Page is the data of the page.
type Page struct {
	frame.Frame
	Alerts api.AuditAlerts
	All    bool
	Top    bool
	Wrong  int64  // the alert that a note with faults was for
	Typed  string // that note
}

// Render returns the document.
func Render(p Page) []byte { return frame.Render(page, p) }

// Alert is an alert in words.
type Alert struct {
	api.AuditAlert
	Label, Typed, Fault string
}

// Rows are the alerts.
func (p Page) Rows() (rows []Alert) {
	for _, a := range p.Alerts.Alerts {
		row := Alert{AuditAlert: a, Label: audit.ActLabel("alarm." + a.Kind)}
		if a.ID == p.Wrong {
			row.Typed, row.Fault = p.Typed, p.Faults.Of(Note)
		}
		rows = append(rows, row)
	}
	return rows
}

// Field is the id of the alert's note: that of the faulty one is what the faults lead to.
func (a Alert) Field() string {
	if a.Fault != "" {
		return Note
	}
	return Note + "-" + strconv.FormatInt(a.ID, 10)
}

// Settleable reports whether the reader may settle it.
func (a Alert) Settleable() bool { return slices.Contains(a.May, "settle") }

// Settle is where the form goes, and Entry the address of the alert's entry.
func (a Alert) Settle() string {
	return audit.AlertsPath + "/" + strconv.FormatInt(a.ID, 10) + "/settle"
}
func (a Alert) Entry() string { return audit.EntryPath + "/" + strconv.FormatInt(a.ID, 10) }

// Whose is the address of what the user did lately.
func (a Alert) Whose() string {
	switch {
	case a.User != "":
		return audit.Root + "?" + url.Values{"user": {a.User}}.Encode()
	case a.Address != "":
		return audit.Root + "?" + url.Values{"address": {a.Address}}.Encode()
	}
	return ""
}

// About is whom or what it is about.
func (a Alert) About() string {
	switch {
	case a.UserName != "":
		return a.UserName
	case a.User != "":
		return a.User
	}
	return a.Address
}

// MaxNote is the most characters of a note.
func (Page) MaxNote() int { return form.MaxNote }

// Next is the address of the page that follows, First that of the newest.
func (p Page) Next() string {
	if p.Alerts.Next == 0 {
		return ""
	}
	return PathOf(p.All, p.Alerts.Next)
}
func (p Page) First() string { return PathOf(p.All, 0) }

// PathOf is the address of a page of alerts.
func PathOf(all bool, before int64) string {
	v := url.Values{}
	if all {
		v.Set(All, "yes")
	}
	if before > 0 {
		v.Set(Before, strconv.FormatInt(before, 10))
	}
	if len(v) == 0 {
		return audit.AlertsPath
	}
	return audit.AlertsPath + "?" + v.Encode()
}
