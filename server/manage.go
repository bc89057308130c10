package server

import (
	"context"

	"mais/server/internal/authn"
	"mais/server/internal/lifecycle"
	"mais/server/internal/manage"
)

// openManage opens what administrators do with agencies, people and roles.
func (s *Server) openManage(context.Context) error {
	s.manage = manage.New(manage.Options{
		Register: s.register, Revoker: revoker{s.lifecycle, s.authn}, Sessions: s.authn, Certificates: s.lifecycle, Inviter: s.lifecycle, Post: s.mail, PerMinute: s.settings.Invitations.PerMinute, Keys: keys{s.authority}, Log: s.log, ReviewMonths: s.settings.Reviews.EveryMonths,
	})
	s.start("what follows from changes of access", s.manage.Run)
	s.start("the reviews of access", s.manage.RunReviews)
	return nil
}

// revoker ends what somebody holds who left or moved.
type revoker struct {
	*lifecycle.Service
	authn *authn.Service
}

func (r revoker) ForgetPassword(ctx context.Context, user, by string) error {
	_, err := r.authn.ForgetPassword(ctx, user, by)
	return err
}
