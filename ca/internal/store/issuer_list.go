package store

import (
	"context"
	"fmt"
	"time"

	"mais/internal/pg"
)

// RootList returns the root's revocation list with the highest number above after, or
// pg.ErrNoRows.
func RootList(ctx context.Context, q pg.Querier, after int64) (der []byte, err error) {
	err = q.QueryRow(ctx, `SELECT der FROM ca.root_list WHERE number > $1 ORDER BY number DESC LIMIT 1`, after).Scan(&der)
	if err != nil {
		return nil, fmt.Errorf("read the root's revocation list: %w", err)
	}
	return der, nil
}

// AddRootList records a list of the root's. One that is there already stays as it is.
func AddRootList(ctx context.Context, q pg.Querier, number int64, der []byte, by string) error {
	_, err := q.Exec(ctx, `INSERT INTO ca.root_list (number, der, added_by) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING`, number, der, by)
	if err != nil {
		return fmt.Errorf("record the root's revocation list: %w", err)
	}
	return nil
}

// Clock returns the database's time and the latest time that anything of ours is recorded
// with: by the clock of a node, or by the database's own.
func Clock(ctx context.Context, q pg.Querier) (now, latest time.Time, err error) {
	err = q.QueryRow(ctx, `SELECT clock_timestamp(), greatest(
			(SELECT max(issued_at) FROM ca.certificate),
			(SELECT at FROM ca.status_change ORDER BY number DESC LIMIT 1),
			(SELECT max(added_at) FROM ca.issuer))`).Scan(&now, &latest)
	if err != nil {
		return time.Time{}, time.Time{}, fmt.Errorf("read the database's clock: %w", err)
	}
	return now, latest, nil
}

// NodeEnd is when the newest certificate of a node of the service ends.
type NodeEnd struct {
	Identity string
	NotAfter time.Time
}

// NodeEnds returns the nodes whose newest certificate ended after since, or will.
func NodeEnds(ctx context.Context, q pg.Querier, since time.Time) ([]NodeEnd, error) {
	rows, err := q.Query(ctx, `SELECT identity, max(not_after) FROM ca.certificate WHERE profile = 'server' AND status = 'active'
		GROUP BY identity HAVING max(not_after) > $1 ORDER BY identity`, since)
	ends, err := pg.Collect(rows, err, func(r *pg.Rows) (e NodeEnd, err error) {
		err = r.Scan(&e.Identity, &e.NotAfter)
		return e, err
	})
	if err != nil {
		return nil, fmt.Errorf("read the nodes' certificates: %w", err)
	}
	return ends, nil
}
