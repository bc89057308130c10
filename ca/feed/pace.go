package feed

import (
	"sync"
	"time"

	"mais/ca/internal/store"
)

// pace watches whether the database's clock goes as fast as this machine's. The zero pace has
// seen nothing. It is safe for concurrent use.
type pace struct {
	mu     sync.Mutex
	steady time.Time     // since when, by our clock
	ahead  time.Duration // the database's clock before ours, then
	origin time.Time     // of our clock
}

// paceTolerance is how far the two may part altogether, the way there and back aside: looks are
// some milliseconds apart at times, and what a clock gains between two of them is nothing.
const paceTolerance = 200 * time.Millisecond

// observe compares the clocks: the database said now between sent and received.
func (p *pace) observe(sent, received, now time.Time) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.origin.IsZero() {
		p.origin = sent
	}
	trip := received.Sub(sent)
	ahead := now.Sub(p.origin.Round(0)) - sent.Sub(p.origin) - trip/2
	if apart := ahead - p.ahead; p.steady.IsZero() || apart.Abs() > paceTolerance+trip {
		p.steady, p.ahead = received, ahead
	}
}

// steadyFor returns for how long they have gone alike.
func (p *pace) steadyFor() time.Duration {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.steady.IsZero() {
		return 0
	}
	return time.Since(p.steady)
}

// settled reports whether a lease and the stale limit of a node have passed, and would have had
// the database's clock been set.
func (p *pace) settled(w store.Witness, now time.Time) bool {
	return w.Ended || now.After(w.ClosedAt) && p.steadyFor() > 2*w.StaleAfter
}
