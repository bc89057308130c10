package authn

import (
	"context"
	"errors"

	"mais/certs"
	"mais/server/api"
	"mais/server/internal/authn/internal/creds"
	"mais/server/internal/authn/internal/principal"
)

// permitted is what policy lets a user do with a password.
type permitted struct {
	roles   []string // that are in the session at all
	limited []string // those of them that give restricted reads only
	factor  bool     // a second factor is asked for
}

// permits says what the policies of an agency and of each role let a user do. An office, and a
// role that demands a card, has no password whatever stands beside it.
func permits(u creds.User) (p permitted) {
	for _, r := range u.Policies {
		policy := api.PasswordsOf(u.Passwords, r.Passwords)
		if policy == api.PasswordsForbidden || r.Office || r.Level != certs.Software.String() {
			continue
		}
		p.roles = append(p.roles, r.Role)
		p.factor = p.factor || r.TOTP
		if policy == api.PasswordsLimited {
			p.limited = append(p.limited, r.Role)
		}
	}
	return p
}

// resolvePassword is resolve for whoever comes with a password: from one of their own sites, in
// those of their roles that allow it.
func (s *Service) resolvePassword(ctx context.Context, at *snapshot, f *principal.Facts) (permitted, *Refusal) {
	if refusal := s.resolve(ctx, at, f); refusal != nil {
		return permitted{}, refusal
	}
	u, err := s.directory.user(ctx, at, f.Identity.ID())
	if err != nil {
		return permitted{}, refuse(StatusStale, err)
	}
	p := permits(u)
	if len(p.roles) == 0 {
		return p, refuse(NoPasswords, errors.New("no role of this user comes in with a password"))
	}
	f.Roles, f.Limited, f.Method, f.Level, f.Demanded = p.roles, p.limited, ByPassword, 0, 0
	return p, nil
}

// recheckPassword is recheck for a password session: it must still be open, which it is not once
// the password was changed, and give the same access.
func (s *Service) recheckPassword(ctx context.Context, p Principal) *Refusal {
	ctx, cancel := context.WithTimeout(ctx, dbPatience)
	defer cancel()
	found, err := s.store.Find(ctx, p.SessionKey(), s.passwordLimits())
	switch {
	case errors.Is(err, creds.ErrUnknown), err == nil && !found.Live:
		return refuse(SessionEnded, errors.New("the session ended meanwhile"))
	case err != nil:
		return refuse(StatusStale, err)
	}
	at := s.directory.now.Load()
	if at.generation == p.Generation() {
		return nil
	}
	now := principal.Facts{Identity: p.Identity(), Address: p.Address()}
	may, refusal := s.resolvePassword(ctx, at, &now)
	if refusal != nil {
		return refusal
	}
	if may.factor && !found.Factor {
		return errNoFactor
	}
	if !principal.SameAccess(p, now) {
		return refuse(AccessChanged, errors.New("roles, their policies, agency or site changed"))
	}
	return nil
}

// PasswordsAnywhere reports whether passwords are set up and any agency and role allow them: whether
// the page for them is shown. It answers from memory.
func (s *Service) PasswordsAnywhere() bool {
	return s.passwords != nil && s.directory.now.Load().passwords
}
