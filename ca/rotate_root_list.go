package ca

import (
	"context"
	"errors"
	"fmt"
	"time"

	"mais/ca/ceremony"
	"mais/ca/internal/store"
	"mais/certs"
	"mais/internal/pg"
)

// RootListPEM returns the root's newest revocation list that is known here.
func (c *CA) RootListPEM() []byte { return c.rootList.Load().PEM() }

// RevokedIn returns which of the issuing CAs that are accepted now a list of the root's, PEM,
// would revoke. It refuses what the root did not sign, and what is older than what is known.
func (c *CA) RevokedIn(text []byte) ([]string, error) {
	s, err := c.newerList(text)
	if err != nil {
		return nil, fmt.Errorf("read the root's revocation list: %w", err)
	}
	var ids []string
	for _, i := range c.issuers {
		if _, revoked := s.List.Revoked[certs.SerialHex(i.Certificate().SerialNumber)]; revoked && !c.revokedByRoot(i.Certificate()) {
			ids = append(ids, i.ID())
		}
	}
	return ids, nil
}

func (c *CA) newerList(text []byte) (ceremony.Signed, error) {
	s, err := ceremony.ParseSigned(text, c.root)
	if err != nil {
		return ceremony.Signed{}, err
	}
	if known := c.rootList.Load().Number; s.List.Number < known {
		return ceremony.Signed{}, fmt.Errorf("%w: it is number %d, and number %d is known", ErrNotAllowed, s.List.Number, known)
	}
	return s, nil
}

// InstallRootList brings in a list of the root's. Every node takes it over by itself within
// some seconds. For the certificates of an issuing CA that it revokes, call EndBelow first.
func (c *CA) InstallRootList(ctx context.Context, text []byte, by string) error {
	s, err := c.newerList(text)
	if err == nil {
		err = c.db.Transact(ctx, func(tx *pg.Tx) error {
			if err := store.AddRootList(ctx, tx, s.List.Number, s.List.DER, by); err != nil {
				return err
			}
			return c.report(ctx, tx, Act{What: "root-list", Name: fmt.Sprintf("number %d", s.List.Number), By: by, NotAfter: s.List.Next})
		})
	}
	if err == nil {
		err = c.takeRootList(s.List.DER)
	}
	if err != nil {
		return fmt.Errorf("install the root's revocation list: %w", err)
	}
	return nil
}

// endBatch is how many certificates EndBelow reads at a time.
const endBatch = 100

// EndBelow revokes every certificate of an issuing CA that is good or held, one after another,
// and says how many; done is told how far it has come. What is interrupted goes on when it is
// called again.
func (c *CA) EndBelow(ctx context.Context, id, by string, done func(int)) (ended int, err error) {
	for {
		refs, err := store.LiveOf(ctx, c.db, id, c.now(), endBatch)
		if err != nil || len(refs) == 0 {
			return ended, err
		}
		for _, ref := range refs {
			// A line ends together: another of it may have ended this one.
			if err := c.Revoke(ctx, ref, CessationOfOperation, by); err != nil && !errors.Is(err, ErrAlready) {
				return ended, fmt.Errorf("end what is below %s: %w", id, err)
			}
			ended++
			done(ended)
		}
	}
}

// followEvery is how often a node asks for the root's list and for who is active.
const followEvery = 5 * time.Second

// FollowRoot takes over newer lists of the root's until ctx ends, and says aloud when this
// node issues from another CA than the one that is active, which takes a restart.
func (c *CA) FollowRoot(ctx context.Context) error {
	tick := time.NewTicker(followEvery)
	defer tick.Stop()
	said, fault := map[string]string{}, ""
	for {
		select {
		case <-ctx.Done():
			return nil
		case <-tick.C:
		}
		err := errors.Join(c.refreshRootList(ctx), c.compareActive(ctx, said))
		if err != nil && ctx.Err() == nil && err.Error() != fault {
			c.log.ErrorContext(ctx, "cannot follow the root's revocation list", "error", err)
		}
		fault = ""
		if err != nil {
			fault = err.Error()
		}
	}
}

func (c *CA) compareActive(ctx context.Context, said map[string]string) error {
	active, err := c.activeIDs(ctx)
	if err != nil {
		return err
	}
	for series, id := range active {
		if c.current[series].ID() != id && said[series] != id {
			said[series] = id
			c.log.WarnContext(ctx, "another issuing CA is active: restart this node to issue from it", "active", id, "issues here", c.current[series].ID())
		}
	}
	return nil
}
