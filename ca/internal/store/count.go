package store

import (
	"context"
	"fmt"
	"time"

	"mais/internal/pg"
)

// ProfileCount is how many certificates of a profile that have not ended stand so.
type ProfileCount struct {
	Profile, Status string
	Count           int
}

// CountByProfile counts the certificates that end after now, by profile and status.
func CountByProfile(ctx context.Context, q pg.Querier, now time.Time) ([]ProfileCount, error) {
	rows, err := q.Query(ctx, `SELECT profile, status, count(*) FROM ca.certificate WHERE not_after > $1 GROUP BY profile, status ORDER BY profile, status`, now)
	counts, err := pg.Collect(rows, err, func(r *pg.Rows) (c ProfileCount, err error) {
		err = r.Scan(&c.Profile, &c.Status, &c.Count)
		return c, err
	})
	if err != nil {
		return nil, fmt.Errorf("count certificates: %w", err)
	}
	return counts, nil
}

// ListEnds returns when the full list of each issuer that has one must be made again at the
// latest.
func ListEnds(ctx context.Context, q pg.Querier) (map[string]time.Time, error) {
	type end struct {
		issuer string
		at     time.Time
	}
	rows, err := q.Query(ctx, `SELECT issuer, next_update FROM ca.crl WHERE number > 0`)
	ends, err := pg.Collect(rows, err, func(r *pg.Rows) (e end, err error) {
		err = r.Scan(&e.issuer, &e.at)
		return e, err
	})
	if err != nil {
		return nil, fmt.Errorf("read when revocation lists end: %w", err)
	}
	out := map[string]time.Time{}
	for _, e := range ends {
		out[e.issuer] = e.at
	}
	return out, nil
}
