package oversight

import (
	"errors"
	"sync"
	"time"
)

// An export is much to read and to send. Each user has one at a time on a node, and everybody
// together mostAtOnce; each is over after exportPatience, read or not.
const (
	mostAtOnce     = 2
	exportPatience = 10 * time.Minute
)

// ErrBusy says that exports are running, and that there is no room for this one.
var ErrBusy = errors.New("oversight: an export is running already")

// turns are the exports that run, by user, and until when at most: one that was never streamed
// gives its turn back by itself.
type turns struct {
	mu    sync.Mutex
	until map[string]time.Time
}

// take takes a turn, which the function it returns gives back.
func (t *turns) take(user string, now time.Time) (done func(), err error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.until == nil {
		t.until = map[string]time.Time{}
	}
	for who, until := range t.until {
		if !now.Before(until) {
			delete(t.until, who)
		}
	}
	if _, running := t.until[user]; running || len(t.until) >= mostAtOnce {
		return nil, ErrBusy
	}
	until := now.Add(exportPatience + time.Minute)
	t.until[user] = until
	return func() { t.giveBack(user, until) }, nil
}

// giveBack ends a turn, unless it ran out and the user has another.
func (t *turns) giveBack(user string, until time.Time) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.until[user].Equal(until) {
		delete(t.until, user)
	}
}
