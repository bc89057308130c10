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
	Reason       sql.NullInt16 // of this change (RFC 5280, 5.3.1); a release has none
	By           string        // likewise; "" where it was not kept
	InvalidityAt sql.NullTime
	FirstAt      sql.NullTime  // of a change that a restored database was told again: since when it was so
	RaisedFrom   sql.NullInt16 // of a raise: the reason before
	Floor        int64         // no receipt is made any more of changes up to this number
}

// ReadTold returns a change of a certificate's status: that of a number, or the last for 0. Its
// Number is 0 when there has been none, or none of that number; pg.ErrNoRows means that there is
// no such certificate. A change of which its own row does not say why and by whom, as those from
// before receipts, is told by the certificate while it is the last, and else says neither.
func ReadTold(ctx context.Context, q pg.Querier, ref certs.Ref, number int64) (Told, error) {
	t := Told{Ref: ref}
	err := q.QueryRow(ctx, `SELECT coalesce(s.number, 0), coalesce(s.status, c.status), coalesce(s.at, c.status_at),
			CASE WHEN s.status_by IS NULL AND s.last THEN c.reason ELSE s.reason END,
			coalesce(s.status_by, CASE WHEN s.last THEN c.status_by END, ''),
			coalesce(s.invalidity_at, CASE WHEN s.last AND s.status = 'revoked' THEN c.invalidity_at END), s.first_at,
			`+raisedFrom+`, f.number
		FROM ca.receipt_floor f, ca.certificate c LEFT JOIN LATERAL (
			SELECT s.*, NOT EXISTS (SELECT FROM ca.status_change l WHERE l.issuer = s.issuer AND l.serial = s.serial AND l.number > s.number) AS last
			FROM ca.status_change s WHERE s.issuer = c.issuer AND s.serial = c.serial AND ($3::bigint = 0 OR s.number = $3)
			ORDER BY s.number DESC LIMIT 1) s ON true
		WHERE c.issuer = $1 AND c.serial = $2`, ref.Issuer, ref.Serial, number).Scan(
		&t.Number, &t.Status, &t.At, &t.Reason, &t.By, &t.InvalidityAt, &t.FirstAt, &t.RaisedFrom, &t.Floor)
	if err != nil {
		return Told{}, fmt.Errorf("read a change of %s: %w", ref, err)
	}
	return t, nil
}

// raisedFrom is the reason of the revocation that a change s raised; NULL when it is none that did.
const raisedFrom = `(SELECT r.reason FROM ca.status_change r WHERE r.issuer = s.issuer AND r.serial = s.serial AND r.number < s.number
				AND r.status = 'revoked' AND s.status = 'revoked' ORDER BY r.number DESC LIMIT 1)`

// sweptAtOnce is how many acknowledgements one statement forgets.
const sweptAtOnce = 10_000

// RaiseReceiptFloor gives up receipts of changes that are older than a time and of which none
// was made, and forgets what nodes had acknowledged of them; it returns how many
// acknowledgements those were. It ends below the first change that is not so old: one in the
// middle may seem old because the database's clock once stood back. It goes on where it was
// interrupted.
func RaiseReceiptFloor(ctx context.Context, db *pg.DB, older time.Duration) (gone int64, err error) {
	_, err = db.Exec(ctx, `UPDATE ca.receipt_floor f SET number = s.number
		FROM (SELECT coalesce(
				(SELECT min(y.number) - 1 FROM ca.status_change y, ca.receipt_floor f
					WHERE y.number > f.number AND y.at >= clock_timestamp() - $1 * interval '1 second'),
				(SELECT max(number) FROM ca.status_change)) AS number) s
		WHERE s.number > f.number`, int64(older/time.Second))
	for n := int64(sweptAtOnce); err == nil && n == sweptAtOnce; gone += n {
		n, err = db.Exec(ctx, `DELETE FROM ca.acknowledgement WHERE (instance, number) IN (
			SELECT instance, number FROM ca.acknowledgement WHERE number <= (SELECT number FROM ca.receipt_floor) LIMIT $1)`, sweptAtOnce)
	}
	if err != nil {
		return gone, fmt.Errorf("forget old acknowledgements: %w", err)
	}
	return gone, nil
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
