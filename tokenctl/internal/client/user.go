package client

import (
	"context"
	"net/http"
	"net/url"

	"mais/server/api"
)

const nextUsers = "find them with 'tokenctl admin user list'; whom you do not administer is not shown either"

// Users reads a page of the people of the agencies.
func (c *Client) Users(ctx context.Context, f api.UserFilter) (Answer[api.Users], error) {
	return call[api.Users](ctx, c, http.MethodGet, asked(api.PathUsers, map[string]string{
		"q": f.Query, "agency": f.Agency, "site": f.Site, "role": f.Role, "stage": f.Stage, "sort": f.Sort, "page": number(f.Page), "per_page": number(f.PerPage),
	}), nil)
}

// User reads one of them.
func (c *Client) User(ctx context.Context, id string) (Answer[api.User], error) {
	answer, err := call[api.User](ctx, c, http.MethodGet, api.PathUsers+"/"+url.PathEscape(id), nil)
	return answer, missing(err, nextUsers, "there is no user %.80q", id)
}

// Terms reads what the caller has to accept, or accepted.
func (c *Client) Terms(ctx context.Context) (Answer[api.Terms], error) {
	return call[api.Terms](ctx, c, http.MethodGet, api.PathTerms, nil)
}

// AcceptTerms accepts the terms as they were shown.
func (c *Client) AcceptTerms(ctx context.Context, t api.Terms) (Answer[api.Terms], error) {
	return call[api.Terms](ctx, c, http.MethodPost, api.PathTerms, api.TermsRequest{Version: t.Version, Roles: t.Roles()})
}
