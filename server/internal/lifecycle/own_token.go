package lifecycle

import (
	"context"
	"errors"
	"fmt"

	"mais/ca"
	"mais/server/internal/authn"
	"mais/server/internal/people"
)

// InviteOwn sends the caller a code for a token of their own, to the address that they are
// registered with: who signed in with a password needs no administrator for that. Earlier codes
// of theirs are void, and it sets no password: whoever found their screen and their mail open
// would else have both. The errors are those of Invite.
func (s *Service) InviteOwn(ctx context.Context, p authn.Principal) error {
	if p.User() == "" {
		return ErrNotAllowed
	}
	u, err := s.opts.Register.Invitee(ctx, p.User())
	if errors.Is(err, people.ErrUnknown) {
		return ErrUnknown
	}
	if err != nil {
		return err
	}
	if s.opts.Mailer == nil {
		return ErrNoMail
	}
	if !vouched(u.Email, u.Domains) {
		return invalid("email", outside)
	}
	_, _, err = s.inviteOne(ctx, u, ca.Invitation{By: p.Identity().String(), AnHour: codesAnHour, TokenOnly: true}, 0)
	if errors.Is(err, ca.ErrTooOften) {
		err = fmt.Errorf("%w: %w", ErrTooOften, err)
	}
	return err
}
