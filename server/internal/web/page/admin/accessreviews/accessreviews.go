// Package accessreviews is the list of reviews of who still needs what they may do, and where
// one is opened before its time. Render it with [Render].
package accessreviews

import (
	"embed"
	"fmt"
	"time"

	"mais/server/api"
	"mais/server/internal/web/page/admin"
	"mais/server/internal/web/page/frame"
)

//go:embed accessreviews.html
var files embed.FS

var page = admin.Template(files, "accessreviews.html")

// Path is the address of the list; a review's is below it.
const Path = admin.Root + "/access-reviews"

// Agency is the name of the form's field.
const Agency = "agency"

// Page is the data of the page.
type Page struct {
	frame.Frame
	Reviews  api.AccessReviews
	Agencies []api.Agency // that the reader can open a review of
}

// Render returns the document.
func Render(p Page) []byte { return frame.Render(page, p) }

// PathOf is the address of a review.
func PathOf(id string) string { return Path + "/" + id }

// Every says how often they open.
func (p Page) Every() string {
	if p.Reviews.EveryMonths == 0 {
		return "None opens by itself here."
	}
	return fmt.Sprintf("One opens for each agency every %s.", admin.Count(p.Reviews.EveryMonths, "month", "months"))
}

// Row is a review in words.
type Row struct {
	api.AccessReview
	Path, Decided string
	Due           time.Time
	State         admin.State
}

// Rows are the reviews in their order.
func (p Page) Rows() (rows []Row) {
	for _, r := range p.Reviews.Reviews {
		rows = append(rows, Row{r, PathOf(r.ID), fmt.Sprintf("%s of %s", admin.Number(r.People-r.Undecided), admin.Count(r.People, "person", "people")), Day(r.Due), StateOf(r)})
	}
	return rows
}

// Day is a day as the API writes it.
func Day(text string) time.Time {
	day, _ := time.ParseInLocation(time.DateOnly, text, frame.London)
	return day
}

// StateOf says how far a review is.
func StateOf(r api.AccessReview) admin.State {
	switch {
	case r.SignedAt != nil:
		return admin.State{Words: "Signed off", Colour: "green"}
	case r.Overdue:
		return admin.State{Words: "Overdue", Colour: "red"}
	case r.Undecided == 0:
		return admin.State{Words: "To be signed off", Colour: "blue"}
	}
	return admin.State{Words: "Open", Colour: "yellow"}
}
