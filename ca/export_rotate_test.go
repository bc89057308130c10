package ca

import (
	"context"
	"crypto/x509"
)

// RefreshRootList looks for a newer list of the root's, as FollowRoot does by time.
func (c *CA) RefreshRootList(ctx context.Context) error { return c.refreshRootList(ctx) }

// ParseBundle reads what came from the root's machine.
func ParseBundle(text []byte, root *x509.Certificate) error {
	_, err := parseBundle(text, root)
	return err
}
