package authn

import (
	"context"
	"time"
)

// lanes bound how many passwords are hashed at once: each takes the memory that its costs say.
// Strangers share all but one; the last is for devices that a holder has signed in with, so that
// whoever sprays cannot keep them waiting.
type lanes struct {
	strangers, known chan struct{}
}

func newLanes(atOnce int) lanes {
	return lanes{strangers: make(chan struct{}, max(1, atOnce-1)), known: make(chan struct{}, 1)}
}

// enter waits a little for a place, and returns ErrPasswordBusy where there is none. Call leave when done.
func (l lanes) enter(ctx context.Context, device bool) (leave func(), err error) {
	wait := time.NewTimer(lanePatience)
	defer wait.Stop()
	known := l.known
	if !device {
		known = nil // which never has a place
	}
	select {
	case l.strangers <- struct{}{}:
		return func() { <-l.strangers }, nil
	case known <- struct{}{}:
		return func() { <-l.known }, nil
	case <-wait.C:
		return nil, ErrPasswordBusy
	case <-ctx.Done():
		return nil, ErrPasswordBusy
	}
}
