package gate

import (
	"context"
	"crypto/tls"
	"net"
	"net/http"
	"net/netip"
	"time"

	"mais/server/internal/authn"
)

// Courtesy answers strangers, callers from no recognised network: a few a second, after a
// handshake that asks for no certificate. It is one http.Server for all gates.
type Courtesy struct {
	config  *tls.Config
	each    *Limiter
	all     *Limiter
	tally   *Tally
	ready   chan net.Conn
	ctx     context.Context
	cancel  context.CancelFunc
	address net.Addr
}

// NewCourtesy makes the courtesy server's listener; config must ask for no client
// certificate. Serve it with an http.Server whose ConnContext is CallerContext.
func NewCourtesy(config *tls.Config, tally *Tally) *Courtesy {
	c := &Courtesy{
		config: config, each: NewLimiter(1, 1), all: NewLimiter(strangersASecond, strangersASecond), tally: tally,
		ready: make(chan net.Conn), address: &net.TCPAddr{},
	}
	c.ctx, c.cancel = context.WithCancel(context.Background())
	return c
}

// offer takes the connection if there is room for its source and for one more in all. The
// source is asked first, so that a single loud one does not silence the others.
func (c *Courtesy) offer(stranger *conn) bool {
	now := time.Now()
	if c.ctx.Err() != nil || !c.each.Allow(stranger.address, now) || !c.all.Allow(netip.Addr{}, now) {
		return false
	}
	go func() {
		t, err := handshake(c.ctx, stranger, c.config)
		if err != nil {
			c.tally.Add(stranger.gate.opts.Name, Unproven, stranger.address)
			return
		}
		select {
		case c.ready <- t:
		case <-c.ctx.Done():
			t.Close()
		}
	}()
	return true
}

// Accept returns the next stranger.
func (c *Courtesy) Accept() (net.Conn, error) {
	select {
	case t := <-c.ready:
		return t, nil
	case <-c.ctx.Done():
		return nil, net.ErrClosed
	}
}

// Close stops it.
func (c *Courtesy) Close() error { c.cancel(); return nil }

// Addr returns no address: strangers come in by the gates.
func (c *Courtesy) Addr() net.Addr { return c.address }

type callerKey struct{}

type caller struct {
	listener string
	address  netip.Addr
}

// CallerContext is the courtesy server's ConnContext.
func CallerContext(ctx context.Context, c net.Conn) context.Context {
	who := caller{address: authn.AddressOf(c.RemoteAddr())}
	if t, ok := c.(*tls.Conn); ok {
		if inner, ok := t.NetConn().(*conn); ok {
			who.listener = inner.gate.opts.Name
		}
	}
	return context.WithValue(ctx, callerKey{}, who)
}

// Caller returns the listener that the stranger came to, and the address of the socket.
func Caller(r *http.Request) (listener string, address netip.Addr) {
	who, _ := r.Context().Value(callerKey{}).(caller)
	return who.listener, who.address
}
