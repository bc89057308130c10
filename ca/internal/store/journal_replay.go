package store

import (
	"context"
	"fmt"

	"mais/certs"
	"mais/internal/pg"
)

// Known returns which of the things that an entry names are recorded as done: certificates as
// ISSUER/SERIAL, and orders by their id.
func Known(ctx context.Context, q pg.Querier, journal string, number int64) (map[string]bool, error) {
	rows, err := q.Query(ctx, `SELECT coalesce(order_id, issuer || '/' || serial) FROM ca.journal_entry WHERE journal = $1 AND number = $2`, journal, number)
	names, err := pg.Collect(rows, err, func(r *pg.Rows) (name string, err error) {
		err = r.Scan(&name)
		return name, err
	})
	if err != nil {
		return nil, fmt.Errorf("read entry %d of journal %s: %w", number, journal, err)
	}
	known := map[string]bool{}
	for _, name := range names {
		known[name] = true
	}
	return known, nil
}

// EntriesKnown returns how many things each entry of a journal is recorded with.
func EntriesKnown(ctx context.Context, q pg.Querier, journal string) (map[int64]int, error) {
	rows, err := q.Query(ctx, `SELECT number, count(*) FROM ca.journal_entry WHERE journal = $1 GROUP BY number`, journal)
	if err != nil {
		return nil, fmt.Errorf("read the entries of journal %s: %w", journal, err)
	}
	defer rows.Close()
	known := map[int64]int{}
	for rows.Next() {
		var number int64
		var n int
		if err := rows.Scan(&number, &n); err != nil {
			return nil, fmt.Errorf("read the entries of journal %s: %w", journal, err)
		}
		known[number] = n
	}
	return known, rows.Err()
}

// LockCertificates locks certificates by name, in one order; those that are not here are left
// out.
func LockCertificates(ctx context.Context, tx *pg.Tx, refs []certs.Ref) ([]Certificate, error) {
	var issuers, serials []string
	for _, r := range refs {
		issuers, serials = append(issuers, r.Issuer), append(serials, r.Serial)
	}
	rows, err := tx.Query(ctx, `SELECT `+certificateColumns+` FROM ca.certificate
		WHERE (issuer, serial) IN (SELECT * FROM unnest($1::text[], $2::text[])) ORDER BY issued_at, issuer, serial FOR UPDATE`,
		pg.Array(issuers), pg.Array(serials))
	return collect(rows, err)
}

// CancelOrder cancels an order that is open, and reports whether it was.
func CancelOrder(ctx context.Context, tx *pg.Tx, id string) (bool, error) {
	n, err := tx.Exec(ctx, `UPDATE ca.enrolment_order SET cancelled_at = now() WHERE id = $1 AND used_at IS NULL AND cancelled_at IS NULL`, id)
	if err != nil {
		return false, fmt.Errorf("cancel order %s: %w", id, err)
	}
	return n > 0, nil
}
