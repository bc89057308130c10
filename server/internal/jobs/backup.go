package jobs

import (
	"context"
	"log/slog"
	"time"
)

// backupRetry is the wait after a backup that failed.
const backupRetry = time.Hour

// Backup makes a backup whenever the last one is older than every, until ctx ends. last says
// when that was; the zero time is never.
func Backup(ctx context.Context, every time.Duration, last func() (time.Time, error), backUp func(context.Context) (string, error), log *slog.Logger) error {
	for {
		wait := backupRetry
		switch at, err := last(); {
		case err != nil:
			log.ErrorContext(ctx, "the backups can't be looked at", "error", err)
		case time.Since(at) < every:
			wait = time.Until(at.Add(every))
		default:
			path, err := backUp(ctx)
			if err == nil {
				log.InfoContext(ctx, "the service is backed up", "archive", path)
				wait = every
			} else if ctx.Err() == nil {
				log.ErrorContext(ctx, "the service can't be backed up", "error", err, "again_in", backupRetry)
			}
		}
		timer := time.NewTimer(wait)
		select {
		case <-ctx.Done():
			timer.Stop()
			return nil
		case <-timer.C:
		}
	}
}
