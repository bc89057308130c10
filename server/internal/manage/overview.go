package manage

import (
	"context"
	"time"

	"mais/server/api"
	"mais/server/internal/authn"
)

const (
	endingWithin = 30 * 24 * time.Hour
	endingShown  = 10

	returnedFor   = 14 * 24 * time.Hour // how long somebody is shown that their change was refused
	returnedShown = 10
)

// RestoredFor is how long a restore is told of.
const RestoredFor = 14 * 24 * time.Hour

// Overview returns what waits for the caller among what they manage.
func (s *Service) Overview(ctx context.Context, p authn.Principal) (o api.Overview, err error) {
	r := reachOf(p)
	if !r.manages() {
		return api.Overview{}, ErrNotAllowed
	}
	if o.ToApprove, o.Open, err = s.opts.Register.OpenChanges(ctx, p.User(), r.agency); err != nil {
		return api.Overview{}, err
	}
	reviews, err := s.AccessReviews(ctx, p)
	if err != nil {
		return api.Overview{}, err
	}
	for _, w := range reviews.Reviews {
		if w.SignedAt != nil {
			continue
		}
		o.ReviewsOpen++
		if w.Overdue {
			o.ReviewsOverdue++
		}
	}
	registered, err := s.Funnel(ctx, p)
	if err != nil {
		return api.Overview{}, err
	}
	o.Registrations = registered.All
	if o.WithoutRole, err = s.opts.Register.WithoutRole(ctx, r.agency); err != nil {
		return api.Overview{}, err
	}
	if o.Restored, err = s.opts.Register.Restored(ctx, s.now().Add(-RestoredFor)); err != nil {
		return api.Overview{}, err
	}
	returned, err := s.opts.Register.Returned(ctx, p.User(), s.now().Add(-returnedFor), returnedShown)
	if err != nil {
		return api.Overview{}, err
	}
	o.Returned = append([]api.ReturnedChange{}, returned...)
	all, first, err := s.opts.Register.Ending(ctx, r.agency, s.now().Add(endingWithin), endingShown)
	o.Ending, o.EndingSoon = all, append([]api.Ending{}, first...)
	return o, err
}
