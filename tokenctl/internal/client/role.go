package client

import (
	"context"
	"net/http"
	"net/url"
	"strconv"

	"mais/server/api"
)

const (
	nextRoles   = "see 'tokenctl admin role list'"
	nextReviews = "see 'tokenctl admin review list'; what you do not administer is not shown"
)

// Roles reads all roles, with what each permits.
func (c *Client) Roles(ctx context.Context) (Answer[api.Roles], error) {
	return call[api.Roles](ctx, c, http.MethodGet, api.PathRoles, nil)
}

// Role reads one.
func (c *Client) Role(ctx context.Context, name string) (Answer[api.Role], error) {
	answer, err := call[api.Role](ctx, c, http.MethodGet, api.PathRoles+"/"+url.PathEscape(name), nil)
	return answer, missing(err, nextRoles, "there is no role %.80q", name)
}

// Items reads what a record can hold.
func (c *Client) Items(ctx context.Context) (Answer[api.Items], error) {
	return call[api.Items](ctx, c, http.MethodGet, api.PathItems, nil)
}

// AccessReviews reads the reviews of the agencies that the caller administers.
func (c *Client) AccessReviews(ctx context.Context) (Answer[api.AccessReviews], error) {
	return call[api.AccessReviews](ctx, c, http.MethodGet, api.PathAccessReviews, nil)
}

// OpenAccessReview opens a review of an agency now.
func (c *Client) OpenAccessReview(ctx context.Context, agency string) (Answer[api.AccessReview], error) {
	return call[api.AccessReview](ctx, c, http.MethodPost, api.PathAccessReviews, api.OpenReviewRequest{Agency: agency})
}

// AccessReview reads a review with a page of its people.
func (c *Client) AccessReview(ctx context.Context, id string, f api.AccessReviewFilter) (Answer[api.AccessReviewDetail], error) {
	parameters := map[string]string{}
	for name, n := range map[string]int{"page": f.Page, "per_page": f.PerPage} {
		if n > 0 {
			parameters[name] = strconv.Itoa(n)
		}
	}
	if f.Undecided {
		parameters["undecided"] = "true"
	}
	answer, err := call[api.AccessReviewDetail](ctx, c, http.MethodGet, asked(pathOfReview(id), parameters), nil)
	return answer, missing(err, nextReviews, "there is no review %.80q", id)
}

// DecideInReview says the same of one or several people of a review.
func (c *Client) DecideInReview(ctx context.Context, id string, d api.DecideRequest) (Answer[api.AccessReview], error) {
	answer, err := call[api.AccessReview](ctx, c, http.MethodPost, pathOfReview(id)+"/decide", d)
	return answer, missing(withID(err, id), nextReviews, "there is no review %.80q", id)
}

// SignReview signs a review off.
func (c *Client) SignReview(ctx context.Context, id string) (Answer[api.AccessReview], error) {
	answer, err := call[api.AccessReview](ctx, c, http.MethodPost, pathOfReview(id)+"/sign", nil)
	return answer, missing(withID(err, id), nextReviews, "there is no review %.80q", id)
}

func pathOfReview(id string) string { return api.PathAccessReviews + "/" + url.PathEscape(id) }
