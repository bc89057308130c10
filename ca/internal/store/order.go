package store

import (
	"context"
	"errors"
	"fmt"
	"time"

	"mais/internal/pg"
)

// MaxTries is how many wrong tries an order takes; the schema holds the same number.
const MaxTries = 5

// Order is a row of ca.enrolment_order.
type Order struct {
	ID        string
	Identity  string
	Profile   string
	Holder    string
	Name      string
	DNSNames  []string
	Tries     int
	ExpiresAt time.Time
	Cancelled bool
	Used      bool
	TokenOnly bool // it sets no password
}

const orderColumns = `id, identity, profile, holder, name, dns_names, tries, expires_at, cancelled_at IS NOT NULL, used_at IS NOT NULL, token_only`

func (o *Order) fields() []any {
	return []any{&o.ID, &o.Identity, &o.Profile, &o.Holder, &o.Name, pg.Array(&o.DNSNames), &o.Tries, &o.ExpiresAt, &o.Cancelled, &o.Used, &o.TokenOnly}
}

// InsertOrder records an order and the hash of its secret.
func InsertOrder(ctx context.Context, tx *pg.Tx, o Order, secretHash []byte, by string) error {
	_, err := tx.Exec(ctx, `INSERT INTO ca.enrolment_order (id, secret_sha256, identity, profile, holder, name, dns_names, expires_at, created_by, token_only)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)`,
		o.ID, secretHash, o.Identity, o.Profile, o.Holder, o.Name, pg.Array(o.DNSNames), o.ExpiresAt, by, o.TokenOnly)
	if err != nil {
		return fmt.Errorf("record order: %w", err)
	}
	return nil
}

// CountOrders counts the orders that were made for an identity within a while, used or not.
func CountOrders(ctx context.Context, tx *pg.Tx, identity string, within time.Duration) (n int, err error) {
	err = tx.QueryRow(ctx, `SELECT count(*) FROM ca.enrolment_order WHERE identity = $1 AND created_at > now() - $2 * interval '1 second'`,
		identity, within.Seconds()).Scan(&n)
	if err != nil {
		return 0, fmt.Errorf("count orders: %w", err)
	}
	return n, nil
}

// CancelOrders cancels the identity's orders that are still open, and returns their ids.
func CancelOrders(ctx context.Context, tx *pg.Tx, identity string) ([]string, error) {
	return cancelled(tx.Query(ctx, `UPDATE ca.enrolment_order SET cancelled_at = now()
		WHERE identity = $1 AND used_at IS NULL AND cancelled_at IS NULL RETURNING id`, identity))
}

// CancelOrdersBefore cancels those that were made before a time.
func CancelOrdersBefore(ctx context.Context, tx *pg.Tx, identity string, before time.Time) ([]string, error) {
	return cancelled(tx.Query(ctx, `UPDATE ca.enrolment_order SET cancelled_at = now()
		WHERE identity = $1 AND used_at IS NULL AND cancelled_at IS NULL AND created_at < $2 RETURNING id`, identity, before))
}

func cancelled(rows *pg.Rows, err error) ([]string, error) {
	ids, err := pg.Collect(rows, err, func(r *pg.Rows) (id string, err error) {
		err = r.Scan(&id)
		return id, err
	})
	if err != nil {
		return nil, fmt.Errorf("cancel orders: %w", err)
	}
	return ids, nil
}

// TryOrder finds an order by its id and says whether the secret and the holder are right.
// When they are not it counts a try, in the same statement, so that a thousand guesses at
// once are counted like a thousand in turn. Outside a transaction it is committed at once,
// whatever becomes of the enrolment. A right code writes nothing.
func TryOrder(ctx context.Context, db *pg.DB, id string, secretHash []byte, holder string) (o Order, secretRight, holderRight bool, err error) {
	err = db.QueryRow(ctx, `
		WITH wrong AS (
			UPDATE ca.enrolment_order SET tries = least(tries + 1, $4)
			WHERE id = $1 AND NOT (secret_sha256 = $2 AND holder = $3))
		SELECT secret_sha256 = $2, holder = $3, `+orderColumns+` FROM ca.enrolment_order WHERE id = $1`,
		id, secretHash, holder, MaxTries).Scan(append([]any{&secretRight, &holderRight}, o.fields()...)...)
	if err != nil {
		return Order{}, false, false, fmt.Errorf("try order: %w", err)
	}
	return o, secretRight, holderRight, nil
}

// LockOrder reads an order for the transaction that will spend it; others wait.
func LockOrder(ctx context.Context, tx *pg.Tx, id string) (o Order, err error) {
	err = tx.QueryRow(ctx, `SELECT `+orderColumns+` FROM ca.enrolment_order WHERE id = $1 FOR UPDATE`, id).Scan(o.fields()...)
	if err != nil {
		return Order{}, fmt.Errorf("lock order: %w", err)
	}
	return o, nil
}

// SpendOrder locks the order's identity as LockIdentity does, and then marks the order as
// used if it may still be at now: it is open and has tries left. Where it may not, spent is
// false, and LockOrder tells why. With it comes what the journal's entry needs, as
// ReadBeforeEntry would return it for transactions.
func SpendOrder(ctx context.Context, tx *pg.Tx, o Order, now time.Time, transactions []string) (b BeforeEntry, spent bool, err error) {
	// The row may be found before the lock is had. That does no harm: it is locked itself when it
	// is updated, and one that changed meanwhile is judged anew (PostgreSQL, 13.2.1).
	err = tx.QueryRow(ctx, `
		WITH locked AS MATERIALIZED (SELECT pg_advisory_xact_lock($2, hashtext($3)))
		UPDATE ca.enrolment_order SET used_at = now() FROM locked
		WHERE id = $4 AND used_at IS NULL AND cancelled_at IS NULL AND tries < $5 AND expires_at > $6
		RETURNING `+beforeEntry, pg.Array(transactions), identityLocks, o.Identity, o.ID, MaxTries, now).Scan(b.fields()...)
	switch {
	case errors.Is(err, pg.ErrNoRows):
		return BeforeEntry{}, false, nil
	case err != nil:
		return BeforeEntry{}, false, fmt.Errorf("spend order: %w", err)
	}
	return b, true, nil
}
