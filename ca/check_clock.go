package ca

import (
	"context"
	"fmt"
	"time"

	"mais/ca/internal/store"
	"mais/certs"
)

// How far a node's clock may be from the database's. Times in certificates and lists are the
// node's own, and a certificate is backdated by a minute only.
const (
	clockWarn  = 2 * time.Second
	clockFault = 30 * time.Second
)

// checkClock compares this machine's clock with the database's, and with what is recorded:
// time does not go back behind that, on whichever machine it was.
func (c *CA) checkClock(ctx context.Context) Finding {
	const what, do = "clock", "have chrony or systemd-timesyncd set the clocks, of this machine and the database's; then restart this node"
	before := c.now()
	theirs, latest, err := store.Clock(ctx, c.db)
	if err != nil {
		return Finding{what, Fault, err.Error(), "see to the database"}
	}
	ours := before.Add(c.now().Sub(before) / 2)
	apart := ours.Sub(theirs).Abs().Round(time.Millisecond)
	switch behind := latest.Sub(ours); {
	case behind > clockFault:
		return Finding{what, Fault, fmt.Sprintf("this machine's clock was set back: it says %s, and something is recorded of %s",
			ours.UTC().Format(time.DateTime), latest.UTC().Format(time.DateTime)), do}
	case apart > clockFault:
		return Finding{what, Fault, fmt.Sprintf("this machine's clock and the database's are %s apart", apart), do}
	case apart > clockWarn:
		return Finding{what, Warn, fmt.Sprintf("this machine's clock and the database's are %s apart", apart), do}
	}
	return ok(what, "this machine's clock and the database's agree")
}

// forgottenNode is how long ago a node's last certificate has ended when the node is taken
// to be gone for good.
const forgottenNode = 30 * day

// checkNodes looks at the certificates of the service's own nodes. Each renews itself at two
// thirds of its life: with less than a fifth left something keeps it from doing so.
func (c *CA) checkNodes(ctx context.Context) (out []Finding) {
	ends, err := store.NodeEnds(ctx, c.db, c.now().Add(-forgottenNode))
	if err != nil {
		return []Finding{{"nodes", Fault, err.Error(), "see to the database"}}
	}
	late := c.validity[certs.ServerNode] / 5
	for _, e := range ends {
		left := e.NotAfter.Sub(c.now())
		switch end := e.NotAfter.Format(time.DateTime); {
		case left <= 0:
			out = append(out, Finding{"node", Warn, fmt.Sprintf("the certificate of %s ended on %s", e.Identity, end),
				"if that node is gone for good, nothing; else see its log for why it does not renew"})
		case left < late:
			out = append(out, Finding{"node", Warn, fmt.Sprintf("the certificate of %s ends on %s and should have been renewed", e.Identity, end),
				"see that node's log for why it does not renew"})
		}
	}
	if len(out) == 0 {
		out = append(out, ok("nodes", "of "+count(len(ends), "node", "nodes")+" every certificate is good"))
	}
	return out
}
