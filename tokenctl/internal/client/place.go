package client

import (
	"context"
	"net/http"
	"net/netip"

	"mais/server/api"
)

const nextAgencies = "see 'tokenctl admin agency list'; what you do not administer is not shown"

// Agencies reads the agencies that the caller administers.
func (c *Client) Agencies(ctx context.Context) (Answer[api.Agencies], error) {
	return call[api.Agencies](ctx, c, http.MethodGet, api.PathAgencies, nil)
}

// Sites reads the sites of an agency by its UUID, or with "" all that the caller administers.
func (c *Client) Sites(ctx context.Context, agency string) (Answer[api.Sites], error) {
	answer, err := call[api.Sites](ctx, c, http.MethodGet, asked(api.PathSites, map[string]string{"agency": agency}), nil)
	return answer, missing(err, nextAgencies, "there is no agency %.80q", agency)
}

// Whose reads who is recognised from an address.
func (c *Client) Whose(ctx context.Context, a netip.Addr) (Answer[api.NetworkAnswer], error) {
	return call[api.NetworkAnswer](ctx, c, http.MethodGet, asked(api.PathNetworks, map[string]string{"address": a.String()}), nil)
}
