package people

import (
	"context"
	"time"

	"mais/internal/pg"
	"mais/server/api"
)

// Ending returns how many people of an agency, by its UUID, or with "" of all, have their last
// day from today to a day, and the first so many of them.
func (r *Register) Ending(ctx context.Context, agency string, to time.Time, limit int) (all int, first []api.Ending, err error) {
	rows, err := r.db.Query(ctx, `SELECT count(*) OVER (), u.id, u.name, a.name, u.ends_on::text FROM access.user_account u JOIN access.agency a ON a.id = u.agency
		WHERE u.left_at IS NULL AND u.ends_on BETWEEN (now() AT TIME ZONE 'UTC')::date AND $2 AND ($1 = '' OR u.agency = nullif($1, '')::uuid)
		ORDER BY u.ends_on, lower(u.name), u.id LIMIT $3`, agency, day(to), limit)
	first, err = pg.Collect(rows, err, func(r *pg.Rows) (e api.Ending, err error) {
		err = r.Scan(&all, &e.ID, &e.Name, &e.Agency, &e.Ends)
		return e, err
	})
	return all, first, wrap("read whose time ends", err)
}

// OpenChanges counts the changes of an agency, by its UUID, or with "" all that are open, and of
// those how many somebody may decide on.
func (r *Register) OpenChanges(ctx context.Context, asker, agency string) (mine, open int, err error) {
	err = r.db.QueryRow(ctx, `SELECT count(*) FILTER (WHERE c.id IN (SELECT access.decidable($1))), count(*) FROM access.change c
		WHERE state IN ('draft', 'waiting') AND expires_at > now() AND ($2 = '' OR agency::text = $2 OR made_by = $1)`, asker, agency).Scan(&mine, &open)
	return mine, open, wrap("count open changes", err)
}
