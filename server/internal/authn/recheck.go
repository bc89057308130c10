package authn

import (
	"context"
	"errors"
	"fmt"

	"mais/server/internal/authn/internal/creds"
	"mais/server/internal/authn/internal/principal"
)

// Recheck says whether p still holds at the given numbers of the last changes of status and
// of access, which the audit's receipt carries. Call it before releasing anything. The
// error is a *Refusal. Roles that changed meanwhile refuse; what a role permits is for
// authz to check at the same generation.
func (s *Service) Recheck(ctx context.Context, p Principal, statusNumber, accessGeneration int64) error {
	if p.IsZero() {
		return refuse(NoToken, errors.New("nobody"))
	}
	if accessGeneration != 0 && accessGeneration < p.Generation() { // restored a moment ago
		return refuse(StatusStale, errors.New("the database is older than what the caller was recognised by"))
	}
	if err := s.opts.Feed.CatchUp(ctx, statusNumber); err != nil {
		return refuse(StatusStale, err)
	}
	if err := s.directory.catchUp(ctx, accessGeneration); err != nil {
		return refuse(StatusStale, err)
	}
	if p.Method() == BySystem {
		return nil
	}
	recheck := s.recheck
	if p.Method() == ByPassword {
		recheck = s.recheckPassword
	}
	if refusal := recheck(ctx, p); refusal != nil {
		return refusal
	}
	return nil
}

func (s *Service) recheck(ctx context.Context, p Principal) *Refusal {
	if refusal := s.status(ctx, p.Certificate(), principal.DigestOf(p)); refusal != nil {
		return refusal
	}
	if s.opts.Now().After(p.NotAfter()) {
		return refuse(Expired, fmt.Errorf("expired at %s", p.NotAfter()))
	}
	if refusal := s.stillOpen(ctx, p); refusal != nil {
		return refusal
	}
	at := s.directory.now.Load()
	if at.generation == p.Generation() {
		return nil
	}
	now := principal.Facts{Identity: p.Identity(), Address: p.Address(), Level: p.Level()}
	if refusal := s.resolve(ctx, at, &now); refusal != nil {
		return refusal
	}
	if refusal := kept(now); refusal != nil {
		return refusal
	}
	if !principal.SameAccess(p, now) {
		return refuse(AccessChanged, errors.New("roles, agency or site changed"))
	}
	return nil
}

// stillOpen looks at the session that p came with, if there is one: somebody may have ended it.
func (s *Service) stillOpen(ctx context.Context, p Principal) *Refusal {
	if p.Session() == "" {
		return nil
	}
	ctx, cancel := context.WithTimeout(ctx, dbPatience)
	defer cancel()
	found, err := s.store.Find(ctx, p.SessionKey(), s.limits)
	switch {
	case errors.Is(err, creds.ErrUnknown), err == nil && !found.Live:
		return refuse(SessionEnded, errors.New("the session ended meanwhile"))
	case err != nil:
		return refuse(StatusStale, err)
	}
	return nil
}
