package store

import (
	"context"
	"fmt"

	"mais/certs"
	"mais/internal/pg"
)

// EntryKey is an entry of a journal as it is recorded. What is recorded of another kind, or with another
// hash than the journal's own, is none of it: somebody said that it is there before it was.
type EntryKey struct {
	Number int64
	Kind   string
	Hash   string // its 32 bytes
}

// EntriesKnown returns which entries of a journal are recorded.
func EntriesKnown(ctx context.Context, q pg.Querier, journal string) (map[EntryKey]bool, error) {
	rows, err := q.Query(ctx, `SELECT DISTINCT number, kind, hash FROM ca.journal_entry WHERE journal = $1`, journal)
	keys, err := pg.Collect(rows, err, func(r *pg.Rows) (k EntryKey, err error) {
		var hash []byte
		err = r.Scan(&k.Number, &k.Kind, &hash)
		k.Hash = string(hash)
		return k, err
	})
	if err != nil {
		return nil, fmt.Errorf("read the entries of journal %s: %w", journal, err)
	}
	known := map[EntryKey]bool{}
	for _, k := range keys {
		known[k] = true
	}
	return known, nil
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
