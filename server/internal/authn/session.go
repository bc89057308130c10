package authn

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"errors"
	"maps"
	"net/http"
	"time"

	"mais/certs"
	"mais/server/internal/audit"
	"mais/server/internal/authn/internal/creds"
)

// mutualCookie is the session's cookie on the mutual listener. Cookies ignore ports, so the
// public listener's, when it gets one, has another name. The prefix makes browsers insist
// on Secure, Path=/ and no Domain (RFC 6265bis, 4.1.3.2).
const mutualCookie = "__Host-mais"

// sessionBytes is the length of a session's id: 256 random bits.
const sessionBytes = 32

// The acts and reasons of sessions in the audit.
const (
	actStart  = "session.start"
	actEnd    = "session.end"
	actHijack = "session.hijack"

	reasonMismatch = "mismatch"
	reasonSignIn   = "new-sign-in"
	reasonSignOut  = "sign-out"
	reasonLock     = "locked"
)

// ErrNotUser is returned when somebody other than a user would sign in.
var ErrNotUser = errors.New("authn: only a user signs in")

// checkSession demands that a cookie which comes along fits: a live session of this very
// certificate, listener and site. A cookie that does not ends the session that it names.
func (s *Service) checkSession(r *http.Request, v *Verdict) *Refusal {
	cookies := r.CookiesNamed(mutualCookie)
	if len(cookies) == 0 {
		return nil
	}
	found, refusal := s.findSession(r.Context(), v, cookies, s.limits)
	if refusal != nil {
		return refusal
	}
	if found.Certificate != v.proof.ref || found.Listener != v.listener || found.Site != v.facts.SiteID {
		return s.hijacked(r.Context(), v, found)
	}
	v.use(found)
	return nil
}

// findSession finds the live session that a cookie names.
func (s *Service) findSession(ctx context.Context, v *Verdict, cookies []*http.Cookie, limits creds.Limits) (creds.Session, *Refusal) {
	v.stale = true
	id, err := base64.RawURLEncoding.Strict().DecodeString(cookies[0].Value)
	if len(cookies) > 1 || err != nil || len(id) != sessionBytes {
		return creds.Session{}, refuse(SessionEnded, errors.New("not a session cookie of ours"))
	}
	key := creds.SessionKey(sha256.Sum256(id))
	ctx, cancel := context.WithTimeout(ctx, dbPatience)
	defer cancel()
	found, err := s.store.Find(ctx, key, limits)
	switch {
	case errors.Is(err, creds.ErrUnknown), err == nil && !found.Live:
		return found, refuse(SessionEnded, over(found))
	case err != nil:
		v.stale = false
		return found, refuse(StatusStale, err)
	}
	v.derive = deriver(id)
	return found, nil
}

// ErrRightsChanged is why a session ended when its user's roles, sites, agency or address were changed.
var ErrRightsChanged = errors.New("what they may do was changed")

func over(found creds.Session) error {
	if found.Why == "changed" || found.Why == "moved" {
		return ErrRightsChanged
	}
	return errors.New("the session is over or was never there")
}

// use takes a session, which fits, as that of the request.
func (v *Verdict) use(found creds.Session) {
	v.stale, v.rested = false, found.Rested
	v.key, v.facts.Session, v.facts.SessionKey = found.Key, found.Key.Name(), found.Key
}

// hijacked ends a session that was presented by another certificate or from another site.
// There are two events: the end of the session, and the attempt, which is the request's own.
func (s *Service) hijacked(ctx context.Context, v *Verdict, found creds.Session) *Refusal {
	ctx, cancel := context.WithTimeout(ctx, dbPatience)
	defer cancel()
	v.act = actHijack
	v.facts.Session = found.Key.Name()
	err := s.store.End(ctx, found.Key, reasonMismatch, func(ended creds.Session) audit.Event {
		e := ending(ended, reasonMismatch)
		e.Address = v.known.address
		return e
	})
	if err != nil {
		return refuse(StatusStale, err) // what cannot be ended cannot be answered either
	}
	return refuse(SessionMismatch, errors.New("the session belongs to another certificate or site"))
}

// ending is the event of a session's end, told of whom the session belonged to.
func ending(v creds.Session, reason string) audit.Event {
	return audit.Event{
		Act: actEnd, Outcome: audit.Allowed, Reason: reason, Listener: v.Listener,
		User: v.User, UserName: v.UserName, Agency: v.Agency, Site: v.SiteName, AuthMethod: methodOf(v.Listener), Session: v.Key.Name(),
		Certificate: audit.Certificate{Issuer: v.Certificate.Issuer, Serial: v.Certificate.Serial},
	}
}

