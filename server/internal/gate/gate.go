// Package gate stands before a listener's TLS and lets in whom the listener is for: subnet
// first. Put a [Gate] between the socket and the http.Server with [New]; make one [Courtesy]
// for all gates, which tells a few strangers a second why they are turned away, and one
// [Tally], which counts the rest.
//
// It decides by the socket's address alone and nothing of what it decides admits anyone to
// anything: package authn looks at the address again for every request.
package gate

import (
	"container/list"
	"context"
	"crypto/tls"
	"errors"
	"log/slog"
	"net"
	"net/netip"
	"sync"
	"time"

	"mais/server/internal/authn"
)

// Every bound of the gates that is no setting.
const (
	handshakeTime    = 5 * time.Second // from accept to the end of the handshake
	strangersASecond = 5               // answered, of all sources together
	acceptPause      = 50 * time.Millisecond
	acceptTold       = time.Minute // between two words on it
)

// Options of New.
type Options struct {
	Name       string                // of the listener, in the audit and the metrics
	Recognises func(netip.Addr) bool // nil lets everyone in
	TLS        *tls.Config           // nil for plain HTTP
	Courtesy   *Courtesy             // nil turns strangers away without a word
	Tally      *Tally
	Logger     *slog.Logger
	PerSource  int // open connections of one source
	Total      int // open connections
	// Proves says that callers prove who they are after the handshake, and that Proved is
	// called for those who have. Where a bound is reached, the oldest connection that has
	// proved nothing then gives way to a new one: whoever fills the listener with empty
	// connections only pushes out their own.
	Proves bool
}

// Gate is a net.Listener whose connections come from recognised addresses and, with TLS,
// have finished their handshake.
type Gate struct {
	net.Listener
	opts   Options
	ready  chan net.Conn
	ctx    context.Context // ends with Close
	cancel context.CancelFunc

	mu       sync.Mutex
	sources  map[netip.Prefix]int // open connections
	total    int
	unproven list.List // of *conn, the oldest first; empty unless Options.Proves
}

// New puts a gate before l. Close closes l as well.
func New(l net.Listener, o Options) *Gate {
	g := &Gate{Listener: l, opts: o, ready: make(chan net.Conn), sources: make(map[netip.Prefix]int)}
	g.ctx, g.cancel = context.WithCancel(context.Background())
	go g.run()
	return g
}

// Accept returns the next connection that was let in.
func (g *Gate) Accept() (net.Conn, error) {
	select {
	case c := <-g.ready:
		return c, nil
	case <-g.ctx.Done():
		return nil, net.ErrClosed
	}
}

// Close stops accepting. Connections that were let in stay open.
func (g *Gate) Close() error {
	g.cancel()
	return g.Listener.Close()
}

// run accepts until Close. A failure that is not Close's, such as too many open files,
// passes: it says so, waits a little and goes on.
func (g *Gate) run() {
	var told time.Time
	for {
		c, err := g.Listener.Accept()
		switch {
		case err == nil:
			g.take(c)
		case g.ctx.Err() != nil || errors.Is(err, net.ErrClosed):
			g.cancel()
			return
		default:
			if time.Since(told) >= acceptTold {
				told = time.Now()
				g.opts.Logger.Error("connections cannot be accepted", "listener", g.opts.Name, "error", err)
			}
			pause := time.NewTimer(acceptPause)
			select {
			case <-pause.C:
			case <-g.ctx.Done():
			}
			pause.Stop()
		}
	}
}

// take decides on a fresh connection without reading from it.
func (g *Gate) take(raw net.Conn) {
	address := authn.AddressOf(raw.RemoteAddr())
	c := &conn{Conn: raw, gate: g, address: address, source: authn.SourceOf(address)}
	if g.opts.Recognises != nil && !g.opts.Recognises(address) {
		if g.opts.Courtesy == nil || !g.opts.Courtesy.offer(c) {
			g.drop(c, Dropped)
		}
		return
	}
	if !g.enter(c) {
		g.drop(c, Capped)
		return
	}
	if g.opts.TLS == nil {
		g.hand(c)
		return
	}
	go g.shake(c)
}

// shake brings the handshake to its end. A failed one proved nothing: it is counted by
// source, and nothing hangs on what it claimed.
func (g *Gate) shake(c *conn) {
	t, err := handshake(g.ctx, c, g.opts.TLS)
	if err != nil {
		g.opts.Tally.Add(g.opts.Name, Unproven, c.address)
		return
	}
	g.hand(t)
}

func handshake(ctx context.Context, c net.Conn, config *tls.Config) (*tls.Conn, error) {
	ctx, cancel := context.WithTimeout(ctx, handshakeTime)
	defer cancel()
	t := tls.Server(c, config)
	if err := t.HandshakeContext(ctx); err != nil {
		c.Close()
		return nil, err
	}
	return t, nil
}

func (g *Gate) hand(c net.Conn) {
	select {
	case g.ready <- c:
	case <-g.ctx.Done():
		c.Close()
	}
}

// drop closes at once and without the orderly end that would cost us a port's memory.
func (g *Gate) drop(c *conn, why Kind) {
	g.opts.Tally.Add(g.opts.Name, why, c.address)
	if tcp, ok := c.Conn.(*net.TCPConn); ok {
		tcp.SetLinger(0)
	}
	c.Conn.Close()
}

// enter gives c a place, an unproven one's if need be.
func (g *Gate) enter(c *conn) bool {
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.sources[c.source] >= g.opts.PerSource && !g.evict(func(o *conn) bool { return o.source == c.source }) {
		return false
	}
	if g.total >= g.opts.Total && !g.evict(func(*conn) bool { return true }) {
		return false
	}
	c.entered = true
	g.total++
	g.sources[c.source]++
	if g.opts.Proves {
		c.place = g.unproven.PushBack(c)
	}
	return true
}

// evict closes the oldest unproven connection that is one of those meant. The caller holds
// mu.
func (g *Gate) evict(meant func(*conn) bool) bool {
	for e := g.unproven.Front(); e != nil; e = e.Next() {
		if c := e.Value.(*conn); meant(c) {
			g.leave(c)
			go g.drop(c, Capped)
			return true
		}
	}
	return false
}

// leave frees c's place, once. The caller holds mu.
func (g *Gate) leave(c *conn) {
	if !c.entered {
		return
	}
	c.entered = false
	g.total--
	if g.sources[c.source]--; g.sources[c.source] == 0 {
		delete(g.sources, c.source)
	}
	g.settle(c)
}

// settle takes c off the list of those that may have to give way. The caller holds mu.
func (g *Gate) settle(c *conn) {
	if c.place != nil {
		g.unproven.Remove(c.place)
		c.place = nil
	}
}

// Open returns how many connections are open.
func (g *Gate) Open() int {
	g.mu.Lock()
	defer g.mu.Unlock()
	return g.total
}

// conn is an accepted connection. It frees its place when it is closed.
type conn struct {
	net.Conn
	gate    *Gate
	address netip.Addr
	source  netip.Prefix

	// under Gate.mu
	entered bool          // it takes up a place
	place   *list.Element // in Gate.unproven
}

func (c *conn) Close() error {
	c.gate.mu.Lock()
	c.gate.leave(c)
	c.gate.mu.Unlock()
	return c.Conn.Close()
}

// Proved says that the caller has proved who they are: c no longer has to give way.
func (c *conn) Proved() {
	c.gate.mu.Lock()
	defer c.gate.mu.Unlock()
	c.gate.settle(c)
}
