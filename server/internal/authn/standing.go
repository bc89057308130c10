package authn

import (
	"context"
	"errors"
	"fmt"
	"net/netip"

	"mais/ca"
	"mais/certs"
	"mais/server/internal/audit"
	"mais/server/internal/authn/internal/creds"
	"mais/server/internal/authn/internal/principal"
)

// standing looks the certificate up in the inventory.
func (s *Service) standing(ctx context.Context, v *Verdict) *Refusal {
	refusal := s.status(ctx, v.proof.ref, v.proof.sum)
	if refusal == nil && s.opts.Now().After(v.proof.notAfter) {
		return refuse(Expired, fmt.Errorf("expired at %s", v.proof.notAfter))
	}
	if refusal != nil && refusal.Kind == UnknownToken && s.alarming(v.proof.sum) {
		s.alarm(ctx, v)
	}
	return refusal
}

// status turns a certificate's status into a refusal, or nil when it is active.
func (s *Service) status(ctx context.Context, ref certs.Ref, sum [32]byte) *Refusal {
	status, err := s.opts.Feed.Status(ctx, ref, sum)
	switch {
	case errors.Is(err, ca.ErrUnknown):
		return refuse(UnknownToken, err)
	case err != nil:
		return refuse(StatusStale, err)
	case status == certs.Active:
		return nil
	case status == certs.Held:
		return refuse(Held, nil)
	case status == certs.Revoked:
		return refuse(Revoked, nil)
	case status == certs.Superseded:
		return refuse(Superseded, nil)
	}
	return refuse(StatusStale, fmt.Errorf("the inventory gives a status %q that is not known here", status))
}

// maxAlarmed bounds what is remembered of alarms; beyond it they are raised again.
const maxAlarmed = 1024

// alarming reports whether no alarm was raised about a certificate yet, and notes it.
func (s *Service) alarming(sum [32]byte) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.alarmed[sum] {
		return false
	}
	if len(s.alarmed) >= maxAlarmed {
		clear(s.alarmed)
	}
	s.alarmed[sum] = true
	return true
}

// alarm records that somebody holds a certificate which our issuer signed and nobody
// recorded: its key has been used behind our back, or the inventory lost a row.
func (s *Service) alarm(ctx context.Context, v *Verdict) {
	e := v.Event("alarm.uninventoried")
	e.Outcome = audit.Refused
	e.Detail = map[string]string{"identity": v.proof.identity.String(), "sha256": fmt.Sprintf("%x", v.proof.sum)}
	if _, err := s.opts.Ledger.Append(ctx, e); err != nil {
		s.mu.Lock()
		delete(s.alarmed, v.proof.sum) // the request itself is not answered either; the next one tries again
		s.mu.Unlock()
	}
	s.opts.Logger.ErrorContext(ctx, "ALARM: a certificate of our issuer is not in the inventory",
		"certificate", v.proof.ref.String(), "address", v.known.address.String())
}

// Admits says whether the holder of an identity may come from an address, before there is a
// certificate: a *Refusal when not.
func (s *Service) Admits(ctx context.Context, who certs.Identity, from netip.Addr) error {
	if err := s.Fresh(); err != nil {
		return refuse(StatusStale, err)
	}
	facts := principal.Facts{Identity: who, Address: from}
	if refusal := s.resolve(ctx, s.directory.now.Load(), &facts); refusal != nil {
		return refusal
	}
	return nil
}

// Enough reports whether a token of a level is enough for the roles of a holder, so that
// nobody spends a code on one that is not: a LevelTooLow if it is not.
func (s *Service) Enough(ctx context.Context, who certs.Identity, level certs.Level) error {
	if who.Kind() != certs.User {
		return nil
	}
	u, err := s.directory.user(ctx, s.directory.now.Load(), who.ID())
	if err != nil {
		return refuse(StatusStale, err)
	}
	f := principal.Facts{Level: level}
	if f.Demanded, err = demanded(u.Levels); err != nil {
		return refuse(StatusStale, err)
	}
	if refusal := kept(f); refusal != nil {
		return refusal
	}
	return nil
}

// resolve finds the certificate's holder and the site that the address belongs to.
func (s *Service) resolve(ctx context.Context, at *snapshot, f *principal.Facts) *Refusal {
	var own []place
	switch f.Identity.Kind() {
	case certs.User:
		u, err := s.directory.user(ctx, at, f.Identity.ID())
		switch {
		case errors.Is(err, creds.ErrUnknown), err == nil && !u.LeftAt.IsZero() && !s.opts.Now().Before(u.LeftAt):
			return refuse(UnknownToken, errGone)
		case err != nil:
			return refuse(StatusStale, err)
		}
		f.Name, f.Email, f.Agency, f.AgencyID, f.Roles, f.TermsDue = u.Name, u.Email, u.Agency, u.AgencyID, u.Roles, u.TermsDue
		if refusal := within(u, s.opts.Now()); refusal != nil {
			return refusal
		}
		if f.Demanded, err = demanded(u.Levels); err != nil {
			return refuse(StatusStale, err)
		}
		for _, id := range u.Sites {
			if site, open := at.places[id]; open {
				own = append(own, site)
			}
		}
	case certs.Site:
		site, ok := at.places[f.Identity.ID()]
		if !ok {
			return refuse(UnknownToken, errGone)
		}
		f.Name, f.Agency, f.AgencyID, f.Roles = site.Name, site.Agency, site.AgencyID, []string{}
		own = []place{site}
	}
	site, ok := at.networks.siteAt(f.Address, own)
	if !ok {
		return refuse(WrongNetwork, elsewhere{own})
	}
	f.Site, f.SiteID = site.Name, site.ID
	return nil
}

// demanded returns the highest of the levels of these names.
func demanded(names []string) (highest certs.Level, err error) {
	for _, name := range names {
		level := certs.Software
		for level.String() != name {
			if level++; level > certs.Attested {
				return 0, fmt.Errorf("a role demands a level %q that is not known here", name)
			}
		}
		highest = max(highest, level)
	}
	return highest, nil
}

// lowLevel is the cause of a LevelTooLow.
type lowLevel struct{ has, demanded certs.Level }

func (l lowLevel) Error() string {
	return fmt.Sprintf("the token's level is %s, a role demands %s", l.has, l.demanded)
}

// LevelsOf returns, of a LevelTooLow, the level of the token and the one that is demanded. Both
// may be told to the holder.
func LevelsOf(err error) (has, demanded certs.Level, ok bool) {
	var l lowLevel
	ok = errors.As(err, &l)
	return l.has, l.demanded, ok
}

// kept says whether a holder's token is kept as well as each of their roles demands.
func kept(f principal.Facts) *Refusal {
	if f.Level < f.Demanded {
		return refuse(LevelTooLow, lowLevel{f.Level, f.Demanded})
	}
	return nil
}
