package lifecycle

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/google/uuid"

	"mais/ca"
	"mais/certs"
	"mais/server/api"
	"mais/server/api/form"
	"mais/server/internal/authn"
	"mais/server/internal/mail"
	"mais/server/internal/people"
)

const (
	codeValidity = 7 * day // of a code that was sent, unless the options say otherwise
	codesAnHour  = 3       // for one user, when somebody asks: each voids the last, and makes a mail
)

// Invite makes an enrolment code for a registered user whom the caller administers and sends it
// to them; nobody else sees it. Earlier codes of the user are void. It returns ErrUnknown for
// whom the caller does not administer, ErrNotAllowed for whom only an administrator invites
// (whoever holds an office: their code is worth all that they have), ErrOneself for the caller,
// ErrNoMail when nothing can be sent, ErrTooOften when the user was sent codesAnHour, an
// ErrInvalid for an address that the agency's sponsor did not give, ErrEnding while what they
// held before is being ended, and ErrNotSent when no mail server took it.
func (s *Service) Invite(ctx context.Context, p authn.Principal, email string) (api.Invited, error) {
	r := reachOf(p)
	if !r.administers() {
		return api.Invited{}, ErrNotAllowed
	}
	if email == "" || len(email) > maxText || !ca.OneLine(email) {
		return api.Invited{}, invalid("email", "is not an email address")
	}
	u, err := s.invitee(ctx, r, strings.ToLower(email))
	if err != nil {
		return api.Invited{}, err
	}
	if err := s.notAbove(ctx, r, u.ID); err != nil {
		return api.Invited{}, err
	}
	if u.ID == p.User() {
		return api.Invited{}, ErrOneself
	}
	if s.opts.Mailer == nil {
		return api.Invited{}, ErrNoMail
	}
	if !vouched(u.Email, u.Domains) {
		return api.Invited{}, invalid("email", outside)
	}
	code, expires, err := s.inviteOne(ctx, u, ca.Invitation{By: p.Identity().String(), AnHour: codesAnHour}, 0)
	if errors.Is(err, ca.ErrTooOften) {
		err = fmt.Errorf("%w: %w", ErrTooOften, err)
	}
	if err != nil {
		return api.Invited{}, err
	}
	return api.Invited{Email: u.Email, Order: code.ID(), Expires: expires.UTC().Truncate(time.Second), BouncedAt: u.Bounced, Bounce: u.Bounce}, nil
}

// InviteUser does the same for a user whom a change let in, once for an errand: done again
// after a fault it sends nothing to whom a mail server has taken the mail for. by is who let
// them in. Whom no mail will ever reach is noted as such, and is no error; neither is somebody
// who has left meanwhile.
//
// Who is killed between a mail server's word and the note of it sends that mail again: one for each
// who is being invited just then. No transaction holds both, since the code must not stand in the
// database while its mail waits, and a mail that goes twice is better than one that never goes. The
// second says that it takes the place of the first, whose code is void.
func (s *Service) InviteUser(ctx context.Context, user, by string, errand int64) error {
	u, err := s.opts.Register.Invitee(ctx, user)
	if errors.Is(err, people.ErrUnknown) || err == nil && u.Errand == errand && u.Sent != nil {
		return nil
	}
	if err != nil {
		return err
	}
	if s.opts.Mailer == nil {
		return ErrNoMail
	}
	if !vouched(u.Email, u.Domains) {
		return s.notReached(ctx, u, "no code was made: the address "+outside, false)
	}
	if err := s.opts.Mailer.Ready(ctx); err != nil { // before a code is spent
		return fmt.Errorf("%w: %w", ErrNotSent, err)
	}
	_, _, err = s.inviteOne(ctx, u, ca.Invitation{By: by}, errand)
	if _, forGood := mail.Refused(err); forGood {
		return nil // it is noted
	}
	return err
}

// outside says what is wrong with an address.
const outside = "is not at a domain that the agency's sponsor gave"

// vouched reports whether an address is at one of the domains, to the letter.
func vouched(address string, domains []string) bool {
	_, domain, ok := strings.Cut(address, "@")
	return ok && slices.ContainsFunc(domains, func(d string) bool { return strings.EqualFold(d, domain) })
}

