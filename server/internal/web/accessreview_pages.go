package web

import (
	"context"
	"net/http"
	"strings"

	"mais/server/api"
	"mais/server/internal/web/page/admin/accessreview"
	"mais/server/internal/web/page/admin/accessreviews"
	"mais/server/internal/web/page/frame"
)

func accessReviewsPage(ctx context.Context, c *call) (answer, error) {
	return c.accessReviewsPage(ctx, http.StatusOK, nil)
}

func (c *call) accessReviewsPage(ctx context.Context, status int, faults frame.Faults) (answer, error) {
	found, err := c.site.opts.Roles.AccessReviews(ctx, c.who)
	if err != nil {
		return answer{}, err
	}
	agencies, err := c.site.opts.Places.Agencies(ctx, c.who)
	if err != nil {
		return answer{}, err
	}
	c.event.Rows = len(found.Reviews)
	p := accessreviews.Page{Frame: c.adminFrame("Reviews of access", accessreviews.Path), Reviews: found, Agencies: agencies.Agencies}
	p.Faults = faults
	return html(status, accessreviews.Render(p)), nil
}

func openReviewHere(ctx context.Context, c *call) (answer, error) {
	sent, err := c.form(accessreviews.Agency)
	if err != nil {
		return answer{}, err
	}
	opened, err := c.site.opts.Roles.OpenReview(ctx, c.who, sent[accessreviews.Agency])
	if faults, ok := saidOf(err, [][3]string{{"agency", accessreviews.Agency, "The agency"}}); ok {
		return c.accessReviewsPage(ctx, http.StatusUnprocessableEntity, faults)
	}
	if c.audited = err == nil; err != nil {
		return answer{}, err
	}
	return seeOther(accessreviews.PathOf(opened.ID))
}

func accessReviewPage(ctx context.Context, c *call) (answer, error) {
	return c.accessReviewPage(ctx, http.StatusOK, func(*accessreview.Page) {})
}

func (c *call) accessReviewPage(ctx context.Context, status int, fill func(*accessreview.Page)) (answer, error) {
	id := c.accessReview()
	var f api.AccessReviewFilter
	var show string
	if err := c.query(parameters{"show": &show, "page": &f.Page}); err != nil {
		return answer{}, err
	}
	f.Undecided = show == "open"
	found, err := c.site.opts.Roles.AccessReview(ctx, c.who, id, f)
	if err != nil {
		return answer{}, err
	}
	c.event.Rows = len(found.Items)
	p := accessreview.Page{Frame: c.adminFrame("Review of access", accessreviews.Path), Review: found, Open: f.Undecided}
	fill(&p)
	return html(status, accessreview.Render(p)), nil
}

// decideHere says the same of all who were ticked.
func decideHere(ctx context.Context, c *call) (answer, error) {
	id := c.accessReview()
	sent, users, err := c.formWith(accessreview.User, accessreview.Decision, accessreview.Note)
	if err != nil {
		return answer{}, err
	}
	d := api.DecideRequest{Users: users, Decision: sent[accessreview.Decision], Note: strings.TrimSpace(sent[accessreview.Note])}
	faults := undecidedForm(d)
	if faults == nil {
		_, err = c.site.opts.Roles.Decide(ctx, c.who, id, d)
		faults, _ = saidOf(err, [][3]string{{"users", accessreview.User, "Who was ticked"}, {"decision", accessreview.Decision, "The decision"}, {"note", accessreview.Note, "Why"}})
	}
	if faults != nil {
		return c.accessReviewPage(ctx, http.StatusUnprocessableEntity, func(p *accessreview.Page) {
			p.Faults, p.Ticked, p.Decided, p.Said = faults, users, d.Decision, d.Note
		})
	}
	if c.audited = err == nil; err != nil {
		return answer{}, err
	}
	return seeOther(accessreviews.PathOf(id) + "?show=open")
}

// undecidedForm is what the form lacks.
func undecidedForm(d api.DecideRequest) (faults frame.Faults) {
	if len(d.Users) == 0 {
		faults = append(faults, frame.Fault{Field: accessreview.User, Text: "Tick whom you decide on"})
	}
	if d.Decision == "" {
		faults = append(faults, frame.Fault{Field: accessreview.Decision, Text: "Choose what is to be"})
	}
	return faults
}

func signReviewHere(ctx context.Context, c *call) (answer, error) {
	if err := noBody(c.Request); err != nil {
		return answer{}, err
	}
	id := c.accessReview()
	_, err := c.site.opts.Roles.SignReview(ctx, c.who, id)
	if c.audited = err == nil; err != nil {
		return answer{}, err
	}
	return seeOther(accessreviews.PathOf(id))
}
