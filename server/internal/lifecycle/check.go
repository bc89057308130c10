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
	return s.CheckAtHost(ctx, eventOf(ctx, p)), nil
}

// CheckAtHost is Check for whoever works at the host, where nobody asks who may: by is who reads
// the audit.
func (s *Service) CheckAtHost(ctx context.Context, by audit.Event) api.Check {
	out := api.Check{AsOf: s.now().UTC()}
	for _, f := range s.opts.CA.Check(ctx) {
		out.Findings = append(out.Findings, api.CheckItem{What: f.What, State: string(f.State), Says: f.Says, Do: f.Do})
	}
	out.Findings = append(out.Findings, s.checkUnknown(ctx, by), s.checkNodes(ctx), s.checkPlans(ctx))
	for _, find := range s.opts.Findings {
		out.Findings = append(out.Findings, find(ctx))
	}
	return out
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
func (s *Service) checkUnknown(ctx context.Context, by audit.Event) api.CheckItem {
	seen := map[audit.Certificate]bool{}
	since := s.now().Add(-unknownFor)
	for e, err := range s.opts.Ledger.List(ctx, by, audit.Filter{From: since, Act: alarm, Limit: unknownCount}) {
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
		fmt.Sprintf("%s seen since %s that our keys have signed and the inventory does not have, such as %s", count(len(seen), "certificate was", "certificates were"), since.UTC().Format(time.DateOnly), strings.Join(names, ", ")),
		"if a backup was restored (mais-server audit list --act backup.restore), they were issued since it was made: invite their holders anew; otherwise treat "+
			"the issuing key as stolen, take the service off the network and plan a roll-over; mais-server audit list --act "+alarm+" shows who presented them")
}

// checkNodes counts the nodes that say that they answer.
func (s *Service) checkNodes(ctx context.Context) api.CheckItem {
	const what = "nodes-live"
	nodes, err := s.opts.CA.LiveNodes(ctx)
	if err != nil {
		return item(what, ca.Fault, "which nodes live could not be read", "look at the log")
	}
	var names []string
	for _, n := range nodes {
		if !n.Command() {
			names = append(names, n.Name)
		}
	}
	if len(names) == 0 {
		return item(what, ca.Warn, "no node of the service answers", "start it; where it runs, its log says why the feed of revocations does not")
	}
	return item(what, ca.OK, count(len(names), "node lives: ", "nodes live: ")+strings.Join(names, ", "), "")
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
