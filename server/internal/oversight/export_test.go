package oversight

import (
	"context"
	"time"

	"mais/server/internal/audit"
)

// GapsOf counts what releasedOf tells of a reading that finds something.
func GapsOf(ctx context.Context, s *Service, l Look) (int, error) {
	_, gaps, err := releasedOf(ctx, s, l, l.event(ActAlerts), time.Time{}, time.Time{}, func(e audit.Event) (audit.Sealed[int], error) {
		return audit.Seal(e, 1), nil
	})
	return len(gaps), err
}
