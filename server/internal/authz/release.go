package authz

import (
	"context"
	"errors"
	"fmt"

	"mais/server/internal/audit"
	"mais/server/internal/authn"
	"mais/server/internal/authz/internal/data"
	"mais/server/internal/authz/internal/look"
	"mais/server/internal/authz/internal/policy"
	"mais/server/internal/authz/internal/rbac"
)

// maxDecisions bounds how often a look is decided on anew because permissions changed while
// it was being read. More changes than that within one look are a fault or an attack.
const maxDecisions = 3

// decider says what a look may read under the permissions of a table. It is asked before the
// reading and again before the release.
type decider func(context.Context, rbac.Table) (policy.Decision, error)

// reads decides on what p may always read.
func reads(p authn.Principal) decider {
	return func(_ context.Context, t rbac.Table) (policy.Decision, error) { return decide(t, p, policy.Read), nil }
}

// released is releasedBy for what p may always read.
func released[T any](ctx context.Context, s *Service, p authn.Principal, e audit.Event,
	read func(policy.Decision, audit.Event) (audit.Sealed[T], error)) (T, error) {
	return releasedBy(ctx, s, p, e, reads(p), read)
}

// releasedBy does a whole look: decide, read, append, decide and check again, open. read is
// called with a decision that allows something and the event to complete and seal under; it
// may be called again. e is the event as it stands before anything is read.
func releasedBy[T any](ctx context.Context, s *Service, p authn.Principal, e audit.Event, decide decider,
	read func(policy.Decision, audit.Event) (audit.Sealed[T], error)) (T, error) {
	var none T
	decision, err := s.decision(ctx, p.Generation(), decide)
	if err != nil {
		return none, s.failed(ctx, e, err)
	}
	for range maxDecisions {
		if !decision.Any() {
			return none, s.failed(ctx, e, ErrDenied)
		}
		sealed, err := read(decision, e)
		if err != nil {
			return none, s.failed(ctx, e, err)
		}
		receipt, err := s.ledger.Append(ctx, sealed.Event())
		if err != nil {
			return none, fmt.Errorf("%w: %w", ErrUnavailable, err)
		}
		now, err := s.decision(ctx, receipt.AccessGeneration(), decide)
		if err != nil {
			return none, s.failed(ctx, e, err)
		}
		if now != decision {
			decision = now
			continue
		}
		return opened(ctx, s, p, sealed, receipt)
	}
	return none, s.failed(ctx, e, fmt.Errorf("permissions changed %d times during one look", maxDecisions))
}

// opened checks the caller again and opens what was read.
func opened[T any](ctx context.Context, s *Service, p authn.Principal, sealed audit.Sealed[T], r audit.Receipt) (T, error) {
	if err := s.recheck.Recheck(ctx, p, r.StatusNumber(), r.AccessGeneration()); err != nil {
		var none T
		return none, s.failed(ctx, sealed.Event(), fmt.Errorf("release: %w", err))
	}
	return sealed.Open(r)
}

// decision asks a decider under permissions of the generation or later.
func (s *Service) decision(ctx context.Context, generation int64, decide decider) (policy.Decision, error) {
	table, err := s.permissions.At(ctx, generation)
	if err != nil {
		return policy.Decision{}, err
	}
	return decide(ctx, table)
}

// decide returns what p may do by act under the table's permissions.
func decide(table rbac.Table, p authn.Principal, act policy.Act) policy.Decision {
	if p.Method() == authn.BySystem {
		return policy.DecideSystem(p.Name(), act)
	}
	return table.Grants.DecideLimited(p.Roles(), p.Limited(), act)
}

// failed appends e as the attempt that ended with err and returns the error for the caller.
// Where that cannot be recorded, the caller does not learn how it ended either.
func (s *Service) failed(ctx context.Context, e audit.Event, err error) error {
	var invalid *InvalidError
	var refusal *authn.Refusal
	if errors.Is(err, data.ErrNotAllowed) { // the decision allows something, but not this
		err = ErrDenied
	}
	switch {
	case errors.Is(err, ErrDenied):
		e = ended(e, audit.Refused, reasonNotPermitted)
	case errors.Is(err, ErrNoReason):
		e = ended(e, audit.Refused, reasonNoReason)
	case errors.Is(err, ErrTooMany):
		e = ended(e, audit.Refused, reasonTooMany)
	case errors.Is(err, ErrNotFound):
		e = ended(e, audit.Failed, look.ReasonNotFound)
	case errors.As(err, &invalid):
		e = ended(e, audit.Failed, reasonInvalid+": "+invalid.names())
	case errors.As(err, &refusal):
		e = ended(e, audit.Refused, string(refusal.Kind))
	default:
		e = ended(e, audit.Failed, reasonUnavailable)
		err = fmt.Errorf("%w: %w", ErrUnavailable, err)
	}
	if _, aerr := s.ledger.Append(context.WithoutCancel(ctx), e); aerr != nil {
		return fmt.Errorf("%w: %w (after: %v)", ErrUnavailable, aerr, err)
	}
	return err
}
