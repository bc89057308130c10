// Package store is the SQL of package ca: the schema ca, as the role mais_ca. It decides
// nothing; what may follow what is decided in package ca, and guarded once more by the
// schema's triggers.
//
// Functions take a pg.Querier where they may stand alone and a *pg.Tx where they only mean
// something inside a transaction. A row that is not there gives pg.ErrNoRows.
package store

import (
	"context"
	"errors"
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

// ClaimKey records that a key belongs to identity, unless it belongs to somebody already,
// and returns whose it is. A second claim of the same key waits for the first to commit.
// Compromised is whether a certificate with the key was revoked because others hold it
// (reason 1 of RFC 5280, 5.3.1).
func ClaimKey(ctx context.Context, tx *pg.Tx, keyHash []byte, identity string) (owner string, compromised bool, err error) {
	// Who had to wait does not see yet what the other has committed, and asks once more.
	for range 2 {
		err = tx.QueryRow(ctx, `
			WITH claimed AS (INSERT INTO ca.subject_key (spki_sha256, identity) VALUES ($1, $2) ON CONFLICT DO NOTHING RETURNING identity)
			SELECT coalesce((SELECT identity FROM claimed), (SELECT identity FROM ca.subject_key WHERE spki_sha256 = $1), ''),
				EXISTS (SELECT FROM ca.certificate WHERE spki_sha256 = $1 AND status = 'revoked' AND reason = 1)`,
			keyHash, identity).Scan(&owner, &compromised)
		if err != nil {
			return "", false, fmt.Errorf("claim key: %w", err)
		}
		if owner != "" {
			return owner, compromised, nil
		}
	}
	return "", false, errors.New("claim key: it belongs to somebody, and nobody")
}
