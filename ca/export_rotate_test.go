package ca

import (
	"context"
)

// RefreshRootList looks for a newer list of the root's, as FollowRoot does by time.
func (c *CA) RefreshRootList(ctx context.Context) error { return c.refreshRootList(ctx) }