// inviteOne makes a code and sends it. What is known of its mail is kept before it goes, so
// that none comes back unknown. While an errand is to revoke all that somebody has, it gives
// them nothing that the errand would take for the former: ErrEnding.
func (s *Service) inviteOne(ctx context.Context, u people.Invitee, i ca.Invitation, errand int64) (code ca.Code, expires time.Time, err error) {
	if i.Identity, err = certs.NewIdentity(certs.User, u.ID); err != nil {
		return ca.Code{}, time.Time{}, err
	}
	if ending, err := s.opts.Register.BeingEnded(ctx, u.ID); err != nil || ending {
		return ca.Code{}, time.Time{}, cmp.Or(err, ErrEnding)
	}
	i.Holder, i.Name, i.Expires = u.Email, u.Name, s.validity()
	expires = s.now().Add(i.Expires)
	if code, err = s.opts.CA.Invite(ctx, i); err != nil {
		return ca.Code{}, time.Time{}, err
	}
	letter := s.letter(u, code, expires)
	if i.TokenOnly {
		letter.Page = "" // where a password is set
	}
	if err := s.opts.Register.Inviting(ctx, u.ID, code.ID(), letter.Message, errand, expires); err != nil {
		return ca.Code{}, time.Time{}, err
	}
	err = s.opts.Mailer.SendInvitation(ctx, letter)
	said, forGood := mail.Refused(err)
	switch {
	case forGood:
		err = errors.Join(err, s.notReached(ctx, u, said, true))
	case err == nil:
		return code, expires, s.opts.Register.Invited(context.WithoutCancel(ctx), u.ID, code.ID(), s.now())
	}
	return ca.Code{}, time.Time{}, fmt.Errorf("%w: %w", ErrNotSent, err)
}

func (s *Service) validity() time.Duration {
	if s.opts.CodeValidity > 0 {
		return s.opts.CodeValidity
	}
	return codeValidity
}

// letter is the registration mail of somebody.
func (s *Service) letter(u people.Invitee, code ca.Code, expires time.Time) mail.Invitation {
	l := mail.Invitation{
		To: u.Email, Name: u.Name, Message: uuid.NewString(), Code: code, Expires: expires, Agency: u.Agency, Sponsor: u.Sponsor, Again: u.Code != "",
	}
	for _, role := range u.Holds {
		l.Roles = append(l.Roles, mail.Role{Name: form.RoleLabel(role.Name), Description: role.Description})
		l.Card = l.Card || role.Level != certs.Software.String()
		if s.opts.Page != nil && role.Level == certs.Software.String() && api.PasswordsOf(u.Passwords, role.Passwords) != api.PasswordsForbidden {
			l.Page = s.opts.Page()
		}
	}
	l.Command = s.opts.Command(u.Email, l.Card)
	return l
}

// notReached notes that no mail reaches somebody; an administrator sees it in the funnel.
func (s *Service) notReached(ctx context.Context, u people.Invitee, why string, mailed bool) error {
	s.opts.Log.WarnContext(ctx, "an invitation reaches nobody", "user", u.ID, "reason", why)
	return s.opts.Register.NotReached(ctx, u.ID, why, s.now(), mailed)
}

// invited returns the user with an address, if the reach goes so far and they have not left.
func (s *Service) invited(ctx context.Context, r reach, email string) (people.User, error) {
	i, err := s.invitee(ctx, r, email)
	return i.User, err
}

// invitee is invited with what an invitation needs to know.
func (s *Service) invitee(ctx context.Context, r reach, email string) (people.Invitee, error) {
	users, _, err := s.opts.Register.Members(ctx, people.Choice{Agency: r.agency, Email: email})
	if err != nil {
		return people.Invitee{}, err
	}
	if len(users) != 1 {
		return people.Invitee{}, ErrUnknown
	}
	i, err := s.opts.Register.Invitee(ctx, users[0])
	if errors.Is(err, people.ErrUnknown) {
		err = ErrUnknown
	}
	return i, err
}
