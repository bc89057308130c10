package store

import (
	"context"
	"database/sql"
	"fmt"
	"time"

	"mais/certs"
	"mais/internal/pg"
)

// Quarantine is a row of ca.quarantine with what has become of it.
type Quarantine struct {
	ID         int64
	MadeAt     time.Time
	MadeBy     string
	FinishedAt sql.NullTime
	Total      int // certificates in it
	Held       int // of these, still on hold
	Approved   []string
}

// OpenQuarantine makes a quarantine, or returns the one that is not finished.
func OpenQuarantine(ctx context.Context, tx *pg.Tx, by string) (q Quarantine, err error) {
	if err := LockIdentity(ctx, tx, "quarantine"); err != nil { // no identity: others that open one wait
		return Quarantine{}, err
	}
	_, err = tx.Exec(ctx, `INSERT INTO ca.quarantine (made_by) SELECT $1 WHERE NOT EXISTS (SELECT FROM ca.quarantine WHERE finished_at IS NULL)`, by)
	if err == nil {
		err = tx.QueryRow(ctx, `SELECT id, made_at, made_by FROM ca.quarantine WHERE finished_at IS NULL`).Scan(&q.ID, &q.MadeAt, &q.MadeBy)
	}
	if err != nil {
		return Quarantine{}, fmt.Errorf("open a quarantine: %w", err)
	}
	return q, nil
}

// FinishQuarantine says that all is on hold, and reports whether it was not said before.
func FinishQuarantine(ctx context.Context, tx *pg.Tx, id int64) (bool, error) {
	n, err := tx.Exec(ctx, `UPDATE ca.quarantine SET finished_at = now() WHERE id = $1 AND finished_at IS NULL`, id)
	if err != nil {
		return false, fmt.Errorf("finish quarantine %d: %w", id, err)
	}
	return n > 0, nil
}

// LockSuspects locks up to limit certificates that live, were issued before a quarantine and
// are not in it: those of people and sites, or with ours those that the service has itself.
func LockSuspects(ctx context.Context, tx *pg.Tx, q Quarantine, ours []string, of bool, limit int) ([]Certificate, error) {
	rows, err := tx.Query(ctx, `SELECT `+certificateColumns+` FROM ca.certificate c
		WHERE status IN ('active', 'held') AND issued_at <= $1 AND not_after > now() AND (profile = ANY ($2::text[])) = $3
			AND NOT EXISTS (SELECT FROM ca.quarantined d WHERE d.issuer = c.issuer AND d.serial = c.serial AND d.quarantine = $4)
		ORDER BY issued_at, issuer, serial LIMIT $5 FOR UPDATE`, q.MadeAt, pg.Array(ours), of, q.ID, limit)
	return collect(rows, err)
}

// AddQuarantined puts certificates into a quarantine.
func AddQuarantined(ctx context.Context, tx *pg.Tx, id int64, refs []certs.Ref) error {
	var issuers, serials []string
	for _, r := range refs {
		issuers, serials = append(issuers, r.Issuer), append(serials, r.Serial)
	}
	_, err := tx.Exec(ctx, `INSERT INTO ca.quarantined (quarantine, issuer, serial)
		SELECT $1, i, s FROM unnest($2::text[], $3::text[]) u(i, s)`, id, pg.Array(issuers), pg.Array(serials))
	if err != nil {
		return fmt.Errorf("put certificates into quarantine %d: %w", id, err)
	}
	return nil
}

// OpenOrders locks up to limit orders that are open and were made before a time.
func OpenOrders(ctx context.Context, tx *pg.Tx, before time.Time, limit int) ([]string, error) {
	rows, err := tx.Query(ctx, `SELECT id FROM ca.enrolment_order WHERE used_at IS NULL AND cancelled_at IS NULL AND created_at <= $1
		ORDER BY id LIMIT $2 FOR UPDATE`, before, limit)
	ids, err := pg.Collect(rows, err, func(r *pg.Rows) (id string, err error) {
		err = r.Scan(&id)
		return id, err
	})
	if err != nil {
		return nil, fmt.Errorf("read open orders: %w", err)
	}
	return ids, nil
}

// Quarantines returns all quarantines, newest first.
func Quarantines(ctx context.Context, q pg.Querier) ([]Quarantine, error) {
	rows, err := q.Query(ctx, `SELECT q.id, q.made_at, q.made_by, q.finished_at,
		(SELECT count(*) FROM ca.quarantined d WHERE d.quarantine = q.id),
		(SELECT count(*) FROM ca.quarantined d JOIN ca.certificate c USING (issuer, serial) WHERE d.quarantine = q.id AND c.status = 'held'),
		coalesce((SELECT array_agg(a.administrator ORDER BY a.at) FROM ca.quarantine_approval a WHERE a.quarantine = q.id), '{}')
		FROM ca.quarantine q ORDER BY q.id DESC`)
	all, err := pg.Collect(rows, err, func(r *pg.Rows) (q Quarantine, err error) {
		err = r.Scan(&q.ID, &q.MadeAt, &q.MadeBy, &q.FinishedAt, &q.Total, &q.Held, pg.Array(&q.Approved))
		return q, err
	})
	if err != nil {
		return nil, fmt.Errorf("read quarantines: %w", err)
	}
	return all, nil
}

// Approve records an administrator's approval, and reports whether it is a new one. A
// quarantine that is not there gives pg.ErrNoRows.
func Approve(ctx context.Context, tx *pg.Tx, id int64, administrator string) (bool, error) {
	var finished bool
	if err := tx.QueryRow(ctx, `SELECT finished_at IS NOT NULL FROM ca.quarantine WHERE id = $1`, id).Scan(&finished); err != nil {
		return false, fmt.Errorf("read quarantine %d: %w", id, err)
	}
	if !finished {
		return false, fmt.Errorf("quarantine %d: %w", id, pg.ErrNoRows)
	}
	n, err := tx.Exec(ctx, `INSERT INTO ca.quarantine_approval (quarantine, administrator) VALUES ($1, $2) ON CONFLICT DO NOTHING`, id, administrator)
	if err != nil {
		return false, fmt.Errorf("approve quarantine %d: %w", id, err)
	}
	return n > 0, nil
}

// InQuarantine reports whether a certificate is in a quarantine that has fewer approvals.
func InQuarantine(ctx context.Context, q pg.Querier, ref certs.Ref, approvals int) (waits bool, err error) {
	err = q.QueryRow(ctx, `SELECT EXISTS (SELECT FROM ca.quarantined d WHERE d.issuer = $1 AND d.serial = $2
		AND (SELECT count(*) FROM ca.quarantine_approval a WHERE a.quarantine = d.quarantine) < $3)`, ref.Issuer, ref.Serial, approvals).Scan(&waits)
	if err != nil {
		return false, fmt.Errorf("look for %s in quarantine: %w", ref, err)
	}
	return waits, nil
}
