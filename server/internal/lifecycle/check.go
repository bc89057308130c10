package lifecycle

import (
	"context"
	"fmt"
	"strings"
	"time"

	"mais/ca"
	"mais/server/api"
	"mais/server/internal/audit"
	"mais/server/internal/authn"
)

const (
	unknownFor   = 7 * day
	unknownCount = 1000 // more are not counted
)

// alarm is the act of the event that a certificate of ours was seen which nobody issued.
const alarm = "alarm.uninventoried"

// Check says how the certificate authority stands: what the CA finds, and what the service
// knows beside it. Only who administers everything may ask.
func (s *Service) Check(ctx context.Context, p authn.Principal) (api.Check, error) {
	if !reachOf(p).all {
		return api.Check{}, ErrNotAllowed
	}
	out := api.Check{AsOf: s.now().UTC()}
	for _, f := range s.opts.CA.Check(ctx) {
		out.Findings = append(out.Findings, api.CheckItem{What: f.What, State: string(f.State), Says: f.Says, Do: f.Do})
	}
	out.Findings = append(out.Findings, s.checkUnknown(ctx, p), s.checkNodes(ctx), s.checkPlans(ctx))
	for _, find := range s.opts.Findings {
		out.Findings = append(out.Findings, find(ctx))
	}
	return out, nil
}

// checkKept is how long LastCheck gives the same answer.
const checkKept = time.Minute

// LastCheck is Check as it was within the last minute on this node, for a page that is loaded
// often. Callers who come together wait for one of them to make it. One that ctx cut short is
// not kept: it finds fault with what it could not ask in time.
func (s *Service) LastCheck(ctx context.Context, p authn.Principal) (api.Check, error) {
	if !reachOf(p).all {
		return api.Check{}, ErrNotAllowed
	}
	select {
	case s.checking <- struct{}{}:
		defer func() { <-s.checking }()
	case <-ctx.Done():
		return api.Check{}, fmt.Errorf("wait for a check: %w", ctx.Err())
	}
	if s.now().Sub(s.checked.AsOf) < checkKept {
		return s.checked, nil
	}
	found, err := s.Check(ctx, p)
	if err == nil && ctx.Err() != nil {
		err = fmt.Errorf("make a check: %w", ctx.Err())
	}
	if err != nil {
		return api.Check{}, err
	}
	s.checked = found
	return found, nil
}

func item(what string, state ca.State, says, do string) api.CheckItem {
	return api.CheckItem{What: what, State: string(state), Says: says, Do: do}
}

// checkUnknown counts the certificates that were seen with a signature of ours and that the
// inventory does not have. That it reads the audit is an event there.
func (s *Service) checkUnknown(ctx context.Context, p authn.Principal) api.CheckItem {
	seen := map[audit.Certificate]bool{}
	since := s.now().Add(-unknownFor)
	for e, err := range s.opts.Ledger.List(ctx, eventOf(ctx, p), audit.Filter{From: since, Act: alarm, Limit: unknownCount}) {
		if err != nil {
			return item("unknown", ca.Fault, "the audit could not be asked for unknown certificates", "try again; if it goes on, look at the log")
		}
		seen[e.Certificate] = true
	}
	if len(seen) == 0 {
		return item("unknown", ca.OK, "no certificate of ours that nobody issued was seen since "+since.UTC().Format(time.DateOnly), "")
	}
	var names []string
	for c := range seen {
		if names = append(names, c.Issuer+"/"+c.Serial); len(names) == 3 {
			break
		}
	}
	return item("unknown", ca.Fault,
		fmt.Sprintf("%d certificates signed with our keys but not in the inventory were seen since %s, such as %s", len(seen), since.UTC().Format(time.DateOnly), strings.Join(names, ", ")),
		"if a backup was restored (mais-server audit list --act backup.restore), they were issued since it was made: invite their holders anew; otherwise treat "+
			"the issuing key as stolen, take the service off the network and plan a roll-over; mais-server audit list --act "+alarm+" shows who presented them")
}

// checkNodes counts the nodes that say that they answer.
func (s *Service) checkNodes(ctx context.Context) api.CheckItem {
	nodes, err := s.opts.CA.LiveNodes(ctx)
	if err != nil {
		return item("nodes", ca.Fault, "which nodes live could not be read", "look at the log")
	}
	var names []string
	for _, n := range nodes {
		names = append(names, n.Name)
	}
	if len(nodes) == 0 {
		return item("nodes", ca.Fault, "no node holds a lease", "see that the feed of revocations runs: the log says why it does not")
	}
	return item("nodes", ca.OK, count(len(nodes), "node lives: ", "nodes live: ")+strings.Join(names, ", "), "")
}

// planLate is how long a plan may take before it is worth a look.
const planLate = time.Hour

func (s *Service) checkPlans(ctx context.Context) api.CheckItem {
	plans, err := s.opts.CA.PlansUnderWay(ctx)
	if err != nil {
		return item("plans", ca.Fault, "the plans under way could not be read", "look at the log")
	}
	for _, p := range plans {
		if s.now().Sub(p.ConfirmedAt) > planLate {
			return item("plans", ca.Warn, fmt.Sprintf("plan %s was confirmed %s and is not finished", p.ID, p.ConfirmedAt.UTC().Format(time.RFC3339)), "look at its items, and at the log for what stops it")
		}
	}
	return item("plans", ca.OK, count(len(plans), "plan is under way", "plans are under way"), "")
}
