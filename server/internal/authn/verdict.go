package authn

import (
	"context"
	"errors"
	"net/http"
	"net/netip"
	"time"

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
	rested    bool                               // the session is to be marked as used, see Service.Touch
	derive    func(label string) ([]byte, error) // keys from the session's id, see Seal; nil without a session
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

// Recognised reports whether the caller's address belongs to a site, by what was last known.
// It is enough for what is the same for everybody.
func (v *Verdict) Recognised() bool { return v.refusal == nil || v.refusal.Kind != WrongNetwork }

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
// request's context. It answers nothing itself, and it is no use of a session: see Touch.
func (s *Service) Middleware(listener string) func(http.Handler) http.Handler {
	return func(next http.Handler) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			known, ok := r.Context().Value(connectionKey{}).(*connection)
			if !ok { // a server without ConnContext: nobody is admitted
				known = &connection{}
			}
			known.busy.Add(1)
			defer known.rest()
			v := &Verdict{listener: listener, known: known}
			v.refusal = s.judge(r, v)
			if v.refusal == nil && v.facts.Method != "" {
				v.principal = principal.New(v.facts)
				known.admitted()
			}
			next.ServeHTTP(w, r.WithContext(context.WithValue(r.Context(), verdictKey{}, v)))
		})
	}
}

// judge goes from the outside in: network, certificate, status, holder, site, level, session. It
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
		return s.checkPasswordSession(r, v)
	}
	unresolved := s.resolve(ctx, at, &v.facts) // first, so that the event of a refusal names the holder
	if refusal := s.standing(ctx, v); refusal != nil {
		return refusal
	}
	if unresolved != nil {
		return unresolved
	}
	if refusal := kept(v.facts); refusal != nil {
		return refusal
	}
	return s.checkSession(r, v)
}
