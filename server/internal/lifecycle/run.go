package lifecycle

import (
	"context"
	"encoding/json"
	"fmt"
	"strconv"
	"time"

	"mais/ca"
	"mais/internal/pg"
	"mais/server/internal/audit"
)

const (
	lookEvery  = 5 * time.Second // for plans that another node confirmed, or that a fault stopped
	sliceOf    = time.Minute     // for one plan, before the next has its turn
	sweepEvery = time.Hour
)

// rouse has Run look at once.
func (s *Service) rouse() {
	select {
	case s.wake <- struct{}{}:
	default:
	}
}

// Run carries confirmed plans out until ctx ends, those too that another node has begun, and
// forgets the ones that nobody confirmed within a day. It outlives every failure.
func (s *Service) Run(ctx context.Context) error {
	look, sweep := time.NewTicker(lookEvery), time.NewTicker(sweepEvery)
	defer look.Stop()
	defer sweep.Stop()
	for {
		if s.goOn(ctx) && ctx.Err() == nil {
			continue
		}
		select {
		case <-ctx.Done():
			return nil
		case <-s.wake:
		case <-look.C:
		case <-sweep.C:
			s.sweep(ctx)
		}
	}
}

// goOn gives each plan under way its time, and reports whether one of them used it up.
func (s *Service) goOn(ctx context.Context) (more bool) {
	plans, err := s.opts.CA.PlansUnderWay(ctx)
	if err != nil {
		s.complain(ctx, "plans that were confirmed can't be read", err)
		return false
	}
	for _, plan := range plans {
		began := time.Now()
		finished, err := s.carryOut(ctx, plan.ID, sliceOf)
		if err != nil {
			s.complain(ctx, "a plan can't be carried out; it is tried again", err, "plan", plan.ID)
			continue
		}
		more = more || !finished && time.Since(began) >= sliceOf
	}
	return more
}

// actEnd is the act of the event that a plan has come to its end.
const actEnd = "plan.end"

// RecordEnd is the CA's Options.PlanEnded: it records that a plan has come to its end, in the
// name of who confirmed it, with how many of its items have each result. What was not allowed
// and what failed have no event of their own.
func RecordEnd(ctx context.Context, tx *pg.Tx, plan ca.Plan, results map[string]int) error {
	e, err := end(plan, results)
	if err != nil {
		return err
	}
	return audit.AppendIn(ctx, tx, e)
}

func end(plan ca.Plan, results map[string]int) (e audit.Event, err error) {
	if err := json.Unmarshal(plan.Confirmed.As, &e); err != nil {
		return e, fmt.Errorf("decode who confirmed plan %s: %w", plan.ID, err)
	}
	e.Act, e.Outcome = actEnd, audit.Allowed
	switch {
	case results[ca.NotAllowed] > 0:
		e.Outcome, e.Reason = audit.Refused, "some of its certificates may not be changed so"
	case results[ca.Failed] > 0:
		e.Outcome, e.Reason = audit.Failed, "some of its certificates could not be changed"
	}
	e.Detail = map[string]string{"plan": plan.ID, "what": plan.Act, "confirmed_by": plan.Confirmed.By.String()}
	if plan.StoppedBy != "" {
		e.Detail["stopped_by"] = plan.StoppedBy
	}
	for result, n := range results {
		e.Detail[result] = strconv.Itoa(n)
	}
	return e, nil
}

func (s *Service) sweep(ctx context.Context) {
	if n, err := s.opts.CA.SweepPlans(ctx); err != nil {
		s.complain(ctx, "plans that nobody confirmed can't be forgotten", err)
	} else if n > 0 {
		s.opts.Log.InfoContext(ctx, "plans that nobody confirmed were forgotten", "count", n)
	}
	if s.opts.ReceiptsFor == 0 {
		return
	}
	if n, err := s.opts.CA.SweepReceipts(ctx, s.opts.ReceiptsFor); err != nil {
		s.complain(ctx, "what nodes acknowledged long ago can't be forgotten", err)
	} else if n > 0 {
		s.opts.Log.InfoContext(ctx, "what nodes acknowledged long ago was forgotten", "count", n)
	}
}

func (s *Service) complain(ctx context.Context, what string, err error, with ...any) {
	if ctx.Err() == nil {
		s.opts.Log.ErrorContext(ctx, what, append(with, "error", err)...)
	}
}
