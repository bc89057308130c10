package client

import (
	"context"
	"net/http"

	"mais/server/api"
)

// Usage says who registered, who looks, and what was of use.
func (c *Client) Usage(ctx context.Context) (Answer[api.Usage], error) {
	return call[api.Usage](ctx, c, http.MethodGet, api.PathUsage, nil)
}

// Overview says what waits for an administrator.
func (c *Client) Overview(ctx context.Context) (Answer[api.Overview], error) {
	return call[api.Overview](ctx, c, http.MethodGet, api.PathOverview, nil)
}
