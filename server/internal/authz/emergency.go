package authz

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"mais/internal/pg"
	"mais/server/api/form"
	"mais/server/internal/audit"
	"mais/server/internal/authn"
	"mais/server/internal/authz/internal/grounds"
	"mais/server/internal/authz/internal/policy"
	"mais/server/internal/authz/internal/rbac"
	"mais/server/internal/record"
)

// Emergency is emergency access to one person's withheld items.
type Emergency struct {
	ID     string
	Person string
	Began  time.Time
	Ends   time.Time
}

// EmergencyLasts is how long emergency access lasts. The database ends it; a test compares.
const EmergencyLasts = 30 * time.Minute

// MaxOn is how many emergency accesses one user has at a time, in all their sessions. An
// emergency is one person's, and one hurries from it to the next.
const MaxOn = grounds.MaxOn

// Colleague is somebody who is told of emergency access.
type Colleague struct{ Name, Agency string }

// maxTold bounds how many colleagues are told.
const maxTold = 20

// MayBegin reports whether the caller's roles give them anything in an emergency that they
// do not have anyway, and who would be told: at most twenty governance officers, those of
// their own agency first. The error is ErrUnavailable.
func (s *Service) MayBegin(ctx context.Context, p authn.Principal) (may bool, told []Colleague, err error) {
	table, err := s.permissions.At(ctx, p.Generation())
	if err == nil {
		told, err = s.told(ctx, p)
	}
	if err != nil {
		return false, nil, fmt.Errorf("%w: %w", ErrUnavailable, err)
	}
	return mayBegin(p)(table) == nil, told, nil
}

// mayBegin permits emergency access to those whom it gives anything.
func mayBegin(p authn.Principal) permit {
	return func(t rbac.Table) error {
		always := decide(t, p, policy.Read)
		more := func(key string) bool { return !always.Allows(key) }
		if p.User() == "" || !always.Any() || !slices.ContainsFunc(t.Grants.DecideLimitedEmergency(p.Roles(), p.Limited()).Items(), more) {
			return ErrDenied
		}
		return nil
	}
}

// told returns who is told of p's emergency access.
func (s *Service) told(ctx context.Context, p authn.Principal) ([]Colleague, error) {
	holders, err := s.grounds.Holders(ctx, Reviewer, p.User(), maxTold)
	if err != nil {
		return nil, err
	}
	var told []Colleague
	for _, h := range holders {
		told = append(told, Colleague(h))
	}
	return told, nil
}

// BeginEmergency gives the caller emergency access to the withheld items of one person for
// thirty minutes and this session. why is in their own words, 10 to 500 characters in lines.
// Act emergency.begin, which commits with it. Access that is on already is returned, and no
// second one begins.
//
// The error is *InvalidError (of the field why), ErrDenied for one whom it would give
// nothing, ErrNoReason, ErrNotFound when there is no such person, ErrTooMany for one more than
// MaxOn, ErrUnavailable or an *authn.Refusal.
func (s *Service) BeginEmergency(ctx context.Context, l Look, g Grounds, why string) (Emergency, error) {
	e, err := g.begin(l.Principal, l.event(ActBegin))
	if err != nil {
		return Emergency{}, s.failed(ctx, e, err)
	}
	var begun grounds.Emergency
	err = s.written(ctx, l.Principal, e, mayBegin(l.Principal), func(settle settle) error {
		why := form.Lines(why)
		if fault := typed(why, form.MinWhy, form.MaxWhy, "\n"); fault != "" {
			return invalid("why", fault)
		}
		who, err := caller(l.Principal)
		if err != nil {
			return err
		}
		told, err := s.told(ctx, l.Principal)
		if err != nil {
			return err
		}
		begun, err = s.grounds.Begin(ctx, who, g.Person(), why, grounds.Purpose(g.purpose), func(tx *pg.Tx, now grounds.Emergency, began bool) error {
			return settle(tx, beginning(e, now, began, why, told))
		})
		return refusal(err)
	})
	if err != nil {
		return Emergency{}, err
	}
	return Emergency(begun), nil
}

// beginning completes the event of a beginning.
func beginning(e audit.Event, now grounds.Emergency, began bool, why string, told []Colleague) audit.Event {
	e.Detail = with(e.Detail, map[string]string{detailEmergencyID: now.ID})
	audit.Spell(e.Detail, "why", why)
	if !began {
		e.Detail["already"] = "true"
		return e
	}
	var names []string
	for _, c := range told {
		names = append(names, c.Name)
	}
	audit.Spell(e.Detail, "told", strings.Join(names, ", "))
	return e
}

// EndEmergency ends the caller's emergency access to a person's record. Act emergency.end,
// which commits with it; where none was on the attempt failed for the audit, and is no error
// for the caller, who has what they asked for.
//
// The error is ErrNotFound when id cannot be the id of a person, ErrUnavailable or an
// *authn.Refusal.
func (s *Service) EndEmergency(ctx context.Context, l Look, id string) error {
	e := l.event(ActEnd)
	person, err := record.ParsePersonID(id)
	if err != nil {
		return s.failed(ctx, e, ErrNotFound)
	}
	e.Persons = []string{person.String()}
	return s.written(ctx, l.Principal, e, anybody, func(settle settle) error {
		who, err := caller(l.Principal)
		if err != nil {
			return err
		}
		return s.grounds.End(ctx, who, person.String(), func(tx *pg.Tx, ended string) error {
			e := e
			if ended == "" {
				e.Outcome, e.Reason = audit.Failed, reasonNotOn
			} else {
				e.Detail = map[string]string{detailEmergencyID: ended}
			}
			return settle(tx, e)
		})
	})
}

// anybody permits what only takes something away from the caller.
func anybody(rbac.Table) error { return nil }

// Emergencies returns the emergency accesses that are on in the caller's session, oldest
// first. The error is ErrUnavailable.
func (s *Service) Emergencies(ctx context.Context, p authn.Principal) ([]Emergency, error) {
	who, err := caller(p)
	if err != nil {
		return nil, nil
	}
	found, err := s.grounds.Emergencies(ctx, who)
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrUnavailable, err)
	}
	var all []Emergency
	for _, e := range found {
		all = append(all, Emergency(e))
	}
	return all, nil
}

// emergencyOn reports whether the emergency access among the grounds is on now.
func (s *Service) emergencyOn(ctx context.Context, p authn.Principal, g Grounds) (bool, error) {
	e, on := g.Emergency()
	who, err := caller(p)
	if !on || err != nil {
		return false, nil
	}
	return s.grounds.On(ctx, who, grounds.Emergency(e))
}
