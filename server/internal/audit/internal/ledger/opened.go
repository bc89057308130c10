package ledger

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	"mais/internal/pg"
)

// opened picks the entries of opened records. It is the condition of the indexes of migration
// 00005 word for word, and never a parameter: otherwise PostgreSQL would not take them.
const opened = `act IN ('record.show', 'record.print') AND outcome = 'allowed'`

// The statements, which a test explains.
const (
	aboutSQL = `SELECT to_jsonb(e) FROM audit.event e WHERE ` + opened + ` AND persons[1] = $1 ORDER BY id DESC LIMIT $2`

	ofSQL = `SELECT to_jsonb(e), v.looks
		FROM (SELECT max(id) AS id, count(*) AS looks FROM audit.event
			WHERE ` + opened + ` AND user_id = $1 AND at >= $2 AND persons[1] IS NOT NULL GROUP BY persons[1] ORDER BY 1 DESC LIMIT $3) AS v
		JOIN audit.event e ON e.id = v.id ORDER BY v.id DESC`

	// An entry of the last moment is recorded a little later.
	countSQL = `SELECT (SELECT count(*) FROM audit.event
			WHERE ` + opened + ` AND user_id = s.user_id AND at >= s.began AND at < s.ended + interval '1 minute'
			AND detail ->> 'emergency_id' = s.emergency)
		FROM unnest($1::text[], $2::uuid[], $3::timestamptz[], $4::timestamptz[])
			WITH ORDINALITY AS s (emergency, user_id, began, ended, position)
		ORDER BY s.position`
)

// About returns the entries of those who opened a person's record, last first. Only
// mais_audit may, here and below.
func About(ctx context.Context, q pg.Querier, person string, limit int) ([]json.RawMessage, error) {
	rows, err := q.Query(ctx, aboutSQL, person, limit)
	return pg.Collect(rows, err, func(r *pg.Rows) (entry json.RawMessage, err error) {
		err = r.Scan(&entry)
		return entry, err
	})
}

// Visit is the last entry of a user's looks at one person, and how many there are.
type Visit struct {
	Last  json.RawMessage
	Looks int
}

// Of returns a user's visits since then, one for each person, last first.
func Of(ctx context.Context, q pg.Querier, user string, since time.Time, limit int) ([]Visit, error) {
	rows, err := q.Query(ctx, ofSQL, user, since, limit)
	return pg.Collect(rows, err, func(r *pg.Rows) (v Visit, err error) {
		err = r.Scan(&v.Last, &v.Looks)
		return v, err
	})
}

// Spans are what Count counts in, as the arrays that its statement takes.
type Spans struct{ emergencies, users, from, to []string }

// Add adds a span of a user under an emergency access.
func (s *Spans) Add(emergency, user string, from, to time.Time) {
	s.emergencies, s.users = append(s.emergencies, emergency), append(s.users, user)
	s.from, s.to = append(s.from, from.Format(time.RFC3339Nano)), append(s.to, to.Format(time.RFC3339Nano))
}

// Count returns the number of opened records in each span, in their order.
func Count(ctx context.Context, q pg.Querier, s Spans) ([]int, error) {
	rows, err := q.Query(ctx, countSQL, pg.Array(s.emergencies), pg.Array(s.users), pg.Array(s.from), pg.Array(s.to))
	counts, err := pg.Collect(rows, err, func(r *pg.Rows) (n int, err error) {
		err = r.Scan(&n)
		return n, err
	})
	if err == nil && len(counts) != len(s.users) {
		return nil, fmt.Errorf("%d counts for %d spans", len(counts), len(s.users))
	}
	return counts, err
}

// numberedSQL goes by an index of what was given with reasons, whatever the case of its letters.
const numberedSQL = `SELECT DISTINCT persons[1]::text FROM audit.event
	WHERE act COLLATE "C" = 'record.reason' AND outcome = 'allowed' AND lower(detail ->> 'number') = lower($1) AND persons[1] IS NOT NULL LIMIT $2`

// Numbered returns the people for whom a reason with a number was given.
func Numbered(ctx context.Context, q pg.Querier, number string, limit int) ([]string, error) {
	rows, err := q.Query(ctx, numberedSQL, number, limit)
	return pg.Collect(rows, err, func(r *pg.Rows) (person string, err error) {
		err = r.Scan(&person)
		return person, err
	})
}

// triedSQL is for acts that no opened record can be, which have an index.
const triedSQL = `SELECT count(*), coalesce(min(at), now()) FROM audit.event WHERE act COLLATE "C" = $2 AND ` + seldom + ` AND user_id = $1
	AND outcome <> 'refused' AND NOT (outcome = 'failed' AND reason LIKE 'invalid%') AND at >= $3`

// Tried returns how often a user did an act since then, and when first, but for what was refused or
// could not be understood.
func Tried(ctx context.Context, q pg.Querier, user, act string, since time.Time) (n int, first time.Time, err error) {
	err = q.QueryRow(ctx, triedSQL, user, act, since).Scan(&n, &first)
	return n, first, err
}
