package ledger

import (
	"context"

	"mais/internal/pg"
)

// actsSQL goes from act to act along the index: it reads an entry for each act, not all of them. The two
// that the index leaves out are looked for among the newest entries: no index says that there is none.
const actsSQL = `WITH RECURSIVE of AS (
		(SELECT act FROM audit.event WHERE ` + seldom + ` ORDER BY act COLLATE "C" LIMIT 1)
		UNION ALL
		SELECT (SELECT e.act FROM audit.event e WHERE e.act COLLATE "C" > of.act COLLATE "C" AND ` + seldom + `
			ORDER BY e.act COLLATE "C" LIMIT 1)
		FROM of WHERE of.act IS NOT NULL)
	SELECT act FROM of WHERE act IS NOT NULL
	UNION SELECT act FROM (SELECT act, outcome FROM audit.event ORDER BY id DESC LIMIT 10000) AS newest WHERE ` + opened + ` ORDER BY 1`

// Acts returns the acts that any entry is of; that a record was opened only if it was of late.
func Acts(ctx context.Context, q pg.Querier) ([]string, error) {
	rows, err := q.Query(ctx, actsSQL)
	return pg.Collect(rows, err, func(r *pg.Rows) (act string, err error) {
		err = r.Scan(&act)
		return act, err
	})
}
