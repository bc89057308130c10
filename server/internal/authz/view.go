package authz

import (
	"context"

	"mais/server/api"
	"mais/server/internal/audit"
	"mais/server/internal/authn"
	"mais/server/internal/authz/internal/data"
	"mais/server/internal/authz/internal/look"
	"mais/server/internal/authz/internal/policy"
	"mais/server/internal/authz/internal/rbac"
	"mais/server/internal/record"
)

// View is Show on grounds: the reason stands in the event, and emergency access widens what
// is read while it is on. That it is on is asked of the database before the reading and
// again before the release.
//
// The error is ErrNoReason for grounds that are none or another session's, and those of Show.
func (s *Service) View(ctx context.Context, l Look, g Grounds) (api.Record, error) {
	return s.view(ctx, l, g, ActShow, s.inEmergency(l.Principal, g))
}

// Print is View for paper, under its own act (record.print). It never has what only
// emergency access shows: paper does not end after thirty minutes.
func (s *Service) Print(ctx context.Context, l Look, g Grounds) (api.Record, error) {
	return s.view(ctx, l, g, ActPrint, reads(l.Principal))
}

func (s *Service) view(ctx context.Context, l Look, g Grounds, act string, decide decider) (api.Record, error) {
	e, err := g.begin(l.Principal, l.event(act))
	if err != nil {
		return api.Record{}, s.failed(ctx, e, err)
	}
	shown, err := releasedBy(ctx, s, l.Principal, e, decide, func(d policy.Decision, e audit.Event) (audit.Sealed[look.Shown], error) {
		if d.Emergency() {
			e.Detail = with(e.Detail, map[string]string{detailEmergency: "true", detailEmergencyID: g.emergency.ID})
		}
		return s.reader.Show(ctx, d, g.person, e)
	})
	return wireShown(shown, err)
}

// inEmergency decides on what p may read of the person of the grounds while the emergency
// access among them is on, and on what p may always read when it is not.
func (s *Service) inEmergency(p authn.Principal, g Grounds) decider {
	return func(ctx context.Context, t rbac.Table) (policy.Decision, error) {
		on, err := s.emergencyOn(ctx, p, g)
		if err != nil {
			return policy.Decision{}, err
		}
		if !on {
			return decide(t, p, policy.Read), nil
		}
		return t.Grants.DecideLimitedEmergency(p.Roles(), p.Limited()), nil
	}
}

// Identify returns the name, birth date and day of release of a person, to show whom a
// question is about, as far as the caller may read them. Act record.identify; no reason is
// asked for, because this is what the reason is about.
//
// The error is ErrDenied, ErrNotFound, ErrUnavailable or an *authn.Refusal.
func (s *Service) Identify(ctx context.Context, l Look, id string) (api.SearchResult, error) {
	e := l.event(ActIdentify)
	person, err := record.ParsePersonID(id)
	if err != nil {
		return api.SearchResult{}, s.failed(ctx, e, ErrNotFound)
	}
	e.Persons = []string{person.String()}
	names := func(ctx context.Context, t rbac.Table) (policy.Decision, error) {
		return decide(t, l.Principal, policy.Read).Only(data.NameItems()...), nil
	}
	found, err := releasedBy(ctx, s, l.Principal, e, names, func(d policy.Decision, e audit.Event) (audit.Sealed[look.Named], error) {
		return s.reader.Named(ctx, d, person, e)
	})
	switch {
	case err != nil:
		return api.SearchResult{}, err
	case !found.Found:
		return api.SearchResult{}, ErrNotFound
	}
	return wireName(found.Match), nil
}
