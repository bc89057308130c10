package accessreview

import (
	"testing"

	"golang.org/x/net/html"

	"mais/server/api"
	"mais/server/internal/web/page/admin/admintest"
	"mais/server/internal/web/page/frame"
	"mais/server/internal/web/page/pagetest"
)

func TestTemplate(t *testing.T) { pagetest.Check(t, page, Page{}) }

func review(note string) Page {
	return Page{Frame: admintest.Frame("Review of access"), Review: api.AccessReviewDetail{
		AccessReview: api.AccessReview{ID: "r1", AgencyName: "Northshire Police", OpenedAt: admintest.Now, OpenedBy: "the service", Due: "2026-12-22", People: 3, Undecided: 2},
		Total:        3, Page: 1, PerPage: 50,
		Items: []api.AccessReviewItem{
			{User: "u1", Name: "Dana Whitlock", Email: "dana@example.org", Roles: []string{"police_officer"}, May: true, LastSeen: &admintest.Now},
			{User: "u2", Name: "Ada Ministrator", Email: "ada@example.org", Roles: []string{"administrator"}},
			{User: "u3", Name: "Bob", Email: "bob@example.org", Roles: []string{}, Decision: api.ReviewLeave, Note: note, DecidedBy: &api.Actor{Name: "Ada"}, Change: "c1"},
		},
	}}
}

// TestReview: whom the reader decides on can be ticked, and nobody else; it is signed off when
// everybody was decided on.
func TestReview(t *testing.T) {
	p := review("gone in May")
	admintest.Says(t, Render(p), "1 of 3 people", "22 December 2026", "Dana Whitlock dana@example.org Police officer 22 November 2026 To be decided",
		"Not by you Ada Ministrator ada@example.org Administrator Never To be decided", "Has left by Ada gone in May The change", "Decide")
	admintest.Silent(t, Render(p), "Sign it off if")
	if boxes := pagetest.All(admintest.Main(t, Render(p)), isBox); len(boxes) != 1 || pagetest.Attr(boxes[0], "value") != "u1" {
		t.Errorf("%d people can be ticked, want one", len(boxes))
	}
	p.Ticked, p.Decided, p.Said = []string{"u1"}, "keep", "typed before"
	p.Faults = frame.Faults{{Field: Decision, Text: "Choose what is to be"}}
	admintest.Says(t, Render(p), "Choose what is to be")
	if _, checked := attribute(pagetest.ByID(admintest.Main(t, Render(p)), User), "checked"); !checked {
		t.Error("what was ticked is lost")
	}
	p = review("")
	p.Review.Undecided = 0
	admintest.Says(t, Render(p), "Everybody was decided on", "Sign it off")
	p.Review.SignedAt, p.Review.SignedBy = &admintest.Now, &api.Actor{Name: "Ada"}
	admintest.Says(t, Render(p), "Signed off Ada Ministrator")
	admintest.Silent(t, Render(p), "Sign it off if", "Not by you")
	p.Review.Items, p.Open = nil, true
	admintest.Says(t, Render(p), "by Ada", "Nobody is left")
}

func TestHostile(t *testing.T) {
	for _, text := range admintest.Hostile(t) {
		admintest.Calm(t, Render(review(text)), Render(review("calm")), text)
	}
}

func isBox(e *html.Node) bool { return pagetest.Attr(e, "type") == "checkbox" }

func attribute(e *html.Node, name string) (string, bool) {
	for _, a := range e.Attr {
		if a.Key == name {
			return a.Val, true
		}
	}
	return "", false
}
