package oversight

import (
	"context"
	"fmt"
	"time"

	"mais/server/api"
	"mais/server/internal/audit"
)

// gapDays is how far back a list goes at least that is asked for without a first day.
const gapDays = 30

// lacks are gaps of the audit. Whoever looks must not take silence for nobody having looked.
type lacks []audit.Gap

// releasedOf is released for a reading of a period, and says what of it the audit lacks; a zero time bounds
// nothing.
func releasedOf[T any](ctx context.Context, s *Service, l Look, e audit.Event, from, to time.Time, read func(audit.Event) (audit.Sealed[T], error)) (T, lacks, error) {
	var gaps lacks
	found, err := released(ctx, s, l, e, func(e audit.Event) (audit.Sealed[T], error) {
		sealed, err := read(e)
		if err == nil {
			gaps, err = s.opts.Log.Gaps(ctx, from, to)
		}
		return sealed, err
	})
	if err != nil {
		gaps = nil
	}
	return found, gaps, err
}

// told are the gaps in words.
func (gaps lacks) told() (told []api.AuditGap) {
	for _, g := range gaps {
		told = append(told, api.AuditGap{From: g.From.UTC(), To: g.To.UTC(), Says: lacking(g)})
	}
	return told
}

// between leaves those that a span touches, whose end is a part of it.
func (gaps lacks) between(from, to time.Time) (touched lacks) {
	for _, g := range gaps {
		if !g.To.Before(from) && !g.From.After(to) {
			touched = append(touched, g)
		}
	}
	return touched
}

// ofPage leaves those that a page of a list touches, of entries before a number, 0 for the newest. It goes
// back to the oldest that it shows: or a restore of years ago would be warned of for ever.
func (gaps lacks) ofPage(before int64, oldest, end time.Time) (touched lacks) {
	from := end.AddDate(0, 0, -gapDays)
	if !oldest.IsZero() && (before > 0 || oldest.Before(from)) {
		from = oldest
	}
	for _, g := range gaps.between(from, end) {
		if before == 0 || g.ID < before { // else the page before this one says it
			touched = append(touched, g)
		}
	}
	return touched
}

// oldestOf is when the first of the entries was made, which come newest first; zero for none.
func oldestOf(entries []api.AuditEntry) time.Time {
	if len(entries) == 0 {
		return time.Time{}
	}
	return entries[len(entries)-1].At
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
