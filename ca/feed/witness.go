package feed

import (
	"context"
	"time"

	"mais/ca/internal/store"
)

// Witness is a node that lived at a change, or after it.
type Witness struct {
	store.Witness
	Gone bool // its lease and the stale limit have passed, or it has ended them
}

// Witnesses returns the nodes that a receipt of a change has to account for. They are read after
// the change, so that none is missing, and the clock before them: one that was set counts nobody
// out.
func (f *Feed) Witnesses(ctx context.Context, number int64) (found []Witness, err error) {
	sent := time.Now()
	now, err := store.Now(ctx, f.db)
	if err != nil {
		return nil, err
	}
	f.clock.observe(sent, time.Now(), now)
	witnesses, err := store.Witnesses(ctx, f.db, number, f.clock.steadyFor())
	for _, w := range witnesses {
		found = append(found, Witness{w, f.clock.settled(w, now)})
	}
	return found, err
}
