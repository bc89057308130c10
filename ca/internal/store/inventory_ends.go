package store

import (
	"context"
	"fmt"

	"mais/internal/pg"
)

// Ends says how many live certificates of a profile end in a week, the first being 0.
type Ends struct {
	Week    int
	Kind    string // user, site or server
	Profile string
	Count   int
}

// EndsByWeek counts what a filter chooses by the week in which it ends, from f.ExpiresFrom on;
// what ends after weeks of them is counted as in one more.
func EndsByWeek(ctx context.Context, q pg.Querier, f Filter, weeks int) ([]Ends, error) {
	where, args := f.where(3)
	rows, err := q.Query(ctx, `SELECT least(extract(epoch FROM c.not_after - $1::timestamptz)::bigint / 604800, $2) AS week, split_part(c.identity, ':', 3), c.profile, count(*)
		FROM ca.certificate c WHERE `+where+` GROUP BY 1, 2, 3 ORDER BY 1, 2, 3`, append([]any{f.ExpiresFrom, weeks}, args...)...)
	ends, err := pg.Collect(rows, err, func(r *pg.Rows) (e Ends, err error) {
		err = r.Scan(&e.Week, &e.Kind, &e.Profile, &e.Count)
		return e, err
	})
	if err != nil {
		return nil, fmt.Errorf("count what ends when: %w", err)
	}
	return ends, nil
}

// CountLapsed counts the active certificates that a filter chooses and that nothing good at
// f.Now has come of by renewal.
func CountLapsed(ctx context.Context, q pg.Querier, f Filter) (n int, err error) {
	where, args := f.where(2)
	err = q.QueryRow(ctx, `
		WITH RECURSIVE heir AS (
			SELECT c.issuer AS of_issuer, c.serial AS of_serial, c.issuer, c.serial, false AS live FROM ca.certificate c WHERE c.status = 'active' AND `+where+`
			UNION
			SELECT h.of_issuer, h.of_serial, n.issuer, n.serial, n.status = 'active' AND n.not_after > $1
				FROM heir h JOIN ca.certificate n ON n.replaces_issuer = h.issuer AND n.replaces_serial = h.serial
		)
		SELECT count(*) FROM (SELECT FROM heir GROUP BY of_issuer, of_serial HAVING NOT bool_or(live)) AS lapsed`, append([]any{f.Now}, args...)...).Scan(&n)
	if err != nil {
		return 0, fmt.Errorf("count what has lapsed: %w", err)
	}
	return n, nil
}

// LiveIdentities returns those of the identities that have a live certificate.
func LiveIdentities(ctx context.Context, q pg.Querier, f Filter) ([]string, error) {
	where, args := f.where(1)
	rows, err := q.Query(ctx, `SELECT DISTINCT c.identity FROM ca.certificate c WHERE `+where+` ORDER BY 1`, args...)
	found, err := pg.Collect(rows, err, func(r *pg.Rows) (s string, err error) {
		err = r.Scan(&s)
		return s, err
	})
	if err != nil {
		return nil, fmt.Errorf("read who has a certificate: %w", err)
	}
	return found, nil
}
