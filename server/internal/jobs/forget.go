package jobs

import (
	"context"
	"crypto"
	"errors"
	"fmt"

	"mais/ca"
	"mais/certs"
	"mais/certs/pins"
)

// Forget takes nodes that do not come back out of the announcements, and revokes their
// certificates, without which nobody vouches for them again. This node signs.
func (r Rollover) Forget(ctx context.Context, gone []string) (pins.Announcement, error) {
	return r.change(ctx, "nodes are forgotten", func(s RolloverState) (pins.Announcement, crypto.Signer, error) {
		if err := s.gone(s.Last, gone); err != nil {
			return s.Last, nil, err
		}
		return s.Last.Without(gone...), s.held.key, r.revoke(ctx, gone)
	})
}

// change announces what make makes of the last announcement, which has this node's keys as
// they are; again if another node was quicker.
func (r Rollover) change(ctx context.Context, why string, make func(RolloverState) (pins.Announcement, crypto.Signer, error)) (a pins.Announcement, err error) {
	for range 5 {
		s, err := r.State(ctx)
		if err != nil {
			return a, err
		}
		if !s.Announced() {
			return a, ErrNotAnnounced
		}
		next, key, err := make(s)
		if err != nil {
			return a, err
		}
		c, err := s.chain.announce(ctx, r.Board, next, key, r.announcer(s, why))
		if !errors.Is(err, ca.ErrNotNext) {
			return c.last(), err
		}
	}
	return a, ca.ErrNotNext
}

func (r Rollover) announcer(s RolloverState, why string) ca.Announcer {
	id, _ := certs.ParseIdentity(s.Node) // as openIdentity has read it
	return ca.Announcer{Node: id, By: r.By, Why: why}
}

// MayForget says why nodes cannot be taken out of the announcements as they are, before anybody
// is asked.
func (s RolloverState) MayForget(nodes []string) error { return s.gone(s.Last, nodes) }

// gone says why nodes cannot be taken out of an announcement.
func (s RolloverState) gone(a pins.Announcement, nodes []string) error {
	for _, node := range nodes {
		if _, listed := a.Of(node); !listed {
			return fmt.Errorf("%.60q is no node of the announcements", node)
		}
		if node == s.Node {
			return fmt.Errorf("%s is this node", node)
		}
	}
	return nil
}

func (r Rollover) revoke(ctx context.Context, nodes []string) error {
	for _, node := range nodes {
		id, err := certs.ParseIdentity(node)
		if err == nil {
			err = r.Board.RevokeNode(ctx, id, r.By)
		}
		if err != nil {
			return fmt.Errorf("revoke the certificates of %.60q: %w", node, err)
		}
	}
	return nil
}
