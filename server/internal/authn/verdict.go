package authn

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/netip"
	"time"

	"mais/ca"
	"mais/certs"
	"mais/server/internal/audit"
	"mais/server/internal/authn/internal/creds"
	"mais/server/internal/authn/internal/principal"
)

// Verdict is what is known of the caller of one request: a principal, or why there is none.
type Verdict struct {
	listener  string
	known     *connection
	proof     proof
	facts     principal.Facts // as far as they were established, also when refused
	principal Principal
	refusal   *Refusal
	act       string // of the event, when the attempt is more than what was asked for
	stale     bool   // the cookie is to be cleared
	key       creds.SessionKey
}

type verdictKey struct{}

// VerdictOf returns the verdict that Middleware put into the context, or nil.
func VerdictOf(ctx context.Context) *Verdict {
	v, _ := ctx.Value(verdictKey{}).(*Verdict)
	return v
}

// Stranger returns the verdict on a caller from no recognised network, who is answered by
// the gate's courtesy and not by a listener.
func Stranger(listener string, address netip.Addr) *Verdict {
	return &Verdict{
		listener: listener, known: &connection{address: address, born: time.Now()},
		refusal: refuse(WrongNetwork, errors.New("no site has this address")),
	}
}

// FromContext returns the caller, or a *Refusal. A context that no Middleware prepared has
// no caller.
func FromContext(ctx context.Context) (Principal, error) {
	v := VerdictOf(ctx)
	switch {
	case v == nil:
		return Principal{}, refuse(NoToken, errors.New("no verdict in the context"))
	case v.refusal != nil:
		return Principal{}, v.refusal
	}
	return v.principal, nil
}

// Network returns nil when the caller's address is recognised and the knowledge of that is
// recent, and otherwise a *Refusal. It is all that the public listener asks.
func (v *Verdict) Network() error {
	if v.refusal != nil && (v.refusal.Kind == WrongNetwork || v.refusal.Kind == StatusStale) {
		return v.refusal
	}
	return nil
}

// Address returns the address of the socket.
func (v *Verdict) Address() netip.Addr { return v.known.address }

// Closing reports whether the answer should ask the client to leave this connection.
func (v *Verdict) Closing() bool { return v.known.closing() }

// CookieStale reports whether the answer should take the session's cookie away.
func (v *Verdict) CookieStale() bool { return v.stale }

// Event returns the event of the request with all that is known of the caller filled in, of
// refused ones too. act is what was asked for. Outcome, method, URI and the request's number
// are the caller's to add.
func (v *Verdict) Event(act string) audit.Event {
	f := v.facts
	e := audit.Event{
		Act: act, Listener: v.listener, Address: v.known.address,
		User: userOf(f.Identity), UserName: f.Name, Agency: f.Agency, Site: f.Site, Roles: f.Roles,
		AuthMethod: f.Method, Session: f.Session,
		Certificate: audit.Certificate{Issuer: f.Certificate.Issuer, Serial: f.Certificate.Serial},
	}
	if v.act != "" {
		e.Act, e.Detail = v.act, map[string]string{"asked": act}
	}
	return e
}

func userOf(i certs.Identity) string {
	if i.Kind() != certs.User {
		return ""
	}
	return i.ID()
}

// Middleware reaches the verdict for each request of a listener and puts it into the
// request's context. It answers nothing itself.
func (s *Service) Middleware(listener string) func(http.Handler) http.Handler {
	return func(next http.Handler) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			known, ok := r.Context().Value(connectionKey{}).(*connection)
			if !ok { // a server without ConnContext: nobody is admitted
				known = &connection{}
			}
			known.busy.Add(1)
			defer known.busy.Add(-1)
			v := &Verdict{listener: listener, known: known}
			v.refusal = s.judge(r, v)
			if v.refusal == nil && listener == Mutual {
				v.principal = principal.New(v.facts)
			}
			next.ServeHTTP(w, r.WithContext(context.WithValue(r.Context(), verdictKey{}, v)))
		})
	}
}

