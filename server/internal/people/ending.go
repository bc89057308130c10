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

// WithoutRole counts the people of an agency, by its UUID, or with "" all who have not left and
// have no role.
func (r *Register) WithoutRole(ctx context.Context, agency string) (n int, err error) {
	where, args := Wanted{UserFilter: api.UserFilter{Role: api.NoRole}, Within: agency}.conditions()
	err = r.db.QueryRow(ctx, `SELECT count(*)`+chosenSQL+where, args...).Scan(&n)
	return n, wrap("count people without a role", err)
}

// Returned returns the changes of somebody's own that nothing came of since a time, though they had
// confirmed them: refused, or decided on by nobody. The last come first, at most so many.
func (r *Register) Returned(ctx context.Context, maker string, since time.Time, most int) ([]api.ReturnedChange, error) {
	rows, err := r.db.Query(ctx, `SELECT c.id, c.kind, c.subject, c.state, coalesce(d.name, ''), c.decided_note, coalesce(c.decided_at, c.expires_at) AS at
		FROM access.change c LEFT JOIN access.user_account d ON d.id = c.decided_by
		WHERE c.made_by = $1 AND c.state IN ('refused', 'expired') AND c.confirmed_at IS NOT NULL AND coalesce(c.decided_at, c.expires_at) > $2
		ORDER BY at DESC LIMIT $3`, maker, since, most)
	found, err := pg.Collect(rows, err, func(r *pg.Rows) (c api.ReturnedChange, err error) {
		err = r.Scan(&c.ID, &c.Kind, &c.Subject, &c.State, &c.By, &c.Note, &c.At)
		c.At = c.At.UTC()
		return c, err
	})
	return found, wrap("read what was refused", err)
}
