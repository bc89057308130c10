// Package ledger is the SQL of the audit log: [Append] and [Select]. Events pass through as
// JSON whose names are the columns of audit.event; package audit makes them and reads them.
// It promises durability only as far as the database's own trigger does, and checks nothing.
package ledger

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"iter"
	"strings"

	"github.com/lib/pq"

	"mais/internal/pg"
)

// Numbers are what the database answers for one event: its place in the ledger, and how far
// the certificates' status and the access tables had come when it was recorded.
type Numbers struct{ ID, Status, Access int64 }

// ErrRejected says that the database refused an event for what it holds, so that it is no use
// to try that one again, and may be to try the others without it.
var ErrRejected = errors.New("rejected by the database")

// Append records events in one statement and returns their numbers in the same order. With
// a *pg.DB it returns after the durable commit, with a *pg.Tx that transaction's commit
// decides. Every login role may call it.
func Append(ctx context.Context, q pg.Querier, events []json.RawMessage) ([]Numbers, error) {
	rows, err := q.Query(ctx, `SELECT id, status_number, access_generation FROM audit.append($1)`, array(events))
	numbers, err := pg.Collect(rows, err, func(r *pg.Rows) (n Numbers, err error) {
		err = r.Scan(&n.ID, &n.Status, &n.Access)
		return n, err
	})
	// Classes 22, data exception, and 23, integrity constraint violation.
	if e := pq.As(err); e != nil && (e.Code.Class() == "22" || e.Code.Class() == "23") {
		return nil, fmt.Errorf("append to the audit ledger: %w: %w", ErrRejected, err)
	}
	if err != nil {
		return nil, fmt.Errorf("append to the audit ledger: %w", err)
	}
	if len(numbers) != len(events) {
		return nil, fmt.Errorf("append to the audit ledger: %d numbers for %d events", len(numbers), len(events))
	}
	return numbers, nil
}

// array joins events into one JSON array. They come from json.Marshal, which would check
// them a second time.
func array(events []json.RawMessage) string {
	var b strings.Builder
	b.WriteByte('[')
	for i, e := range events {
		if i > 0 {
			b.WriteByte(',')
		}
		b.Write(e)
	}
	b.WriteByte(']')
	return b.String()
}

// Select streams the chosen entries in ascending order. Only mais_audit may.
func Select(ctx context.Context, db *pg.DB, c Choice) iter.Seq2[json.RawMessage, error] {
	return func(yield func(json.RawMessage, error) bool) {
		query, args := c.query()
		rows, err := db.Query(ctx, query, args...)
		if err != nil {
			yield(nil, fmt.Errorf("select audit entries: %w", err))
			return
		}
		defer rows.Close()
		for rows.Next() {
			var entry json.RawMessage
			if err := rows.Scan(&entry); err != nil {
				yield(nil, fmt.Errorf("scan audit entry: %w", err))
				return
			}
			if !yield(entry, nil) {
				return
			}
		}
		if err := rows.Err(); err != nil {
			yield(nil, fmt.Errorf("select audit entries: %w", err))
		}
	}
}
