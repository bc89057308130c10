package authn

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"errors"
	"net/http"

	"mais/certs"
	"mais/server/internal/audit"
	"mais/server/internal/authn/internal/creds"
	"mais/server/internal/authn/internal/principal"
)

// publicCookie is the cookie of a password session. It has a name of its own because cookies
// ignore ports; under the other listener's name it names a session of another listener, which
// ends it.
const publicCookie = "__Host-mais-p"

// checkPasswordSession finds who is behind the cookie of the public listener, if one comes along.
// Without one nobody is; with one that does not fit, the refusal says why to whoever asks.
func (s *Service) checkPasswordSession(r *http.Request, v *Verdict) *Refusal {
	cookies := r.CookiesNamed(publicCookie)
	if len(cookies) == 0 || s.passwords == nil {
		return nil
	}
	found, refusal := s.findSession(r.Context(), v, cookies, s.passwordLimits())
	if refusal != nil {
		return refusal
	}
	who, err := certs.NewIdentity(certs.User, found.User)
	if err != nil {
		return refuse(SessionEnded, err)
	}
	facts := v.facts
	facts.Identity = who
	may, refusal := s.resolvePassword(r.Context(), s.directory.now.Load(), &facts)
	switch {
	case found.Listener != Public || found.Certificate != (certs.Ref{}),
		refusal != nil && refusal.Kind == WrongNetwork, refusal == nil && facts.SiteID != found.Site:
		v.facts = facts
		return s.hijacked(r.Context(), v, found)
	case refusal != nil && refusal.Kind != StatusStale:
		v.stale = true
		return s.endRefused(r.Context(), found, string(refusal.Kind), refusal)
	case refusal != nil:
		v.stale = false
		return refusal
	case may.factor && !found.Factor:
		v.stale = true
		return s.endRefused(r.Context(), found, reasonNoFactor, errNoFactor)
	}
	v.facts = facts
	v.use(found)
	return nil
}

// A session that began with a password alone ends when a policy asks for a second factor.
const reasonNoFactor = "second-factor-needed"

var errNoFactor = refuse(SessionEnded, errors.New("a second factor is asked for now, and the session began without"))

// endRefused ends a session whose user may not come in so any more: it would not become good by
// itself.
func (s *Service) endRefused(ctx context.Context, found creds.Session, reason string, why *Refusal) *Refusal {
	ctx, cancel := context.WithTimeout(ctx, dbPatience)
	defer cancel()
	err := s.store.End(ctx, found.Key, reason, func(v creds.Session) audit.Event { return ending(v, reason) })
	if err != nil {
		return refuse(StatusStale, err)
	}
	return why
}

func methodOf(listener string) string {
	if listener == Public {
		return ByPassword
	}
	return ByCertificate
}

// startPassword starts a session under a new id for whoever has proved a password, and ends the
// one that came along. e is the request's event; it commits with the session.
func (s *Service) startPassword(ctx context.Context, v *Verdict, f principal.Facts, proof creds.Proof, compared string, e audit.Event) (*http.Cookie, error) {
	if v.refusal == nil {
		if _, err := s.endOwn(ctx, v, reasonSignIn, e); err != nil {
			return nil, err
		}
	}
	id := make([]byte, sessionBytes)
	rand.Read(id) // never fails: crypto/rand
	key := creds.SessionKey(sha256.Sum256(id))
	e.Act, e.Outcome, e.Session, e.AuthMethod = actStart, audit.Allowed, key.Name(), ByPassword
	e.User, e.UserName, e.Agency, e.Site, e.Roles = f.Identity.ID(), f.Name, f.Agency, f.Site, f.Roles
	err := s.store.CreateProved(ctx, creds.Session{Key: key, User: f.Identity.ID(), Site: f.SiteID, Listener: Public, Address: f.Address, Factor: proof.Step != 0}, proof, compared, e)
	if errors.Is(err, creds.ErrReplayed) {
		return nil, errReplayed
	}
	if err != nil {
		return nil, err
	}
	return namedCookie(publicCookie, base64.RawURLEncoding.EncodeToString(id), 0), nil
}
