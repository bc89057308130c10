// Package accessreview is one review of who still needs what they may do: its people, what was
// said of each, and where the reader says it and signs it off. Render it with [Render].
package accessreview

import (
	"embed"
	"fmt"
	"strings"
	"time"

	"mais/server/api"
	"mais/server/api/form"
	"mais/server/internal/web/page/admin"
	"mais/server/internal/web/page/admin/accessreviews"
	"mais/server/internal/web/page/frame"
)

//go:embed accessreview.html
var files embed.FS

var page = admin.Template(files, "accessreview.html")

// The names of the form's fields. User may come many times.
const (
	User     = "user"
	Decision = "decision"
	Note     = "note"
)

// Page is the data of the page.
type Page struct {
	frame.Frame
	Review  api.AccessReviewDetail
	Open    bool // those only of whom nothing was said
	Ticked  []string
	Decided string // what was typed
	Said    string
}

// Render returns the document.
func Render(p Page) []byte { return frame.Render(page, p) }

// Path is the review's address.
func (p Page) Path() string { return accessreviews.PathOf(p.Review.ID) }

// State says how far it is.
func (p Page) State() admin.State { return accessreviews.StateOf(p.Review.AccessReview) }

// Due is the day by which it should be signed off.
func (p Page) Due() time.Time { return accessreviews.Day(p.Review.Due) }

// Progress says how many were decided on.
func (p Page) Progress() string {
	return fmt.Sprintf("%s of %s", admin.Number(p.Review.People-p.Review.Undecided), admin.Count(p.Review.People, "person", "people"))
}

// Signs reports whether the reader can sign it off.
func (p Page) Signs() bool { return p.Review.SignedAt == nil && p.Review.Undecided == 0 }

// Decides reports whether the reader can decide on anybody on this page.
func (p Page) Decides() bool {
	for _, i := range p.Review.Items {
		if i.May {
			return true
		}
	}
	return false
}

// Row is one of its people in words.
type Row struct {
	api.AccessReviewItem
	ID, Holding, Seen string
	Closed            string // why the reader does not decide
	State             admin.State
	Path              string // of the user
	Ticked            bool
}

// closed says why the reader does not decide on somebody.
func (p Page) closed(i api.AccessReviewItem) string {
	switch {
	case p.Review.SignedAt != nil:
		return "Signed off"
	case i.Gone:
		return "Nobody need"
	case i.Change != "":
		return "Done for good"
	}
	return "Not by you"
}

// Rows are its people, in their order.
func (p Page) Rows() (rows []Row) {
	for n, i := range p.Review.Items {
		r := Row{AccessReviewItem: i, ID: fmt.Sprintf("%s-%d", User, n), Holding: roleList(i.Roles), State: stateOf(i), Path: admin.Root + "/people/" + i.User, Closed: p.closed(i)}
		if n == 0 {
			r.ID = User
		}
		if r.Seen = "Never"; i.LastSeen != nil {
			r.Seen = i.LastSeen.In(frame.London).Format("2 January 2006")
		}
		for _, id := range p.Ticked {
			r.Ticked = r.Ticked || id == i.User
		}
		rows = append(rows, r)
	}
	return rows
}

func roleList(names []string) string {
	if len(names) == 0 {
		return "None"
	}
	var labels []string
	for _, name := range names {
		labels = append(labels, form.RoleLabel(name))
	}
	return strings.Join(labels, ", ")
}

func stateOf(i api.AccessReviewItem) admin.State {
	switch {
	case i.Decision == api.ReviewKeep:
		return admin.State{Words: "Keeps it", Colour: "green"}
	case i.Decision == api.ReviewRemoveRoles:
		return admin.State{Words: "Roles taken away", Colour: "red"}
	case i.Decision == api.ReviewLeave:
		return admin.State{Words: "Has left", Colour: "red"}
	case i.Gone:
		return admin.State{Words: "Gone meanwhile", Colour: "grey"}
	}
	return admin.State{Words: "To be decided", Colour: "yellow"}
}

// Options are what can be said of somebody.
func (p Page) Options() []admin.Option {
	return []admin.Option{
		{Value: api.ReviewKeep, Label: "They still need it"},
		{Value: api.ReviewRemoveRoles, Label: "They work here, and need it no more: take their roles away now"},
		{Value: api.ReviewLeave, Label: "They have left: end all that they have, now"},
	}
}

// Pager leads through the pages of people.
func (p Page) Pager() admin.Pager {
	return admin.PagerOf(p.Review.Page, p.Review.PerPage, p.Review.Total, func(page int) string {
		to := fmt.Sprintf("%s?page=%d", p.Path(), page)
		if p.Open {
			to += "&show=open"
		}
		return to
	})
}

// NoteBox is the box for why.
func (p Page) NoteBox() admin.Field {
	return admin.Field{Name: Note, Label: "Why, if there is more to say", Hint: "It is kept with the review. Name no service user.", Value: p.Said, Fault: p.Faults.Of(Note)}
}
