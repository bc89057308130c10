package lifecycle

import (
	"context"
	"maps"
	"sync"
	"time"

	"mais/ca"
)

// settled is after how long nothing that was in hand when a plan ended is so any more.
const settled = time.Minute

// countsKept is how many finished plans have their results kept.
const countsKept = 1000

// counts keeps the results of plans that have come to their end, which change no more until
// somebody confirms them again: to count the items of long plans takes time. The zero value is
// ready, and may be used concurrently.
type counts struct {
	sync.Mutex
	of map[string]result // by the plan
}

type result struct {
	finished time.Time
	counts   map[string]int
}

func (c *counts) get(plan ca.Plan) (map[string]int, bool) {
	c.Lock()
	defer c.Unlock()
	kept, ok := c.of[plan.ID]
	if !ok || plan.FinishedAt.IsZero() || !kept.finished.Equal(plan.FinishedAt) {
		return nil, false
	}
	return maps.Clone(kept.counts), true
}

func (c *counts) keep(plan ca.Plan, results map[string]int) {
	if plan.FinishedAt.IsZero() {
		return
	}
	c.Lock()
	defer c.Unlock()
	if c.of == nil || len(c.of) >= countsKept {
		c.of = map[string]result{}
	}
	c.of[plan.ID] = result{plan.FinishedAt, maps.Clone(results)}
}

// counted returns how many items of a plan, as it was read, have each result.
func (s *Service) counted(ctx context.Context, plan ca.Plan) (map[string]int, error) {
	if kept, ok := s.counts.get(plan); ok {
		return kept, nil
	}
	results, err := s.opts.CA.PlanResults(ctx, plan.ID)
	if err == nil && s.now().Sub(plan.FinishedAt) > settled {
		s.counts.keep(plan, results)
	}
	return results, err
}
