package ledger

import (
	"context"
	"time"

	"mais/internal/pg"
)

// gapsSQL reads what the first start after a restore recorded: the first entry of it, where a start that
// could not take its note away recorded it again. A promoted standby and a database that was copied have no
// such entry.
const gapsSQL = `SELECT (detail ->> 'made')::timestamptz AS made, min(at), min(coalesce(detail ->> 'restored', '')), min(coalesce(detail ->> 'before', '')), min(id)
	FROM audit.event WHERE act COLLATE "C" = 'backup.restore' AND outcome = 'allowed' AND ` + seldom + ` AND detail ? 'made'
		AND ($2::timestamptz IS NULL OR (detail ->> 'made')::timestamptz < $2)
	GROUP BY made, detail ->> 'at' HAVING $1::timestamptz IS NULL OR min(at) >= $1 ORDER BY made, min(id)`

// Gap is a time of which the ledger has nothing, since a backup of its beginning was restored.
type Gap struct {
	From, To time.Time
	Restored string // service, or database alone
	Before   string // where the database of before lies, if it was kept beside the new one
	ID       int64  // of the entry that ends it
}

// Gaps returns the gaps that a period touches; a zero time bounds nothing.
func Gaps(ctx context.Context, q pg.Querier, from, to time.Time) ([]Gap, error) {
	rows, err := q.Query(ctx, gapsSQL, orNull(from), orNull(to))
	return pg.Collect(rows, err, func(r *pg.Rows) (g Gap, err error) {
		err = r.Scan(&g.From, &g.To, &g.Restored, &g.Before, &g.ID)
		return g, err
	})
}
