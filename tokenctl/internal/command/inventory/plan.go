package inventory

import (
	"context"
	"fmt"
	"strings"
	"time"

	"mais/server/api"
	"mais/tokenctl/internal/client"
	"mais/tokenctl/internal/fault"
	"mais/tokenctl/internal/ui"
)

// Sentence says what a plan is to do.
func Sentence(p api.Plan) string {
	said := p.Act + " " + ui.Count(p.Total, "certificate")
	if p.Reason != "" {
		said += ", reason " + p.Reason
	}
	if p.InvalidityDate != nil {
		said += ", not to be trusted since " + ui.Minute(*p.InvalidityDate)
	}
	return said
}

// PlanState says how far a plan is.
func PlanState(p api.Plan) string {
	switch {
	case p.ConfirmedAt == nil:
		return "to be confirmed"
	case p.FinishedAt == nil:
		return fmt.Sprintf("under way, %d of %d", Finished(p), p.Total)
	case p.Results[api.ResultFailed] > 0:
		return fmt.Sprintf("finished, %d failed", p.Results[api.ResultFailed])
	}
	return "finished"
}

// Finished counts the certificates that have a result.
func Finished(p api.Plan) int {
	return p.Results[api.ResultDone] + p.Results[api.ResultAlready] + p.Results[api.ResultNotAllowed] + p.Results[api.ResultFailed]
}

// Follow waits until a plan has finished. The service goes on without us.
func Follow(ctx context.Context, screen *ui.Screen, c *client.Client, p api.Plan) (api.Plan, error) {
	var over ui.Counter
	done := screen.Live(func() string { return over.Of(p.Total, p.Act) })
	defer done()
	tick := time.NewTicker(followEvery + time.Duration(p.Total)*time.Microsecond) // to count a long plan costs the service something
	defer tick.Stop()
	moved, failures := time.Now(), 0
	for p.FinishedAt == nil {
		select {
		case <-ctx.Done():
			done()
			screen.Warn("the service goes on with the plan; see: tokenctl admin plan show %s", p.ID)
			return p, ctx.Err()
		case <-tick.C:
		}
		answer, err := c.PlanOf(ctx, p.ID)
		switch {
		case ctx.Err() != nil:
			continue
		case err != nil && passing(err) && failures < followFaults:
			failures++
			continue
		case err != nil:
			return p, fault.Of(err).During("the plan " + p.ID + " has begun, and how far it is cannot be seen")
		}
		failures = 0
		if n := Finished(answer.Value); n > over.Load() {
			over.Set(n)
			moved = time.Now()
		}
		if p = answer.Value; time.Since(moved) > followPatient {
			return p, fault.New(fault.Partly, "tokenctl admin plan resume "+p.ID, "the plan %s stands still, with %d of %d done", p.ID, Finished(p), p.Total)
		}
	}
	return p, nil
}

const (
	followEvery   = 500 * time.Millisecond
	followFaults  = 20              // looks in a row that may fail
	followPatient = 2 * time.Minute // without anything done
)

// passing reports whether a fault may be gone with the next look.
func passing(err error) bool {
	return fault.Is(err, fault.Unreachable) || fault.Is(err, fault.Unavailable)
}

// Summary counts the results of a plan.
func Summary(p api.Plan) string {
	var said []string
	for _, r := range results {
		if n := p.Results[r.result]; n > 0 {
			said = append(said, fmt.Sprintf("%d %s", n, r.word))
		}
	}
	return ui.OrDash(strings.Join(said, ", "))
}

// results are the words for the results of items, in the order in which they are told.
var results = []struct{ result, word string }{
	{api.ResultDone, "done"}, {api.ResultAlready, "stood so already"}, {api.ResultNotAllowed, "not allowed"}, {api.ResultUnknown, "not found"},
	{api.ResultBadLine, "no serial numbers"}, {api.ResultDuplicate, "repeated"}, {api.ResultFailed, "failed"}, {api.ResultWaiting, "waiting"},
}

// Outcome is the fault of a finished plan that has not done all that was asked.
func Outcome(p api.Plan) error {
	good := p.Results[api.ResultDone] + p.Results[api.ResultAlready]
	rest := Finished(p) - good + p.Results[api.ResultUnknown] + p.Results[api.ResultBadLine]
	switch {
	case p.FinishedAt == nil || rest == 0:
		return nil
	case good > 0:
		next := "see why in the list"
		if p.Results[api.ResultFailed] > 0 {
			next += "; try what failed again with 'tokenctl admin plan resume " + p.ID + "'"
		}
		return fault.New(fault.Partly, next, "%d of %d do not stand as asked (%s)", rest, good+rest, Summary(p))
	case p.Results[api.ResultFailed] > 0:
		return fault.New(fault.Failed, "tokenctl admin plan resume "+p.ID, "nothing was done: %s", Summary(p))
	case p.Results[api.ResultNotAllowed] > 0:
		return fault.New(fault.Denied, "see why in the list", "nothing was done: %s", Summary(p))
	}
	return fault.New(fault.NotFound, "find them with 'tokenctl admin cert list'", "nothing was done: %s", Summary(p))
}
