package store

import (
	"context"
	"fmt"
	"time"

	"mais/internal/pg"
)

// PlanRun is a plan as it was confirmed at one time. Once somebody has confirmed it again, what
// takes it does nothing.
type PlanRun struct {
	Plan        string
	ConfirmedAt time.Time
}

// ItemBatch is how many items of a plan one statement changes, so that it ends long before the
// limit on statements. A test changes it.
var ItemBatch = 10_000

// inBatches calls change with the numbers of a plan's items, batch after batch: of those after
// the one, up to and with the other.
func inBatches(ctx context.Context, q pg.Querier, plan string, change func(after, last int) error) error {
	last, err := LastItem(ctx, q, plan)
	for after := 0; err == nil && after < last; after += ItemBatch {
		err = change(after, after+ItemBatch)
	}
	return err
}

// LockItem locks an item that waits. It is pg.ErrNoRows when it waits no more, or when another
// has it in hand.
func LockItem(ctx context.Context, tx *pg.Tx, plan string, n int) error {
	err := tx.QueryRow(ctx, `SELECT n FROM ca.plan_item WHERE plan = $1 AND n = $2 AND result = 'waiting' FOR UPDATE SKIP LOCKED`, plan, n).Scan(&n)
	if err != nil {
		return fmt.Errorf("lock item %d of plan %s: %w", n, plan, err)
	}
	return nil
}

// Grounds are what a run goes on by.
type Grounds struct {
	StoppedBy string // who had the plan stopped
	// Active: the certificate that the plan was confirmed with is active at the time asked
	// for, or an item of this run ended it, or there was none.
	Active bool
}

// ReadGrounds returns the grounds of a run. It is pg.ErrNoRows when the plan was confirmed again.
// After LockItem it stays so until the transaction ends that nobody does: a plan that has an
// item waiting is under way.
func ReadGrounds(ctx context.Context, tx *pg.Tx, r PlanRun, now time.Time) (g Grounds, err error) {
	err = tx.QueryRow(ctx, `SELECT coalesce(p.stopped_by, ''), p.confirmed_serial IS NULL
			OR EXISTS (SELECT FROM ca.certificate c WHERE c.issuer = p.confirmed_issuer AND c.serial = p.confirmed_serial AND c.status = 'active' AND c.not_after > $3)
			OR EXISTS (SELECT FROM ca.plan_item i WHERE i.plan = p.id AND i.own AND i.at >= p.confirmed_at)
		FROM ca.plan p WHERE p.id = $1 AND p.confirmed_at = $2`, r.Plan, r.ConfirmedAt, now).Scan(&g.StoppedBy, &g.Active)
	if err != nil {
		return Grounds{}, fmt.Errorf("read what plan %s goes on by: %w", r.Plan, err)
	}
	return g, nil
}

// ItemResult is what became of an item.
type ItemResult struct {
	Result, Detail string
	Own            bool // it ended the certificate that the plan was confirmed with
}

// SetResult records what became of an item that waits; it is nothing if it does not.
func SetResult(ctx context.Context, q pg.Querier, r PlanRun, n int, result ItemResult) error {
	_, err := q.Exec(ctx, `UPDATE ca.plan_item SET result = $4, detail = $5, own = $6 WHERE plan = $1 AND n = $3 AND result = 'waiting'
			AND EXISTS (SELECT FROM ca.plan WHERE id = $1 AND confirmed_at = $2)`,
		r.Plan, r.ConfirmedAt, n, result.Result, result.Detail, result.Own)
	if err != nil {
		return fmt.Errorf("record item %d of plan %s: %w", n, r.Plan, err)
	}
	return nil
}

// SetAll records one result of everything that waits and that nobody has in hand.
func SetAll(ctx context.Context, q pg.Querier, r PlanRun, result, detail string) error {
	err := inBatches(ctx, q, r.Plan, func(after, last int) error {
		_, err := q.Exec(ctx, `UPDATE ca.plan_item SET result = $5, detail = $6 WHERE plan = $1
			AND EXISTS (SELECT FROM ca.plan WHERE id = $1 AND confirmed_at = $2)
			AND n IN (SELECT n FROM ca.plan_item WHERE plan = $1 AND n > $3 AND n <= $4 AND result = 'waiting' FOR UPDATE SKIP LOCKED)`,
			r.Plan, r.ConfirmedAt, after, last, result, detail)
		return err
	})
	if err != nil {
		return fmt.Errorf("record the items of plan %s: %w", r.Plan, err)
	}
	return nil
}
