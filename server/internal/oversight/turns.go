package oversight

import (
	"context"
	"errors"
	"time"
)

// An export is much to read and to send. Each user has one at a time, and everybody together
// mostAtOnce, on all nodes; each is over after exportPatience, read or not.
const (
	mostAtOnce     = 2
	exportPatience = 10 * time.Minute
)

// ErrBusy says that exports are running, and that there is no room for this one.
var ErrBusy = errors.New("oversight: an export is running already")

// turn takes a turn for an export, which the function it returns gives back.
func (s *Service) turn(ctx context.Context, user string) (done func(), err error) {
	done, ok, err := s.opts.Log.TakeTurn(ctx, user, mostAtOnce, exportPatience+time.Minute)
	if err == nil && !ok {
		err = ErrBusy
	}
	return done, err
}
