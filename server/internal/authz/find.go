package authz

import (
	"context"
	"fmt"
	"time"

	"mais/internal/pg"
	"mais/server/api"
	"mais/server/api/form"
	"mais/server/internal/audit"
	"mais/server/internal/authz/internal/look"
	"mais/server/internal/authz/internal/policy"
	"mais/server/internal/record"
)

// ActFind is the act of finding a person's number.
const ActFind = "audit.find"

// A governance officer answers people who ask who looked at them. Twenty an hour are many of those,
// and too few to learn who of a town has a record.
const (
	MaxFinds = 20
	findSpan = time.Hour
)

// FindNumber returns the number of the one person whom somebody names by their whole name and birth
// date, or by a prison's or the police's number, or for whom a custody number or the like was given
// with a reason; or that none fits, or more than one. Nothing that stands in a record is told, and neither is it in the event what was typed.
// Only a governance officer may, MaxFinds times within an hour on all nodes together; what cannot be understood does not count. Act audit.find.
//
// The error is ErrDenied, *InvalidError (of the fields name, born and number), *TooManyError,
// ErrUnavailable or an *authn.Refusal.
func (s *Service) FindNumber(ctx context.Context, l Look, q api.AuditFind) (api.AuditFound, error) {
	e := l.event(ActFind)
	d := policy.DecideFind(l.Principal.Roles())
	if l.Principal.User() == "" || !d.Any() {
		return api.AuditFound{}, s.failed(ctx, e, ErrDenied)
	}
	found, err := s.findNumber(ctx, l, d, e, q)
	switch {
	case err != nil:
		return api.AuditFound{}, err
	case found.Many:
		return api.AuditFound{Answer: api.FindNotUnique}, nil
	case found.Person == "":
		return api.AuditFound{Answer: api.FindNone}, nil
	}
	return api.AuditFound{Answer: api.FindFound, Person: found.Person}, nil
}

// findNumber counts, reads and appends while nobody else finds in the user's name, on any node; then it checks
// again and opens. So what is refused reads nothing, and no event says that it was told.
func (s *Service) findNumber(ctx context.Context, l Look, d policy.Decision, e audit.Event, q api.AuditFind) (found look.Numbered, err error) {
	var sealed audit.Sealed[look.Numbered]
	var receipt audit.Receipt
	err = s.alone(ctx, l.Principal.User(), func() (err error) {
		if sealed, err = s.readNumber(ctx, l, d, e, q); err != nil {
			return s.failed(ctx, e, err)
		}
		if receipt, err = s.ledger.Append(ctx, sealed.Event()); err != nil {
			return fmt.Errorf("%w: %w", ErrUnavailable, err)
		}
		return nil
	})
	if err != nil {
		return look.Numbered{}, err
	}
	return opened(ctx, s, l.Principal, sealed, receipt)
}

// alone does something while nobody else does so in a user's name, on all nodes. Of each node one waits in
// the database at a time, for what is done needs connections too.
func (s *Service) alone(ctx context.Context, user string, do func() error) error {
	select {
	case s.finding <- struct{}{}:
		defer func() { <-s.finding }()
	case <-ctx.Done():
		return fmt.Errorf("%w: %w", ErrUnavailable, ctx.Err())
	}
	var done error
	err := s.access.Transact(ctx, func(tx *pg.Tx) error {
		if _, err := tx.Exec(ctx, `SELECT pg_advisory_xact_lock(hashtextextended($1, 7219064213))`, user); err != nil {
			return err
		}
		done = do()
		return nil
	})
	if done == nil && err != nil {
		done = fmt.Errorf("%w: find alone: %w", ErrUnavailable, err)
	}
	return done
}

func (s *Service) readNumber(ctx context.Context, l Look, d policy.Decision, e audit.Event, q api.AuditFind) (none audit.Sealed[look.Numbered], err error) {
	who, err := sought(q)
	if err != nil {
		return none, err
	}
	if err := s.mayFind(ctx, l); err != nil {
		return none, err
	}
	if q.Number != "" {
		e.Detail = map[string]string{"criteria": "number"}
		return s.reader.Given(ctx, d, q.Number, e)
	}
	e.Detail = map[string]string{"criteria": "name date_of_birth"}
	return s.reader.Number(ctx, d, who, e)
}

// mayFind refuses whoever found as many as there may be within the hour.
func (s *Service) mayFind(ctx context.Context, l Look) error {
	n, first, err := s.reader.Tried(ctx, l.Principal.User(), ActFind, time.Now().Add(-findSpan))
	if err == nil && n >= MaxFinds {
		err = &TooManyError{Most: MaxFinds, Again: first.Add(findSpan)}
	}
	return err
}

// sought is what is asked for: a number alone, or a name with a birth date.
func sought(q api.AuditFind) (record.Sought, error) {
	who := record.Sought{Name: q.Name, Born: record.Day(q.Born)}
	var fault InvalidError
	if q.Number == "" {
		for _, f := range who.Check() {
			fault.add(f.Column, f.Problem)
		}
		return who, fault.orNil()
	}
	if q.Name != "" || q.Born != "" {
		fault.add("number", "is asked for alone, without a name or a birth date")
	} else if _, unseen := form.Unseen(q.Number, ""); unseen || len(q.Number) > 100 {
		fault.add("number", "is not a number that is given with a reason")
	}
	return who, fault.orNil()
}
