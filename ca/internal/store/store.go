// Package store is the SQL of package ca: the schema ca, as the role mais_ca. It decides
// nothing; what may follow what is decided in package ca, and guarded once more by the
// schema's triggers.
//
// Functions take a pg.Querier where they may stand alone and a *pg.Tx where they only mean
// something inside a transaction. A row that is not there gives pg.ErrNoRows.
package store

import (
	"context"
	"fmt"

	"mais/internal/pg"
)

// RegisterIssuer records a CA's certificate and makes room for its revocation list. It
// returns the certificate recorded under id, which is another one when the database belongs
// to other keys.
func RegisterIssuer(ctx context.Context, q pg.Querier, id, series string, der []byte) (recorded []byte, err error) {
	if _, err := q.Exec(ctx, `INSERT INTO ca.issuer (id, series, certificate) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING`, id, series, der); err != nil {
		return nil, fmt.Errorf("register issuer %s: %w", id, err)
	}
	if _, err := q.Exec(ctx, `INSERT INTO ca.crl (issuer) VALUES ($1) ON CONFLICT DO NOTHING`, id); err != nil {
		return nil, fmt.Errorf("register issuer %s: %w", id, err)
	}
	if err := q.QueryRow(ctx, `SELECT certificate FROM ca.issuer WHERE id = $1`, id).Scan(&recorded); err != nil {
		return nil, fmt.Errorf("register issuer %s: %w", id, err)
	}
	return recorded, nil
}

// StatusNumber returns the number of the last committed change of status.
func StatusNumber(ctx context.Context, q pg.Querier) (n int64, err error) {
	if err := q.QueryRow(ctx, `SELECT number FROM ca.status_counter`).Scan(&n); err != nil {
		return 0, fmt.Errorf("read status counter: %w", err)
	}
	return n, nil
}
