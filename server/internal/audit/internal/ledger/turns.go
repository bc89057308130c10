package ledger

import (
	"context"
	"errors"
	"time"

	"mais/internal/pg"
)

// TakeTurn takes one of so many turns for a user, who has none yet, for a time at most; none: there is
// no room. Of two at once, on whatever nodes, one comes first.
func TakeTurn(ctx context.Context, db *pg.DB, user string, most int, patience time.Duration) (until time.Time, taken bool, err error) {
	err = db.Transact(ctx, func(tx *pg.Tx) error {
		if _, err := tx.Exec(ctx, `SELECT pg_advisory_xact_lock(7219064212)`); err != nil {
			return err
		}
		if _, err := tx.Exec(ctx, `DELETE FROM audit.export_turn WHERE until <= now()`); err != nil {
			return err
		}
		err := tx.QueryRow(ctx, `INSERT INTO audit.export_turn (user_id, until) SELECT $1, now() + $3 * interval '1 second'
			WHERE (SELECT count(*) FROM audit.export_turn) < $2 ON CONFLICT DO NOTHING RETURNING until`, user, most, patience.Seconds()).Scan(&until)
		if taken = err == nil; errors.Is(err, pg.ErrNoRows) {
			return nil
		}
		return err
	})
	return until, taken && err == nil, err
}

// GiveBack ends a turn, unless it ran out and the user has another.
func GiveBack(ctx context.Context, db *pg.DB, user string, until time.Time) error {
	_, err := db.Exec(ctx, `DELETE FROM audit.export_turn WHERE user_id = $1 AND until = $2`, user, until)
	return err
}
