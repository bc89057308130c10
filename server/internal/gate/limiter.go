package gate

import (
	"net/netip"
	"sync"
	"time"

	"mais/server/internal/authn"
)

// maxSources bounds what is remembered of sources. Beyond it a newcomer is refused, or
// counted among the others, rather than an old one forgotten.
const maxSources = 4096

// Limiter is a token bucket for each source, an IPv4 address or an IPv6 /64.
type Limiter struct {
	rate  float64 // tokens a second
	burst float64

	mu      sync.Mutex
	buckets map[netip.Prefix]bucket
}

type bucket struct {
	tokens float64
	at     time.Time
}

// NewLimiter allows each source perSecond acts a second in the long run, and burst at once.
func NewLimiter(perSecond, burst float64) *Limiter {
	return &Limiter{rate: perSecond, burst: burst, buckets: make(map[netip.Prefix]bucket)}
}

// Allow takes a token of the address's source, if there is one at now.
func (l *Limiter) Allow(a netip.Addr, now time.Time) bool {
	source := authn.SourceOf(a)
	l.mu.Lock()
	defer l.mu.Unlock()
	b, known := l.buckets[source]
	if !known {
		if len(l.buckets) >= maxSources && !l.forget(now) {
			return false
		}
		b = bucket{l.burst, now}
	}
	b.tokens = min(l.burst, b.tokens+l.rate*max(0, now.Sub(b.at).Seconds()))
	b.at = now
	allowed := b.tokens >= 1
	if allowed {
		b.tokens--
	}
	l.buckets[source] = b
	return allowed
}

// forget drops the buckets that are full again, which is what an unknown source has.
func (l *Limiter) forget(now time.Time) bool {
	for source, b := range l.buckets {
		if b.tokens+l.rate*now.Sub(b.at).Seconds() >= l.burst {
			delete(l.buckets, source)
		}
	}
	return len(l.buckets) < maxSources
}
