package oversight

import (
	"context"
	"time"
)

const (
	closeEvery = 10 * time.Minute
	closeMost  = 1 // in one transaction: a day may have a million entries
)

// RunDays has the days of the audit counted that are over, until ctx ends, so that the figures of
// a period count the current day alone. It records nothing: nobody is told anything by it.
func (s *Service) RunDays(ctx context.Context) error {
	tick := time.NewTicker(closeEvery)
	defer tick.Stop()
	for {
		if err := s.closeDays(ctx); err != nil && ctx.Err() == nil {
			s.opts.Logger.ErrorContext(ctx, "the days of the audit that are over are not counted; it is tried again", "error", err)
		}
		select {
		case <-ctx.Done():
			return nil
		case <-tick.C:
		}
	}
}

// closeDays counts until no day is left that can be.
func (s *Service) closeDays(ctx context.Context) error {
	for {
		n, err := s.opts.Log.CloseDays(ctx, closeMost)
		if err != nil || n < closeMost {
			return err
		}
	}
}
