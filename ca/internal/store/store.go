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
	"time"

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
func ClaimKey(ctx context.Context, tx *pg.Tx, keyHash []byte, identity string) (owner string, err error) {
	if _, err := tx.Exec(ctx, `INSERT INTO ca.subject_key (spki_sha256, identity) VALUES ($1, $2) ON CONFLICT DO NOTHING`, keyHash, identity); err != nil {
		return "", fmt.Errorf("claim key: %w", err)
	}
	if err := tx.QueryRow(ctx, `SELECT identity FROM ca.subject_key WHERE spki_sha256 = $1`, keyHash).Scan(&owner); err != nil {
		return "", fmt.Errorf("claim key: %w", err)
	}
	return owner, nil
}

// KeyCompromised reports whether a certificate with the key was revoked because others
// hold it (reason 1 of RFC 5280, 5.3.1).
func KeyCompromised(ctx context.Context, tx *pg.Tx, keyHash []byte) (compromised bool, err error) {
	err = tx.QueryRow(ctx, `SELECT EXISTS (SELECT FROM ca.certificate WHERE spki_sha256 = $1 AND status = 'revoked' AND reason = 1)`, keyHash).Scan(&compromised)
	if err != nil {
		return false, fmt.Errorf("look for a compromised key: %w", err)
	}
	return compromised, nil
}

// List is a revocation list as it is kept.
type List struct {
	Number       int64
	StatusNumber int64
	NextUpdate   time.Time
	DER          []byte
}

// CurrentList returns the issuer's list if it holds every committed change of status and
// is good beyond until; otherwise pg.ErrNoRows.
func CurrentList(ctx context.Context, q pg.Querier, issuer string, until time.Time) (der []byte, err error) {
	err = q.QueryRow(ctx, `SELECT l.der FROM ca.crl l, ca.status_counter s
		WHERE l.issuer = $1 AND l.status_number = s.number AND l.next_update > $2`, issuer, until).Scan(&der)
	if err != nil {
		return nil, fmt.Errorf("read revocation list: %w", err)
	}
	return der, nil
}

// LockList locks the issuer's list, so that one node makes the next.
func LockList(ctx context.Context, tx *pg.Tx, issuer string) (number int64, err error) {
	if err := tx.QueryRow(ctx, `SELECT number FROM ca.crl WHERE issuer = $1 FOR UPDATE`, issuer).Scan(&number); err != nil {
		return 0, fmt.Errorf("lock revocation list: %w", err)
	}
	return number, nil
}

// SaveList replaces the issuer's list.
func SaveList(ctx context.Context, tx *pg.Tx, issuer string, l List) error {
	_, err := tx.Exec(ctx, `UPDATE ca.crl SET number = $2, status_number = $3, next_update = $4, der = $5 WHERE issuer = $1`,
		issuer, l.Number, l.StatusNumber, l.NextUpdate, l.DER)
	if err != nil {
		return fmt.Errorf("save revocation list: %w", err)
	}
	return nil
}

// Bad is a certificate that relying parties must refuse.
type Bad struct {
	Serial string
	Reason int // RFC 5280, 5.3.1
	At     time.Time
}

// BadOf returns the issuer's held, revoked and superseded certificates that ended after
// since.
func BadOf(ctx context.Context, q pg.Querier, issuer string, since time.Time) ([]Bad, error) {
	rows, err := q.Query(ctx, `SELECT serial, coalesce(reason, 0), status_at FROM ca.certificate
		WHERE issuer = $1 AND status <> 'active' AND not_after > $2 ORDER BY serial`, issuer, since)
	bad, err := pg.Collect(rows, err, func(r *pg.Rows) (b Bad, err error) {
		err = r.Scan(&b.Serial, &b.Reason, &b.At)
		return b, err
	})
	if err != nil {
		return nil, fmt.Errorf("read revoked certificates: %w", err)
	}
	return bad, nil
}