// judge goes from the outside in: network, certificate, status, holder, site, session. It
// fills in the facts of v as it learns them.
func (s *Service) judge(r *http.Request, v *Verdict) *Refusal {
	ctx, at := r.Context(), s.directory.now.Load()
	v.facts.Address, v.facts.Generation = v.known.address, at.generation
	if !at.networks.recognises(v.known.address) {
		return refuse(WrongNetwork, errors.New("no site has this address"))
	}
	if v.listener == Mutual {
		v.proof = s.prove(v.known, r.TLS)
		if v.proof.refusal != nil {
			return v.proof.refusal
		}
		v.facts.Identity, v.facts.Certificate, v.facts.Digest = v.proof.identity, v.proof.ref, v.proof.sum
		v.facts.Level, v.facts.NotAfter, v.facts.Method = v.proof.level, v.proof.notAfter, ByCertificate
	}
	if err := s.Fresh(); err != nil {
		return refuse(StatusStale, err)
	}
	if v.listener != Mutual {
		return nil
	}
	unresolved := s.resolve(ctx, at, &v.facts) // first, so that the event of a refusal names the holder
	if refusal := s.standing(ctx, v); refusal != nil {
		return refusal
	}
	if unresolved != nil {
		return unresolved
	}
	return s.checkSession(r, v)
}

// standing looks the certificate up in the inventory.
func (s *Service) standing(ctx context.Context, v *Verdict) *Refusal {
	refusal := s.status(ctx, v.proof.ref, v.proof.sum)
	if refusal == nil && s.opts.Now().After(v.proof.notAfter) {
		return refuse(Expired, fmt.Errorf("expired at %s", v.proof.notAfter))
	}
	if refusal != nil && refusal.Kind == UnknownToken && v.known.alarmed.CompareAndSwap(false, true) {
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
	case status == ca.Active:
		return nil
	case status == ca.Held:
		return refuse(Held, nil)
	case status == ca.Revoked:
		return refuse(Revoked, nil)
	case status == ca.Superseded:
		return refuse(Superseded, nil)
	}
	return refuse(StatusStale, fmt.Errorf("the inventory gives a status %q that is not known here", status))
}

// alarm records that somebody holds a certificate which our issuer signed and nobody
// recorded: its key has been used behind our back, or the inventory lost a row.
func (s *Service) alarm(ctx context.Context, v *Verdict) {
	e := v.Event("alarm.uninventoried")
	e.Outcome = audit.Refused
	e.Detail = map[string]string{"identity": v.proof.identity.String(), "sha256": fmt.Sprintf("%x", v.proof.sum)}
	if _, err := s.opts.Ledger.Append(ctx, e); err != nil {
		v.known.alarmed.Store(false) // the request itself is not answered either; the next one tries again
	}
	s.opts.Logger.ErrorContext(ctx, "ALARM: a certificate of our issuer is not in the inventory",
		"certificate", v.proof.ref.String(), "address", v.known.address.String())
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
		f.Name, f.Email, f.Agency, f.AgencyID, f.Roles = u.Name, u.Email, u.Agency, u.AgencyID, u.Roles
		for _, id := range u.Sites {
			own = append(own, at.places[id])
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
		return refuse(WrongNetwork, errors.New("the address belongs to no site of this holder"))
	}
	f.Site, f.SiteID = site.Name, site.ID
	return nil
}

// Recheck says whether p still holds at the given numbers of the last changes of status and
// of access, which the audit's receipt carries. Call it before releasing anything. The
// error is a *Refusal. Roles that changed meanwhile refuse; what a role permits is for
// authz to check at the same generation.
func (s *Service) Recheck(ctx context.Context, p Principal, statusNumber, accessGeneration int64) error {
	if p.IsZero() {
		return refuse(NoToken, errors.New("nobody"))
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
	if refusal := s.recheck(ctx, p); refusal != nil {
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
	at := s.directory.now.Load()
	if at.generation == p.Generation() {
		return nil
	}
	now := principal.Facts{Identity: p.Identity(), Address: p.Address()}
	if refusal := s.resolve(ctx, at, &now); refusal != nil {
		return refusal
	}
	if !principal.SameAccess(p, now) {
		return refuse(AccessChanged, errors.New("roles, agency or site changed"))
	}
	return nil
}
