package store

import (
	"context"
	"database/sql"
	"fmt"
	"time"

	"mais/internal/pg"
)

// Whole is the Shard of an issuer's full list.
const Whole = -1

// Scope is what one revocation list covers: an issuer's certificates that name one shard,
// or with Whole all of the issuer's.
type Scope struct {
	Issuer string
	Shard  int
}

// List is a revocation list as it is kept.
type List struct {
	Number       int64
	StatusNumber int64 // changes of status up to this one are in it
	NextUpdate   time.Time
	DER          []byte
}

// Needs says what a list that is kept must still be to be good.
type Needs struct {
	Until time.Time // good beyond this
	// A full list of more than Long bytes may lack the latest changes as long as it is good
	// beyond Recent, but for those of certificates that name it.
	Long   int
	Recent time.Time
}

// CurrentList returns the list of a scope if it is what is needed; otherwise pg.ErrNoRows.
// A shard's holds every committed change of status in it, always.
func CurrentList(ctx context.Context, q pg.Querier, s Scope, n Needs) (der []byte, err error) {
	if s.Shard != Whole {
		err = q.QueryRow(ctx, `SELECT l.der FROM ca.crl_shard l WHERE l.issuer = $1 AND l.shard = $2 AND l.next_update > $3
			AND l.status_number >= coalesce((SELECT max(c.number) FROM ca.status_change c WHERE c.issuer = $1 AND c.shard = $2), 0)`,
			s.Issuer, s.Shard, n.Until).Scan(&der)
	} else {
		err = q.QueryRow(ctx, `SELECT l.der FROM ca.crl l, ca.status_counter s WHERE l.issuer = $1 AND l.next_update > $2
			AND (l.status_number = s.number OR octet_length(l.der) > $3 AND l.next_update > $4
				AND l.status_number >= coalesce((SELECT max(c.number) FROM ca.status_change c WHERE c.issuer = $1 AND c.shard IS NULL), 0))`,
			s.Issuer, n.Until, n.Long, n.Recent).Scan(&der)
	}
	if err != nil {
		return nil, fmt.Errorf("read revocation list: %w", err)
	}
	return der, nil
}

// LockList locks the list of a scope, so that one node makes the next, and returns the
// number of the last.
func LockList(ctx context.Context, tx *pg.Tx, s Scope) (number int64, err error) {
	if s.Shard == Whole {
		err = tx.QueryRow(ctx, `SELECT number FROM ca.crl WHERE issuer = $1 FOR UPDATE`, s.Issuer).Scan(&number)
	} else if _, err = tx.Exec(ctx, `INSERT INTO ca.crl_shard (issuer, shard) VALUES ($1, $2) ON CONFLICT DO NOTHING`, s.Issuer, s.Shard); err == nil {
		err = tx.QueryRow(ctx, `SELECT number FROM ca.crl_shard WHERE issuer = $1 AND shard = $2 FOR UPDATE`, s.Issuer, s.Shard).Scan(&number)
	}
	if err != nil {
		return 0, fmt.Errorf("lock revocation list: %w", err)
	}
	return number, nil
}

// SaveList replaces the list of a scope.
func SaveList(ctx context.Context, tx *pg.Tx, s Scope, l List) (err error) {
	if s.Shard == Whole {
		_, err = tx.Exec(ctx, `UPDATE ca.crl SET number = $2, status_number = $3, next_update = $4, der = $5 WHERE issuer = $1`,
			s.Issuer, l.Number, l.StatusNumber, l.NextUpdate, l.DER)
	} else {
		_, err = tx.Exec(ctx, `UPDATE ca.crl_shard SET number = $3, status_number = $4, next_update = $5, der = $6 WHERE issuer = $1 AND shard = $2`,
			s.Issuer, s.Shard, l.Number, l.StatusNumber, l.NextUpdate, l.DER)
	}
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
	Since  sql.NullTime // when its key was compromised
}

// BadOf returns the held, revoked and superseded certificates of a scope that ended after
// since.
func BadOf(ctx context.Context, q pg.Querier, s Scope, since time.Time) ([]Bad, error) {
	var rows *pg.Rows
	var err error
	if s.Shard == Whole {
		rows, err = q.Query(ctx, `SELECT serial, coalesce(reason, 0), status_at, invalidity_at FROM ca.certificate
			WHERE issuer = $1 AND status <> 'active' AND not_after > $2 ORDER BY serial`, s.Issuer, since)
	} else {
		rows, err = q.Query(ctx, `SELECT serial, coalesce(reason, 0), status_at, invalidity_at FROM ca.certificate
			WHERE issuer = $1 AND shard = $2 AND status <> 'active' AND not_after > $3 ORDER BY serial`, s.Issuer, s.Shard, since)
	}
	bad, err := pg.Collect(rows, err, func(r *pg.Rows) (b Bad, err error) {
		err = r.Scan(&b.Serial, &b.Reason, &b.At, &b.Since)
		return b, err
	})
	if err != nil {
		return nil, fmt.Errorf("read revoked certificates: %w", err)
	}
	return bad, nil
}
