package gate

import (
	"context"
	"net/netip"
	"strconv"
	"sync"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"mais/server/internal/audit"
	"mais/server/internal/authn"
)

// Kind says what happened to a connection that was not let in; it is the act of the event.
type Kind string

// The kinds.
const (
	Dropped  Kind = "network.dropped"  // unrecognised address, above what is answered
	Capped   Kind = "network.capped"   // recognised, but too many connections are open
	Unproven Kind = "handshake.failed" // the TLS handshake did not finish; nothing it claimed was proved
	Flooded  Kind = "request.flooded"  // answered with 429: more than a caller without a token may ask
	other         = "of other sources" // beyond maxTallied
	every         = 10 * time.Second   // between entries in the audit
	// maxTallied bounds the entries of one time: who sends from everywhere must not fill the
	// audit.
	maxTallied = 256
)

// Tally counts, exactly and by source (an IPv4 address or an IPv6 /64), what nobody answered. What is
// counted reaches the audit as one event for each source and kind.
type Tally struct {
	total *prometheus.CounterVec

	mu     sync.Mutex
	counts map[tallied]tally
}

type tallied struct {
	listener string
	kind     Kind
	source   netip.Prefix // zero: sources beyond the bound
}

type tally struct {
	n           int
	first, last time.Time
}

// NewTally makes a tally whose totals stand in the metrics.
func NewTally(metrics prometheus.Registerer) *Tally {
	t := &Tally{
		total: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "mais_connections_refused_total",
			Help: "Connections that were dropped, capped, or failed their handshake, and requests above what strangers may ask.",
		}, []string{"listener", "kind"}),
		counts: make(map[tallied]tally),
	}
	metrics.MustRegister(t.total)
	return t
}

// Add counts one connection.
func (t *Tally) Add(listener string, kind Kind, address netip.Addr) {
	t.total.WithLabelValues(listener, string(kind)).Inc()
	now := time.Now()
	t.add(tallied{listener, kind, authn.SourceOf(address)}, tally{1, now, now})
}

func (t *Tally) add(key tallied, more tally) {
	t.mu.Lock()
	defer t.mu.Unlock()
	old, known := t.counts[key]
	if !known && len(t.counts) >= maxTallied {
		key.source = netip.Prefix{}
		old, known = t.counts[key]
	}
	if known {
		more.n += old.n
		if old.first.Before(more.first) {
			more.first = old.first
		}
		if old.last.After(more.last) {
			more.last = old.last
		}
	}
	t.counts[key] = more
}

// Run writes the tally to the ledger now and then, and once more when ctx ends.
func (t *Tally) Run(ctx context.Context, ledger authn.Ledger) error {
	tick := time.NewTicker(every)
	defer tick.Stop()
	for {
		select {
		case <-tick.C:
			t.Flush(ctx, ledger)
		case <-ctx.Done():
			last, cancel := context.WithTimeout(context.WithoutCancel(ctx), handshakeTime)
			defer cancel()
			t.Flush(last, ledger)
			return nil
		}
	}
}

// Flush appends what was counted since the last time. What could not be appended is
// counted on.
func (t *Tally) Flush(ctx context.Context, ledger authn.Ledger) error {
	t.mu.Lock()
	counts := t.counts
	t.counts = make(map[tallied]tally)
	t.mu.Unlock()
	var failed error
	for key, n := range counts {
		if failed == nil {
			_, failed = ledger.Append(ctx, key.event(n))
		}
		if failed != nil {
			t.add(key, n)
		}
	}
	return failed
}

func (k tallied) event(n tally) audit.Event {
	e := audit.Event{
		Act: string(k.kind), Outcome: audit.Refused, Listener: k.listener, Address: k.source.Addr(),
		Detail: map[string]string{
			"count": strconv.Itoa(n.n),
			"first": n.first.UTC().Format(time.RFC3339Nano),
			"last":  n.last.UTC().Format(time.RFC3339Nano),
		},
	}
	e.Detail["source"] = other
	if k.source.IsValid() {
		e.Detail["source"] = k.source.String()
	}
	return e
}