// SignIn starts a session for the caller of v under a new id, ends the one that came along,
// and returns the cookie. e is the request's event; it commits with the session, so the
// caller does not append it again.
func (s *Service) SignIn(ctx context.Context, v *Verdict, e audit.Event) (*http.Cookie, error) {
	if v.refusal != nil {
		return nil, v.refusal
	}
	if v.principal.User() == "" {
		return nil, ErrNotUser
	}
	if _, err := s.endOwn(ctx, v, reasonSignIn, e); err != nil {
		return nil, err
	}
	id := make([]byte, sessionBytes)
	rand.Read(id) // never fails: crypto/rand
	key := creds.SessionKey(sha256.Sum256(id))
	e.Act, e.Outcome, e.Session = actStart, audit.Allowed, key.Name()
	err := s.store.Create(ctx, creds.Session{
		Key: key, User: v.principal.User(), Site: v.principal.SiteID(), Certificate: v.principal.Certificate(), Listener: v.listener,
		Address: v.known.address,
	}, e)
	if err != nil {
		return nil, err
	}
	return cookie(base64.RawURLEncoding.EncodeToString(id), 0), nil
}

// SignOut ends the session of v, if there is one, and marks the connection to be closed.
// It reports whether there was a session; its end is recorded then, with e's facts.
func (s *Service) SignOut(ctx context.Context, v *Verdict, e audit.Event) (ended bool, err error) {
	v.known.doomed.Store(true)
	if v.refusal != nil || v.facts.Session == "" {
		return false, nil
	}
	return s.endOwn(ctx, v, reasonSignOut, e)
}

// endOwn ends the session that came along, unless it is over meanwhile, with the event e.
func (s *Service) endOwn(ctx context.Context, v *Verdict, reason string, e audit.Event) (ended bool, err error) {
	if v.facts.Session == "" {
		return false, nil
	}
	e.Act, e.Outcome, e.Reason = actEnd, audit.Allowed, reason
	err = s.store.End(ctx, v.key, reason, func(creds.Session) audit.Event {
		ended = true
		return e
	})
	return ended && err == nil, err
}

// NoCookie returns the cookie that takes the cookie of a listener's session away.
func (v *Verdict) NoCookie() *http.Cookie {
	if v.listener == Public {
		return namedCookie(publicCookie, "", -1)
	}
	return NoCookie()
}

// NoCookie is that of the mutual listener.
func NoCookie() *http.Cookie { return cookie("", -1) }

func cookie(value string, maxAge int) *http.Cookie { return namedCookie(mutualCookie, value, maxAge) }

func namedCookie(name, value string, maxAge int) *http.Cookie {
	return &http.Cookie{
		Name: name, Value: value, Path: "/", MaxAge: maxAge,
		Secure: true, HttpOnly: true, SameSite: http.SameSiteStrictMode,
	}
}

// endSessions ends the sessions of certificates that fell, and those that nobody used for
// too long. What fails is tried again; a session of a fallen certificate opens nothing in
// the meantime, because each request looks at the status.
func (s *Service) endSessions(ctx context.Context) {
	retry := time.NewTicker(retryEvery)
	defer retry.Stop()
	var swept time.Time
	for {
		select {
		case <-ctx.Done():
			return
		case <-s.fell:
		case <-retry.C:
		}
		s.endFallen(ctx)
		if time.Since(swept) >= sweepEvery {
			err := s.store.EndIdle(ctx, s.limits, s.passwordLimits(), func(v creds.Session) audit.Event { return ending(v, "timeout") })
			if err == nil {
				swept = time.Now()
				s.forget(ctx)
			}
		}
	}
}

func (s *Service) endFallen(ctx context.Context) {
	s.mu.Lock()
	fallen := maps.Clone(s.fallen)
	s.mu.Unlock()
	for ref, reason := range fallen {
		if err := s.endOf(ctx, ref, reason); err != nil {
			return
		}
		s.mu.Lock()
		if s.fallen[ref] == reason {
			delete(s.fallen, ref)
		}
		s.mu.Unlock()
	}
}

func (s *Service) endOf(ctx context.Context, ref certs.Ref, reason string) error {
	ctx, cancel := context.WithTimeout(ctx, dbPatience)
	defer cancel()
	return s.store.EndOfCertificate(ctx, ref, reason, func(v creds.Session) audit.Event { return ending(v, reason) })
}
