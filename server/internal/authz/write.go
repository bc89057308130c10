package authz

import (
	"context"
	"fmt"

	"mais/internal/pg"
	"mais/server/internal/audit"
	"mais/server/internal/authn"
	"mais/server/internal/authz/internal/grounds"
	"mais/server/internal/authz/internal/policy"
	"mais/server/internal/authz/internal/rbac"
)

// permit says by the permissions of a table whether something may be written: nil or
// ErrDenied.
type permit func(rbac.Table) error

// settle ends a transaction that writes: it appends the event and checks again that the
// writer still may.
type settle func(*pg.Tx, audit.Event) error

// written does a whole write to the grounds: decide, then write, append and check again in
// one transaction. So the event is there exactly when what it tells of is, and neither is
// when the caller fell before it was recorded; that attempt is an event of its own. e is
// the event of an attempt that comes to nothing.
func (s *Service) written(ctx context.Context, p authn.Principal, e audit.Event, may permit, write func(settle) error) error {
	err := s.permitted(ctx, p.Generation(), may)
	if err == nil {
		err = write(func(tx *pg.Tx, e audit.Event) error { return s.settle(ctx, tx, p, e, may) })
	}
	if err != nil {
		return s.failed(ctx, e, err)
	}
	return nil
}

// permitted asks a permit under permissions of the generation or later.
func (s *Service) permitted(ctx context.Context, generation int64, may permit) error {
	table, err := s.permissions.At(ctx, generation)
	if err != nil {
		return err
	}
	return may(table)
}

// settle appends the event of what p writes, and fails if p fell before that.
func (s *Service) settle(ctx context.Context, tx *pg.Tx, p authn.Principal, e audit.Event, may permit) error {
	marks, err := audit.MarkIn(ctx, tx, e)
	if err != nil {
		return err
	}
	if err := s.permitted(ctx, marks.AccessGeneration, may); err != nil {
		return err
	}
	if err := s.recheck.Recheck(ctx, p, marks.StatusNumber, marks.AccessGeneration); err != nil {
		return fmt.Errorf("commit: %w", err)
	}
	return nil
}

// mayRead permits what is for those who may read something of a record.
func mayRead(p authn.Principal) permit {
	return func(t rbac.Table) error {
		if !decide(t, p, policy.Read).Any() {
			return ErrDenied
		}
		return nil
	}
}

// errNoSession is for a caller whose session is over, or who never had one.
var errNoSession = &authn.Refusal{Kind: authn.SessionEnded}

// caller returns the caller's session, or errNoSession.
func caller(p authn.Principal) (grounds.Caller, error) {
	c := grounds.Caller{Session: p.SessionKey(), User: p.User()}
	if c.Session == [32]byte{} || c.User == "" {
		return grounds.Caller{}, errNoSession
	}
	return c, nil
}
