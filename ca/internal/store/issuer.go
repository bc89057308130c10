package store

import (
	"context"
	"database/sql"
	"fmt"
	"time"

	"mais/certs"
	"mais/internal/pg"
)

// Issuer is a row of ca.issuer.
type Issuer struct {
	ID          string
	Series      string
	Certificate []byte // DER
	ActivatedAt sql.NullTime
}

// Issuers returns the root and every issuing CA that has ever been brought in.
func Issuers(ctx context.Context, q pg.Querier) ([]Issuer, error) {
	rows, err := q.Query(ctx, `SELECT id, series, certificate, activated_at FROM ca.issuer ORDER BY added_at, id`)
	found, err := pg.Collect(rows, err, func(r *pg.Rows) (i Issuer, err error) {
		err = r.Scan(&i.ID, &i.Series, &i.Certificate, &i.ActivatedAt)
		return i, err
	})
	if err != nil {
		return nil, fmt.Errorf("read issuers: %w", err)
	}
	return found, nil
}

// ActivateFirst activates an issuing CA if none of its series has ever been: the one that the
// ceremony made.
func ActivateFirst(ctx context.Context, q pg.Querier, id, series string) error {
	_, err := q.Exec(ctx, `UPDATE ca.issuer SET activated_at = now(), activated_by = 'the ceremony'
		WHERE id = $1 AND activated_at IS NULL
			AND NOT EXISTS (SELECT FROM ca.issuer o WHERE o.series = $2 AND o.activated_at IS NOT NULL)`, id, series)
	if err != nil {
		return fmt.Errorf("activate %s: %w", id, err)
	}
	return nil
}

// Activate makes an issuing CA the one of its series that issues. It returns pg.ErrNoRows
// when it has been activated before, or is not there.
func Activate(ctx context.Context, tx *pg.Tx, id, by string) error {
	n, err := tx.Exec(ctx, `UPDATE ca.issuer SET activated_at = now(), activated_by = $2 WHERE id = $1 AND activated_at IS NULL`, id, by)
	if err == nil && n != 1 {
		err = pg.ErrNoRows
	}
	if err != nil {
		return fmt.Errorf("activate %s: %w", id, err)
	}
	return nil
}

// NodesWithout returns the names of the nodes that live and do not know an issuing CA.
func NodesWithout(ctx context.Context, q pg.Querier, id string) ([]string, error) {
	rows, err := q.Query(ctx, `SELECT name FROM ca.node WHERE lease_until > now() AND NOT $1 = ANY (issuers) ORDER BY name`, id)
	names, err := pg.Collect(rows, err, func(r *pg.Rows) (name string, err error) {
		err = r.Scan(&name)
		return name, err
	})
	if err != nil {
		return nil, fmt.Errorf("read the nodes without %s: %w", id, err)
	}
	return names, nil
}

// Below says how many certificates of an issuing CA are good or held and have not ended, and
// how many of them name the full list of their series, being older than its shards.
func Below(ctx context.Context, q pg.Querier, issuer string, now time.Time) (live, whole int, err error) {
	err = q.QueryRow(ctx, `SELECT count(*), count(*) FILTER (WHERE shard IS NULL AND profile <> 'ocsp') FROM ca.certificate
		WHERE issuer = $1 AND status IN ('active', 'held') AND not_after > $2`, issuer, now).Scan(&live, &whole)
	if err != nil {
		return 0, 0, fmt.Errorf("count the certificates of %s: %w", issuer, err)
	}
	return live, whole, nil
}

// LiveOf returns at most limit certificates of an issuing CA that are good or held and have
// not ended.
func LiveOf(ctx context.Context, q pg.Querier, issuer string, now time.Time, limit int) ([]certs.Ref, error) {
	rows, err := q.Query(ctx, `SELECT serial FROM ca.certificate
		WHERE issuer = $1 AND status IN ('active', 'held') AND not_after > $2 ORDER BY serial LIMIT $3`, issuer, now, limit)
	refs, err := pg.Collect(rows, err, func(r *pg.Rows) (certs.Ref, error) {
		ref := certs.Ref{Issuer: issuer}
		return ref, r.Scan(&ref.Serial)
	})
	if err != nil {
		return nil, fmt.Errorf("read the certificates of %s: %w", issuer, err)
	}
	return refs, nil
}
