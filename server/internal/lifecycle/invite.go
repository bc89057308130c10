package lifecycle

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"mais/ca"
	"mais/certs"
	"mais/server/api"
	"mais/server/internal/authn"
	"mais/server/internal/people"
)

const (
	codeValidity = 7 * day // of a code that was sent
	codesAnHour  = 3       // for one user: each voids the last, and makes a mail
)

// above are the roles whose holders only an administrator invites: whoever has their code could
// have all that they have.
var above = []string{Administrator, "governance_officer"}

// Invite makes an enrolment code for a registered user whom the caller administers and sends it
// to them; nobody else sees it. Earlier codes of the user are void. It returns ErrUnknown for
// whom the caller does not administer, ErrNotAllowed for whom only an administrator invites, ErrNoMail when nothing can be sent, ErrTooOften when the
// user was sent codesAnHour, and ErrNotSent when no mail server took it.
func (s *Service) Invite(ctx context.Context, p authn.Principal, email string) (api.Invited, error) {
	r := reachOf(p)
	if !r.administers() {
		return api.Invited{}, ErrNotAllowed
	}
	if email == "" || len(email) > maxText || !ca.OneLine(email) {
		return api.Invited{}, invalid("email", "is not a mail address")
	}
	u, err := s.invited(ctx, r, strings.ToLower(email))
	if err != nil {
		return api.Invited{}, err
	}
	if !r.all && slices.ContainsFunc(u.Roles, func(role string) bool { return slices.Contains(above, role) }) {
		return api.Invited{}, ErrNotAllowed
	}
	if s.opts.Mailer == nil {
		return api.Invited{}, ErrNoMail
	}
	who, err := certs.NewIdentity(certs.User, u.ID)
	if err != nil {
		return api.Invited{}, err
	}
	card, err := s.opts.Register.DemandsCard(ctx, u.Roles)
	if err != nil {
		return api.Invited{}, err
	}
	expires := s.now().Add(codeValidity)
	code, err := s.opts.CA.Invite(ctx, ca.Invitation{Identity: who, Holder: u.Email, Name: u.Name, Expires: codeValidity, By: p.Identity().String(), AnHour: codesAnHour})
	if errors.Is(err, ca.ErrTooOften) {
		err = fmt.Errorf("%w: %w", ErrTooOften, err)
	}
	if err != nil {
		return api.Invited{}, err
	}
	if err := s.opts.Mailer.SendCode(ctx, u.Email, u.Name, code, expires, s.opts.Command(u.Email, card)); err != nil {
		return api.Invited{}, fmt.Errorf("%w: %w", ErrNotSent, err)
	}
	return api.Invited{Email: u.Email, Order: code.ID(), Expires: expires.UTC().Truncate(time.Second)}, nil
}

// invited returns the user with an address, if the reach goes so far and they have not left.
func (s *Service) invited(ctx context.Context, r reach, email string) (people.User, error) {
	users, _, err := s.opts.Register.Members(ctx, people.Choice{Agency: r.agency, Email: email})
	if err != nil {
		return people.User{}, err
	}
	if len(users) != 1 {
		return people.User{}, ErrUnknown
	}
	u, err := s.opts.Register.Present(ctx, users[0])
	if errors.Is(err, people.ErrUnknown) {
		err = ErrUnknown
	}
	return u, err
}
