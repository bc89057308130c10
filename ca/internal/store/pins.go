package store

import (
	"context"
	"fmt"
	"time"

	"mais/internal/pg"
)

// Announcements returns the signed announcements of pins after a number, oldest first.
func Announcements(ctx context.Context, q pg.Querier, after int64, limit int) ([]string, error) {
	rows, err := q.Query(ctx, `SELECT jws FROM ca.pin_announcement WHERE number > $1 ORDER BY number LIMIT $2`, after, limit)
	signed, err := pg.Collect(rows, err, func(r *pg.Rows) (text string, err error) { return text, r.Scan(&text) })
	if err != nil {
		return nil, fmt.Errorf("read announcements of pins: %w", err)
	}
	return signed, nil
}

// LockAnnouncements makes this transaction wait for every other that announces pins, and
// returns the highest number so far.
func LockAnnouncements(ctx context.Context, tx *pg.Tx) (highest int64, err error) {
	if _, err := tx.Exec(ctx, `SELECT pg_advisory_xact_lock($1, hashtext('ca.pin_announcement'))`, identityLocks); err != nil {
		return 0, fmt.Errorf("lock the announcements of pins: %w", err)
	}
	if err := tx.QueryRow(ctx, `SELECT coalesce(max(number), 0) FROM ca.pin_announcement`).Scan(&highest); err != nil {
		return 0, fmt.Errorf("read the last announcement of pins: %w", err)
	}
	return highest, nil
}

// InsertAnnouncement records an announcement, whose number must be above all others.
func InsertAnnouncement(ctx context.Context, tx *pg.Tx, number int64, signed, by string) error {
	_, err := tx.Exec(ctx, `INSERT INTO ca.pin_announcement (number, jws, by) VALUES ($1, $2, $3)`, number, signed, by)
	if err != nil {
		return fmt.Errorf("record announcement %d of pins: %w", number, err)
	}
	return nil
}

// SetHeldPins records the announcement that a holder has.
func SetHeldPins(ctx context.Context, db *pg.DB, identity string, number int64) error {
	_, err := db.Exec(ctx, `INSERT INTO ca.pin_held (identity, number) VALUES ($1, $2)
		ON CONFLICT (identity) DO UPDATE SET number = excluded.number, at = now()`, identity, number)
	if err != nil {
		return fmt.Errorf("record the pins that %s holds: %w", identity, err)
	}
	return nil
}

// PinHolder is a site with a certificate that is good, and the announcement that it holds.
type PinHolder struct {
	Identity string
	Holder   string
	Number   int64     // 0: it has never said
	At       time.Time // when it said so; else when its certificate was issued
}

// PinHolders returns the sites whose certificates are active and have not expired.
func PinHolders(ctx context.Context, q pg.Querier) ([]PinHolder, error) {
	rows, err := q.Query(ctx, `SELECT DISTINCT ON (c.identity) c.identity, c.name, coalesce(p.number, 0), coalesce(p.at, c.issued_at)
		FROM ca.certificate c LEFT JOIN ca.pin_held p USING (identity)
		WHERE c.profile = 'site' AND c.status = 'active' AND c.not_after > now() ORDER BY c.identity, c.issued_at DESC`)
	holders, err := pg.Collect(rows, err, func(r *pg.Rows) (h PinHolder, err error) {
		return h, r.Scan(&h.Identity, &h.Holder, &h.Number, &h.At)
	})
	if err != nil {
		return nil, fmt.Errorf("read which sites hold which pins: %w", err)
	}
	return holders, nil
}

// NodeCertificates returns the certificates, in DER, of the service's nodes that are active
// and have not expired, those issued last at the end.
func NodeCertificates(ctx context.Context, q pg.Querier) ([][]byte, error) {
	rows, err := q.Query(ctx, `SELECT der FROM ca.certificate WHERE profile = 'server' AND status = 'active' AND not_after > now()
		ORDER BY issued_at, serial`)
	found, err := pg.Collect(rows, err, func(r *pg.Rows) (der []byte, err error) { return der, r.Scan(&der) })
	if err != nil {
		return nil, fmt.Errorf("read the nodes' certificates: %w", err)
	}
	return found, nil
}
