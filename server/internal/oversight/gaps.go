package oversight

import (
	"context"
	"fmt"
	"time"

	"mais/server/api"
	"mais/server/internal/audit"
)

// releasedOf is released for a reading of a period, and says what of it the audit lacks.
func releasedOf[T any](ctx context.Context, s *Service, l Look, e audit.Event, from, to time.Time, read func(audit.Event) (audit.Sealed[T], error)) (found T, gaps []api.AuditGap, err error) {
	found, err = released(ctx, s, l, e, func(e audit.Event) (audit.Sealed[T], error) {
		sealed, err := read(e)
		if err == nil {
			gaps, err = s.gaps(ctx, from, to)
		}
		return sealed, err
	})
	return found, gaps, err
}

// gaps says of which times the audit has nothing, as far as a period touches them; a zero time bounds
// nothing. Whoever looks must not take silence for nobody having looked.
func (s *Service) gaps(ctx context.Context, from, to time.Time) (told []api.AuditGap, err error) {
	found, err := s.opts.Log.Gaps(ctx, from, to)
	for _, g := range found {
		told = append(told, api.AuditGap{From: g.From.UTC(), To: g.To.UTC(), Says: lacking(g)})
	}
	return told, err
}

// lacking is a gap in words. That anything was recorded meanwhile nobody here can know: the service may
// have been moved while it stood still.
func lacking(g audit.Gap) string {
	const clock, day = "15:04:05", "2 January 2006"
	from, to := g.From.In(London), g.To.In(London)
	span := fmt.Sprintf("%s and %s on %s", from.Format(clock), to.Format(clock), to.Format(day))
	if from.Format(day) != to.Format(day) {
		span = fmt.Sprintf("%s on %s and %s on %s", from.Format(clock), from.Format(day), to.Format(clock), to.Format(day))
	}
	where := "with the service that was there before"
	switch {
	case g.Before != "":
		where = "in the database that was kept, " + g.Before
	case g.Restored == "database":
		where = "in the database of before"
	}
	return "The audit has nothing between " + span + ": a backup was restored. What was recorded then is " + where + "; ask the administrator for it."
}
