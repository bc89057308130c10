package manage

import (
	"cmp"
	"context"
	"slices"
	"sync"

	"mais/server/internal/people"
)

// lanesAtOnce is how many people's errands are done at the same time: while one mail goes out,
// which is one after another, codes are made and noted for the next. Each waits for the disk
// several times, and those who wait together share it.
const lanesAtOnce = 8

// doAll does errands and returns when all are done. Those of one person keep their order, so that
// of two codes the later is the one that is good.
func (s *Service) doAll(ctx context.Context, found []people.Errand) {
	var all sync.WaitGroup
	free := make(chan struct{}, lanesAtOnce)
	for _, lane := range lanes(found) {
		free <- struct{}{}
		all.Go(func() {
			defer func() { <-free }()
			for _, e := range lane {
				s.doErrand(ctx, Errand(e))
			}
		})
	}
	all.Wait()
}

// lanes sorts errands by whom they are about. What is about nobody has a lane for itself.
func lanes(found []people.Errand) (all [][]people.Errand) {
	slices.SortFunc(found, func(a, b people.Errand) int { return cmp.Compare(a.ID, b.ID) })
	of := map[string]int{}
	for _, e := range found {
		n, known := of[e.User]
		if !known || e.User == "" {
			n, all = len(all), append(all, nil)
			of[e.User] = n
		}
		all[n] = append(all[n], e)
	}
	return all
}
