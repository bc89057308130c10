package server

import (
	"context"
	"time"
)

// withdrawalsEvery is how soon the journal is told what was given back, and what was taken away by
// hand. A restore before that takes the former away again, and gives the latter back.
const withdrawalsEvery = 2 * time.Second

// settleWithdrawals tells the journal, until ctx ends.
func (s *Server) settleWithdrawals(ctx context.Context) error {
	tick := time.NewTicker(withdrawalsEvery)
	defer tick.Stop()
	said := ""
	for ctx.Err() == nil {
		err := s.register.SettleWithdrawals(ctx)
		switch {
		case err == nil:
			said = ""
		case ctx.Err() == nil && err.Error() != said: // once, and not every two seconds
			said = err.Error()
			s.log.WarnContext(ctx, "the journal is not told yet what access was given back or taken away by hand", "error", err)
		}
		select {
		case <-ctx.Done():
		case <-tick.C:
		}
	}
	return nil
}
