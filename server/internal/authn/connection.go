package authn

import (
	"context"
	"crypto/sha256"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"net"
	"net/http"
	"net/netip"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"mais/ca/feed"
	"mais/certs"
)

// connection is what is known of one accepted connection.
type connection struct {
	conn    net.Conn
	address netip.Addr
	born    time.Time
	end     *time.Timer
	once    sync.Once
	proof   proof
	busy    atomic.Int64 // requests in hand
	rested  atomic.Int64 // when the last request left our hands, after born; 0 when none has
	doomed  atomic.Bool  // to be closed as soon as what is in hand is answered
	proved  atomic.Bool  // its caller was admitted once

	// under Service.mu
	registered certs.Ref // where it stands in Service.connections
	gone       bool
}

// proof is what the handshake proved, and what of it does not change while the connection
// lives.
type proof struct {
	refusal  *Refusal // NoToken or UnknownToken; nil when the certificate is one of ours
	identity certs.Identity
	ref      certs.Ref
	sum      [sha256.Size]byte
	level    certs.Level
	notAfter time.Time
}

type connectionKey struct{}

// ConnContext is for http.Server: it notes the connection and bounds its life.
func (s *Service) ConnContext(ctx context.Context, c net.Conn) context.Context {
	known := &connection{conn: c, address: AddressOf(c.RemoteAddr()), born: time.Now()}
	s.mu.Lock()
	s.open[c] = known
	known.end = time.AfterFunc(unprovenLife, known.expire)
	s.mu.Unlock()
	return context.WithValue(ctx, connectionKey{}, known)
}

// expire ends the connection: early when nobody was admitted on it, so that empty
// connections do not pile up, and otherwise when its life is over. Nobody has fallen here, so
// what is in hand is answered first, within the bounds: whoever signs in while the service is busy is told how
// that ended.
func (c *connection) expire() {
	age, proved := time.Since(c.born), c.proved.Load()
	switch {
	case age >= connectionLife, !proved && (age >= unprovenBusy || c.idle()):
		c.conn.Close()
	case proved:
		c.end.Reset(connectionLife - age)
	default:
		c.doomed.Store(true)
		c.end.Reset(doomedLife)
	}
}

// admitted notes that the caller was admitted, and tells the gate that stands before the
// listener, if there is one.
func (c *connection) admitted() {
	if c.proved.Swap(true) {
		return
	}
	if t, ok := c.conn.(*tls.Conn); ok {
		if gated, ok := t.NetConn().(interface{ Proved() }); ok {
			gated.Proved()
		}
	}
}

// prove reaches the connection's verdict, once. It is called by a request, so the handshake
// is over and possession of the key is proved.
func (s *Service) prove(known *connection, state *tls.ConnectionState) proof {
	known.once.Do(func() {
		known.proof = s.examine(state)
		if known.proof.ref == (certs.Ref{}) {
			return
		}
		s.register(known)
	})
	return known.proof
}

// register lets a change of the certificate's status find the connection.
func (s *Service) register(known *connection) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if known.gone { // a request of HTTP/2 can outlive its connection
		return
	}
	known.registered = known.proof.ref
	set := s.connections[known.registered]
	if set == nil {
		set = make(map[*connection]struct{})
		s.connections[known.registered] = set
	}
	set[known] = struct{}{}
}

// examine says whether the certificate of a finished handshake is of our making. An expired
// one is, too: it is refused later, when its status is known.
func (s *Service) examine(state *tls.ConnectionState) proof {
	if state == nil || !state.HandshakeComplete || len(state.PeerCertificates) == 0 {
		return proof{refusal: refuse(NoToken, certs.ErrNoCertificate)}
	}
	leaf := state.PeerCertificates[0]
	unknown := func(cause error) proof { return proof{refusal: refuse(UnknownToken, cause)} }
	if state.DidResume { // tickets are off; a resumed handshake would prove nothing
		return unknown(errors.New("a resumed connection"))
	}
	_, rules, err := certs.CheckChain(state.PeerCertificates, s.opts.Authority.Issuers(), s.opts.Now())
	if err != nil && !errors.Is(err, certs.ErrExpired) {
		return unknown(err)
	}
	if rules.Kind != certs.User && rules.Kind != certs.Site {
		return unknown(errors.New("a certificate of profile " + string(rules.Profile) + " is not for clients"))
	}
	if s.opts.Now().Before(leaf.NotBefore) {
		return unknown(errors.New("not valid before " + leaf.NotBefore.UTC().Format(time.RFC3339)))
	}
	ref, ok := s.opts.Authority.RefOf(leaf)
	if !ok || !strings.HasPrefix(ref.Issuer, rules.Issuer+"-") {
		return unknown(errors.New("its issuer does not issue such certificates"))
	}
	identity, err := certs.IdentityOf(leaf)
	if err != nil {
		return unknown(err)
	}
	return proof{identity: identity, ref: ref, sum: sha256.Sum256(leaf.Raw), level: rules.Level, notAfter: notAfter(leaf)}
}

func notAfter(leaf *x509.Certificate) time.Time { return leaf.NotAfter.UTC() }

// statusChanged is called by the feed, and must not wait: it dooms the connections of a
// certificate that fell and notes it for endSessions.
func (s *Service) statusChanged(c feed.Change) {
	if c.Status == certs.Active {
		return
	}
	s.mu.Lock()
	s.fallen[c.Ref] = string(c.Status)
	for known := range s.connections[c.Ref] {
		known.doom()
	}
	s.mu.Unlock()
	select {
	case s.fell <- struct{}{}:
	default:
	}
}

// doom closes the connection: at once when nothing is in hand on it, and otherwise when that
// is answered, or has had its time. Whatever it still answers was checked against the
// new status; whatever it is newly asked will be.
func (c *connection) doom() {
	c.doomed.Store(true)
	if c.idle() {
		go c.conn.Close() // writes an alert, which may wait for the peer
		return
	}
	time.AfterFunc(doomedLife, func() { c.conn.Close() })
}

// idle reports whether nothing is in hand, and what was has had its time to leave: net/http
// sends the end of an answer after our handlers have returned.
func (c *connection) idle() bool {
	rested := time.Duration(c.rested.Load())
	return c.busy.Load() == 0 && (rested == 0 || time.Since(c.born)-rested > doomedLife)
}

// rest notes that a request has left our hands.
func (c *connection) rest() {
	c.rested.Store(int64(time.Since(c.born)))
	c.busy.Add(-1)
}

// closing reports whether the client is to be told to use another connection.
func (c *connection) closing() bool {
	return c.doomed.Load() || time.Since(c.born) > connectionSoft
}

// ConnState is for http.Server: it forgets connections that are gone.
func (s *Service) ConnState(c net.Conn, state http.ConnState) {
	if state != http.StateClosed && state != http.StateHijacked {
		return
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	known := s.open[c]
	if known == nil {
		return
	}
	delete(s.open, c)
	known.end.Stop()
	known.gone = true
	if set := s.connections[known.registered]; set != nil {
		delete(set, known)
		if len(set) == 0 {
			delete(s.connections, known.registered)
		}
	}
}
