package store

import (
	"context"
	"database/sql"
	"fmt"
	"time"

	"mais/certs"
	"mais/internal/pg"
)

// Told is a change of status with what a receipt says of it.
type Told struct {
	Number       int64
	Ref          certs.Ref
	Status       string
	At           time.Time
	Reason       sql.NullInt16 // RFC 5280, 5.3.1
	By           string
	InvalidityAt sql.NullTime
}

// LastChange returns the last change of a certificate's status; its Number is 0 when there
// has been none, and pg.ErrNoRows means that there is no such certificate.
func LastChange(ctx context.Context, q pg.Querier, ref certs.Ref) (Told, error) {
	t := Told{Ref: ref}
	err := q.QueryRow(ctx, `SELECT coalesce(s.number, 0), coalesce(s.status, c.status), coalesce(s.at, c.status_at), coalesce(s.reason, c.reason),
			coalesce(s.status_by, c.status_by, ''), c.invalidity_at
		FROM ca.certificate c LEFT JOIN LATERAL (SELECT * FROM ca.status_change s
			WHERE s.issuer = c.issuer AND s.serial = c.serial ORDER BY s.number DESC LIMIT 1) s ON true
		WHERE c.issuer = $1 AND c.serial = $2`, ref.Issuer, ref.Serial).Scan(&t.Number, &t.Status, &t.At, &t.Reason, &t.By, &t.InvalidityAt)
	if err != nil {
		return Told{}, fmt.Errorf("read the last change of %s: %w", ref, err)
	}
	return t, nil
}

// Witness is a node that may have answered by what was before a change.
type Witness struct {
	Instance   string
	Name       string
	SaidAt     sql.NullTime // when it had said that it answers by the change
	ClosedAt   time.Time    // when it closes itself unless it renews its lease, or did
	Ended      bool         // it said goodbye
	StaleAfter time.Duration
}

// Now returns the database's time.
func Now(ctx context.Context, q pg.Querier) (now time.Time, err error) {
	if err := q.QueryRow(ctx, `SELECT clock_timestamp()`).Scan(&now); err != nil {
		return now, fmt.Errorf("read the database's clock: %w", err)
	}
	return now, nil
}

// Witnesses returns the nodes to which a change that has been committed was news. Those that had
// closed themselves before it are left out, if the database's clock has been steady for twice
// their stale limit: only then do its times say so.
func Witnesses(ctx context.Context, q pg.Querier, number int64, steady time.Duration) ([]Witness, error) {
	rows, err := q.Query(ctx, `SELECT n.instance, n.name, (SELECT min(a.at) FROM ca.acknowledgement a WHERE a.instance = n.instance AND a.number >= $1),
			CASE WHEN n.ended_at IS NULL THEN n.lease_until + n.stale_after ELSE n.ended_at END,
			n.ended_at IS NOT NULL, extract(epoch FROM n.stale_after)
		FROM ca.node n, ca.status_change s WHERE s.number = $1 AND coalesce(n.began, -1) < $1
			AND NOT (n.ended_at IS NOT NULL AND n.ended_at < s.at)
			AND NOT (n.lease_until + n.stale_after < s.at AND 2 * n.stale_after < $2 * interval '1 microsecond')
		ORDER BY n.name, n.started_at`, number, steady.Microseconds())
	found, err := pg.Collect(rows, err, func(r *pg.Rows) (w Witness, err error) {
		var seconds float64
		err = r.Scan(&w.Instance, &w.Name, &w.SaidAt, &w.ClosedAt, &w.Ended, &seconds)
		w.StaleAfter = time.Duration(seconds * float64(time.Second))
		return w, err
	})
	if err != nil {
		return nil, fmt.Errorf("read who has heard of change %d: %w", number, err)
	}
	return found, nil
}

// KeepReceipt keeps the first final receipt of a change, and returns the one that is kept.
func KeepReceipt(ctx context.Context, q pg.Querier, number int64, jws string) (kept string, err error) {
	if _, err := q.Exec(ctx, `INSERT INTO ca.receipt (number, jws) VALUES ($1, $2) ON CONFLICT DO NOTHING`, number, jws); err != nil {
		return "", fmt.Errorf("keep the receipt of change %d: %w", number, err)
	}
	return KeptReceipt(ctx, q, number)
}

// KeptReceipt returns the final receipt of a change, or pg.ErrNoRows.
func KeptReceipt(ctx context.Context, q pg.Querier, number int64) (jws string, err error) {
	if err := q.QueryRow(ctx, `SELECT jws FROM ca.receipt WHERE number = $1`, number).Scan(&jws); err != nil {
		return "", fmt.Errorf("read the receipt of change %d: %w", number, err)
	}
	return jws, nil
}
