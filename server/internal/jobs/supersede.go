package jobs

import (
	"context"
	"log/slog"
	"time"
)

const supersedeEvery = time.Minute

// Superseder is the CA, as far as Supersede needs it.
type Superseder interface {
	Supersede(context.Context) (ended int, err error)
}

// Supersede retires certificates whose grace period after a renewal is over, until ctx ends.
func Supersede(ctx context.Context, ca Superseder, log *slog.Logger) error {
	tick := time.NewTicker(supersedeEvery)
	defer tick.Stop()
	for {
		ended, err := ca.Supersede(ctx)
		switch {
		case err != nil && ctx.Err() == nil:
			log.ErrorContext(ctx, "renewed certificates can't be retired", "error", err)
		case ended > 0:
			log.InfoContext(ctx, "renewed certificates were retired", "count", ended)
		}
		select {
		case <-ctx.Done():
			return nil
		case <-tick.C:
		}
	}
}
