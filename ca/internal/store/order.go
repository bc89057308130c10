package store

import (
	"context"
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
}

const orderColumns = `id, identity, profile, holder, name, dns_names, tries, expires_at, cancelled_at IS NOT NULL, used_at IS NOT NULL`

func (o *Order) fields() []any {
	return []any{&o.ID, &o.Identity, &o.Profile, &o.Holder, &o.Name, pg.Array(&o.DNSNames), &o.Tries, &o.ExpiresAt, &o.Cancelled, &o.Used}
}

// InsertOrder records an order and the hash of its secret.
func InsertOrder(ctx context.Context, tx *pg.Tx, o Order, secretHash []byte, by string) error {
	_, err := tx.Exec(ctx, `INSERT INTO ca.enrolment_order (id, secret_sha256, identity, profile, holder, name, dns_names, expires_at, created_by)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)`,
		o.ID, secretHash, o.Identity, o.Profile, o.Holder, o.Name, pg.Array(o.DNSNames), o.ExpiresAt, by)
	if err != nil {
		return fmt.Errorf("record order: %w", err)
	}
	return nil
}

// CancelOrders cancels the identity's orders that are still open, and says how many.
func CancelOrders(ctx context.Context, tx *pg.Tx, identity string) (int64, error) {
	n, err := tx.Exec(ctx, `UPDATE ca.enrolment_order SET cancelled_at = now()
		WHERE identity = $1 AND used_at IS NULL AND cancelled_at IS NULL`, identity)
	if err != nil {
		return 0, fmt.Errorf("cancel orders: %w", err)
	}
	return n, nil
}

// TryOrder finds an order by its id and says whether the secret and the holder are right.
// When they are not it counts a try, in the same statement, so that a thousand guesses at
// once are counted like a thousand in turn. Outside a transaction it is committed at once,
// whatever becomes of the enrolment.
func TryOrder(ctx context.Context, db *pg.DB, id string, secretHash []byte, holder string) (o Order, secretRight, holderRight bool, err error) {
	err = db.QueryRow(ctx, `UPDATE ca.enrolment_order
		SET tries = CASE WHEN secret_sha256 = $2 AND holder = $3 THEN tries ELSE least(tries + 1, $4) END
		WHERE id = $1
		RETURNING secret_sha256 = $2, holder = $3, `+orderColumns,
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

// SpendOrder marks an order as used.
func SpendOrder(ctx context.Context, tx *pg.Tx, id string) error {
	n, err := tx.Exec(ctx, `UPDATE ca.enrolment_order SET used_at = now() WHERE id = $1 AND used_at IS NULL`, id)
	if err == nil && n != 1 {
		err = fmt.Errorf("%d orders to spend, want 1", n)
	}
	if err != nil {
		return fmt.Errorf("spend order: %w", err)
	}
	return nil
}
