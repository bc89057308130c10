package manage

import (
	"context"
	"errors"
	"time"

	"mais/ca"
	"mais/certs"
	"mais/server/internal/audit"
	"mais/server/internal/authn"
	"mais/server/internal/lifecycle"
	"mais/server/internal/mail"
	"mais/server/internal/people"
)

// revokeAll revokes all that somebody holds who left or moved, makes their open codes void and forgets
// their password. There is no new token or password among it, however late this is: nobody is given
// a code before it is done.
func (s *Service) revokeAll(ctx context.Context, e Errand) error {
	reason, err := ca.ParseReason(e.Detail["reason"])
	if err != nil {
		return err
	}
	l := lifecycle.Leaving{User: e.User, Reason: reason, By: e.by()}
	event, err := s.eventOf(ctx, e)
	if err != nil {
		return err
	}
	ctx = lifecycle.WithEvent(ctx, event)
	if _, err := s.opts.Revoker.RevokeAll(ctx, l); err != nil {
		return err
	}
	return s.opts.Revoker.ForgetPassword(ctx, e.User, e.by())
}

// endSessions ends the sessions of somebody who left or moved.
func (s *Service) endSessions(ctx context.Context, e Errand) error {
	_, err := s.opts.Sessions.EndOf(ctx, e.User, e.Detail["reason"])
	return err
}

// tellAddress tells somebody at both addresses that theirs was changed.
func (s *Service) tellAddress(ctx context.Context, e Errand) error {
	u, err := s.opts.Register.UserOf(ctx, e.User)
	if err != nil {
		return err
	}
	return s.opts.Post.TellAddress(ctx, e.Change, u.Name, e.Detail["old"], e.Detail["new"])
}

// tellPassword tells somebody that their password was taken away, unless they have left since.
func (s *Service) tellPassword(ctx context.Context, e Errand) error {
	at, err := time.Parse(time.RFC3339, e.Detail["at"])
	if err != nil {
		return err
	}
	u, err := s.opts.Register.UserOf(ctx, e.User)
	if err != nil || u.LeftAt != nil && !u.LeftAt.After(s.now()) {
		return err
	}
	return s.opts.Post.TellPassword(ctx, e.ID, mail.Person{Name: u.Name, Address: u.Email}, at)
}

// byDates is who ends what somebody past their last day holds.
const byDates = "people-sweep"

// by is who is the cause of an errand, as it stands with a certificate.
func (e Errand) by() string {
	if by := e.Detail["by"]; by != "" {
		return by
	}
	return byDates
}

// eventOf is the event of what an errand does: the doing of who confirmed or approved the change.
func (s *Service) eventOf(ctx context.Context, e Errand) (audit.Event, error) {
	event := audit.Event{AuthMethod: authn.BySystem, UserName: byDates, Detail: map[string]string{}}
	for name, value := range map[string]string{"change": e.Change, "ended": e.Detail["ended"]} {
		if value != "" {
			event.Detail[name] = value
		}
	}
	who, err := certs.ParseIdentity(e.by())
	if err != nil || who.Kind() != certs.User {
		return event, nil
	}
	u, err := s.opts.Register.UserOf(ctx, who.ID())
	if errors.Is(err, people.ErrUnknown) {
		return event, nil
	}
	event.User, event.UserName, event.Agency, event.Roles = u.ID, u.Name, u.AgencyName, u.Roles
	return event, err
}

// sweepEnded makes the errands of those who are past their last day. authn refuses them from that midnight
// on, whenever this runs.
func (s *Service) sweepEnded(ctx context.Context) {
	n, err := s.opts.Register.EndOverdue(ctx)
	switch {
	case err != nil && ctx.Err() == nil:
		s.opts.Log.ErrorContext(ctx, "what people past their last day hold can't be ended; it is tried again", "error", err)
	case n > 0:
		s.opts.Log.InfoContext(ctx, "what people past their last day hold is being ended", "people", n)
		s.Wake()
	}
}
