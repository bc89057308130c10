package lifecycle

import (
	"context"
	"time"

	"mais/ca"
	"mais/server/api"
	"mais/server/internal/authn"
	"mais/server/internal/people"
)

const (
	day         = 24 * time.Hour
	expiryWeeks = 13
	expirySoon  = 50
	overdueFor  = 30 * day
)

// Expiries says how many of the live certificates that the caller administers end when. Those
// that end next, and those overdue, are of people and sites: nodes renew their own.
func (s *Service) Expiries(ctx context.Context, p authn.Principal) (api.Expiries, error) {
	r := reachOf(p)
	if !r.administers() {
		return api.Expiries{}, ErrNotAllowed
	}
	live := ca.Filter{Status: "live"}
	if err := s.confine(ctx, r, people.Choice{}, &live); err != nil {
		return api.Expiries{}, err
	}
	now := s.now().UTC()
	live.ExpiresFrom = now.Truncate(day)
	out := api.Expiries{AsOf: now, ByKind: map[string]int{}}
	if err := s.weeks(ctx, live, &out); err != nil {
		return api.Expiries{}, err
	}
	for within, count := range map[time.Duration]*int{7 * day: &out.Days7, 30 * day: &out.Days30} {
		ending := live
		ending.ExpiresBefore = now.Add(within)
		var err error
		if _, *count, err = s.opts.CA.Inventory(ctx, ending, "expires", 0, 0); err != nil {
			return api.Expiries{}, err
		}
	}
	err := s.lapsing(ctx, live, &out)
	return out, err
}

// weeks fills in the bars.
func (s *Service) weeks(ctx context.Context, live ca.Filter, out *api.Expiries) error {
	ends, err := s.opts.CA.EndsByWeek(ctx, live, expiryWeeks)
	if err != nil {
		return err
	}
	for n := range expiryWeeks {
		out.Weeks = append(out.Weeks, api.ExpiryWeek{From: live.ExpiresFrom.AddDate(0, 0, 7*n).Format(time.DateOnly)})
	}
	for _, e := range ends {
		out.ByKind[e.Profile] += e.Count
		if e.Week >= expiryWeeks {
			out.Later += e.Count
			continue
		}
		week := &out.Weeks[e.Week]
		switch e.Kind {
		case "user":
			week.People += e.Count
		case "site":
			week.Sites += e.Count
		default:
			week.Server += e.Count
		}
	}
	return nil
}

// lapsing fills in who ends next, and who has ended without a successor.
func (s *Service) lapsing(ctx context.Context, live ca.Filter, out *api.Expiries) error {
	live.NoNodes, live.ExpiresFrom = true, time.Time{}
	next, _, err := s.opts.CA.Inventory(ctx, live, "expires", expirySoon, 0)
	if err != nil {
		return err
	}
	if out.Soon, err = s.wire(ctx, next); err != nil {
		return err
	}
	ended := live
	ended.Status, ended.ExpiresFrom = "expired", out.AsOf.Add(-overdueFor)
	out.Overdue, err = s.opts.CA.Lapsed(ctx, ended)
	return err
}
