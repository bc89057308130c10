package web

import (
	"context"
	"net/http"

	"github.com/go-chi/chi/v5"

	"mais/server/api"
)

// accessReview is the id of the review that the address names; the event then names it too.
func (c *call) accessReview() string {
	id := chi.URLParam(c.Request, "id")
	c.event.Detail = map[string]string{"review": noted(id)}
	return id
}

func listAccessReviews(ctx context.Context, c *call) (answer, error) {
	if err := c.query(nil); err != nil {
		return answer{}, err
	}
	found, err := c.site.opts.Roles.AccessReviews(ctx, c.who)
	if err != nil {
		return answer{}, err
	}
	c.event.Rows = len(found.Reviews)
	return json200(found)
}

func openReview(ctx context.Context, c *call) (answer, error) {
	in, err := decode[api.OpenReviewRequest](c.Request)
	if err != nil {
		return answer{}, err
	}
	opened, err := c.site.opts.Roles.OpenReview(ctx, c.who, in.Agency)
	if c.audited = err == nil; err != nil {
		return answer{}, err
	}
	return jsonAnswer(http.StatusCreated, opened)
}

func showAccessReview(ctx context.Context, c *call) (answer, error) {
	id := c.accessReview()
	f, err := c.reviewFilter()
	if err != nil {
		return answer{}, err
	}
	found, err := c.site.opts.Roles.AccessReview(ctx, c.who, id, f)
	if err != nil {
		return answer{}, err
	}
	c.event.Rows = len(found.Items)
	return json200(found)
}

// reviewFilter reads the parameters of a review.
func (c *call) reviewFilter() (f api.AccessReviewFilter, err error) {
	err = c.query(parameters{"undecided": &f.Undecided, "page": &f.Page, "per_page": &f.PerPage})
	return f, err
}

func decideInReview(ctx context.Context, c *call) (answer, error) {
	id := c.accessReview()
	in, err := decode[api.DecideRequest](c.Request)
	if err != nil {
		return answer{}, err
	}
	after, err := c.site.opts.Roles.Decide(ctx, c.who, id, in)
	if c.audited = err == nil; err != nil {
		return answer{}, err
	}
	return json200(after)
}

func signReview(ctx context.Context, c *call) (answer, error) {
	signed, err := c.site.opts.Roles.SignReview(ctx, c.who, c.accessReview())
	if c.audited = err == nil; err != nil {
		return answer{}, err
	}
	return json200(signed)
}
