package web

import (
	"context"
	"net/http"
	"strconv"

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
	if err := c.parameters(); err != nil {
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
	if err := c.parameters("undecided", "page", "per_page"); err != nil {
		return f, err
	}
	q := c.URL.Query()
	if text := q.Get("undecided"); text != "" {
		if f.Undecided, err = strconv.ParseBool(text); err != nil {
			return f, fault("undecided", "is not true or false")
		}
	}
	return f, c.numbers(map[string]*int{"page": &f.Page, "per_page": &f.PerPage})
}

// numbers reads parameters that are numbers from 1; what is not there stays as it is.
func (c *call) numbers(of map[string]*int) (err error) {
	for name, to := range of {
		if text := c.URL.Query().Get(name); text != "" {
			if *to, err = strconv.Atoi(text); err != nil || *to < 1 {
				return fault(name, "is not a number from 1")
			}
		}
	}
	return nil
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
