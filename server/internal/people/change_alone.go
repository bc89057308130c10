package people

import (
	"context"
	"encoding/json"
	"time"

	"mais/internal/pg"
	"mais/server/api"
)

// Alone is a change of somebody's entry that one person made, with nobody's word beside theirs.
type Alone struct {
	By            string // name
	At            time.Time
	Before, After api.UserFields
}

// AloneSince returns what one person alone changed of a user's entry, in the agency where they are
// now, the last first.
func (r *Register) AloneSince(ctx context.Context, user string, since time.Time, most int) ([]Alone, error) {
	rows, err := r.db.Query(ctx, `SELECT m.name, c.applied_at, c.before, c.after FROM access.change c
		JOIN access.user_account m ON m.id = c.made_by JOIN access.user_account u ON u.id::text = c.target AND u.agency = c.agency
		WHERE c.target = $1 AND c.kind IN ('user.invite', 'user.change') AND c.state = 'applied' AND c.second = '{}' AND c.applied_at > $2
		ORDER BY c.applied_at DESC LIMIT $3`, user, since, most)
	all, err := pg.Collect(rows, err, func(r *pg.Rows) (a Alone, err error) {
		var before, after []byte
		if err = r.Scan(&a.By, &a.At, &before, &after); err == nil {
			err = json.Unmarshal(before, &a.Before)
		}
		if err == nil {
			err = json.Unmarshal(after, &a.After)
		}
		return a, err
	})
	return all, wrap("read what one person changed of "+user, err)
}

// LastingAdministrators returns the UUIDs of the administrators who can come in and have no last day.
func (r *Register) LastingAdministrators(ctx context.Context) ([]string, error) {
	rows, err := r.db.Query(ctx, `SELECT u.id FROM access.user_account u JOIN access.user_role h ON h.user_id = u.id
		WHERE h.role = 'administrator' AND u.left_at IS NULL AND u.ends_on IS NULL AND access.present(u.id) ORDER BY u.id`)
	users, err := pg.Collect(rows, err, scanID)
	return users, wrap("read the administrators without a last day", err)
}
