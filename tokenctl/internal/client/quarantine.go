package client

import (
	"context"
	"fmt"
	"net/http"

	"mais/server/api"
)

// Quarantines lists what was put on hold because a journal was lost.
func (c *Client) Quarantines(ctx context.Context) (Answer[api.Quarantines], error) {
	return call[api.Quarantines](ctx, c, http.MethodGet, api.PathQuarantines, nil)
}

// ApproveQuarantine records the caller's approval.
func (c *Client) ApproveQuarantine(ctx context.Context, id int64) (Answer[api.Quarantine], error) {
	answer, err := call[api.Quarantine](ctx, c, http.MethodPost, fmt.Sprintf("%s/%d/approve", api.PathQuarantines, id), nil)
	return answer, missing(err, "see 'tokenctl admin quarantine list'", "there is no quarantine %d", id)
}
