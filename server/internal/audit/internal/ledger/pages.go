package ledger

import (
	"context"
	"encoding/json"
	"fmt"
	"iter"

	"mais/internal/pg"
)

// atOnce is how many entries of a long reading are fetched at once.
const atOnce = 1000

// Pages streams the choice like Select, oldest first, and holds a connection only while it fetches
// the next entries: however slowly somebody reads, the appending of others does not wait for them.
// Bound it by c.Before, or it may not end.
func Pages(ctx context.Context, db *pg.DB, c Choice) iter.Seq2[json.RawMessage, error] {
	return func(yield func(json.RawMessage, error) bool) {
		c.First = atOnce
		for {
			page, last, err := fetch(ctx, db, c)
			if err != nil {
				yield(nil, err)
				return
			}
			for _, entry := range page {
				if !yield(entry, nil) {
					return
				}
			}
			if len(page) < c.First {
				return
			}
			c.After = last
		}
	}
}

// fetch returns a page of the choice, and the number of its last entry.
func fetch(ctx context.Context, db *pg.DB, c Choice) (page []json.RawMessage, last int64, err error) {
	for entry, err := range Select(ctx, db, c) {
		if err != nil {
			return nil, 0, err
		}
		page = append(page, entry)
	}
	if len(page) == 0 {
		return nil, 0, nil
	}
	var end struct{ ID int64 }
	if err := json.Unmarshal(page[len(page)-1], &end); err != nil {
		return nil, 0, fmt.Errorf("read the number of an audit entry: %w", err)
	}
	return page, end.ID, nil
}
