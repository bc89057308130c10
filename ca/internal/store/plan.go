package store

import (
	"context"
	"database/sql"
	"fmt"
	"time"

	"mais/certs"
	"mais/internal/pg"
)

// Plan is a row of ca.plan.
type Plan struct {
	ID           string
	Act          string
	Reason       int       // of a revocation
	InvalidityAt time.Time // zero: it has none; so below
	Note         string
	Scope        string
	Owner        string
	By           string
	MadeAt       time.Time
	ConfirmedAt  time.Time
	ConfirmedBy  string
	ConfirmedAs  []byte
	// ConfirmedWith is the certificate that they had, if any.
	ConfirmedWith certs.Ref
	Preview       []byte
	StoppedBy     string
	FinishedAt    time.Time
}

const planColumns = `id, act, reason, invalidity_at, note, scope, owner, made_by, made_at, confirmed_at, coalesce(confirmed_by, ''), confirmed_as,
	coalesce(confirmed_issuer, ''), coalesce(confirmed_serial, ''), preview, coalesce(stopped_by, ''), finished_at`

func scanPlan(r interface{ Scan(...any) error }) (p Plan, err error) {
	var reason sql.NullInt16
	var invalidity, confirmed, finished sql.NullTime
	err = r.Scan(&p.ID, &p.Act, &reason, &invalidity, &p.Note, &p.Scope, &p.Owner, &p.By, &p.MadeAt, &confirmed, &p.ConfirmedBy,
		&p.ConfirmedAs, &p.ConfirmedWith.Issuer, &p.ConfirmedWith.Serial, &p.Preview, &p.StoppedBy, &finished)
	p.Reason, p.InvalidityAt, p.ConfirmedAt, p.FinishedAt = int(reason.Int16), invalidity.Time, confirmed.Time, finished.Time
	return p, err
}

// InsertPlan records a plan and returns its id.
func InsertPlan(ctx context.Context, tx *pg.Tx, p Plan) (id string, err error) {
	reason := sql.NullInt16{Int16: int16(p.Reason), Valid: p.Act == "revoke"}
	err = tx.QueryRow(ctx, `INSERT INTO ca.plan (act, reason, invalidity_at, note, scope, owner, made_by)
		VALUES ($1, $2, $3, $4, $5, $6, $7) RETURNING id`, p.Act, reason, timeOrNull(p.InvalidityAt), p.Note, p.Scope, p.Owner, p.By).Scan(&id)
	if err != nil {
		return "", fmt.Errorf("record plan: %w", err)
	}
	return id, nil
}

// OpenPlans counts the plans of an owner that nobody has confirmed.
func OpenPlans(ctx context.Context, q pg.Querier, owner string) (n int, err error) {
	if err := q.QueryRow(ctx, `SELECT count(*) FROM ca.plan WHERE owner = $1 AND confirmed_at IS NULL`, owner).Scan(&n); err != nil {
		return 0, fmt.Errorf("count the plans of %s: %w", owner, err)
	}
	return n, nil
}

// ReadPlan returns a plan.
func ReadPlan(ctx context.Context, q pg.Querier, id string) (Plan, error) {
	p, err := scanPlan(q.QueryRow(ctx, `SELECT `+planColumns+` FROM ca.plan WHERE id = $1`, id))
	if err != nil {
		return Plan{}, fmt.Errorf("read plan %s: %w", id, err)
	}
	return p, nil
}

// LockPlan returns a plan and keeps others from changing it or its list.
func LockPlan(ctx context.Context, tx *pg.Tx, id string) (Plan, error) {
	p, err := scanPlan(tx.QueryRow(ctx, `SELECT `+planColumns+` FROM ca.plan WHERE id = $1 FOR UPDATE`, id))
	if err != nil {
		return Plan{}, fmt.Errorf("lock plan %s: %w", id, err)
	}
	return p, nil
}

// Plans returns the plans of a scope and, in ownScope, of an owner, or all, newest first.
func Plans(ctx context.Context, q pg.Querier, all bool, scope, owner, ownScope string, limit int) ([]Plan, error) {
	rows, err := q.Query(ctx, `SELECT `+planColumns+` FROM ca.plan WHERE $1 OR scope = $2 OR owner = $3 AND scope = $4
		ORDER BY made_at DESC, id LIMIT $5`, all, scope, owner, ownScope, limit)
	return collectPlans(rows, err)
}

// PlansUnderWay returns the plans that were confirmed and are not finished, the first confirmed
// first.
func PlansUnderWay(ctx context.Context, q pg.Querier) ([]Plan, error) {
	rows, err := q.Query(ctx, `SELECT `+planColumns+` FROM ca.plan WHERE confirmed_at IS NOT NULL AND finished_at IS NULL ORDER BY confirmed_at, id`)
	return collectPlans(rows, err)
}

func collectPlans(rows *pg.Rows, err error) ([]Plan, error) {
	plans, err := pg.Collect(rows, err, func(r *pg.Rows) (Plan, error) { return scanPlan(r) })
	if err != nil {
		return nil, fmt.Errorf("read plans: %w", err)
	}
	return plans, nil
}

// ConfirmPlan records who confirmed a plan that the transaction has locked, from the Confirmed
// fields and the preview of p, and lets what failed of it be tried again.
func ConfirmPlan(ctx context.Context, tx *pg.Tx, p Plan) error {
	_, err := tx.Exec(ctx, `UPDATE ca.plan SET confirmed_at = now(), confirmed_by = $2, confirmed_as = $3, preview = $4,
			confirmed_issuer = nullif($5, ''), confirmed_serial = nullif($6, ''), stopped_by = NULL, finished_at = NULL WHERE id = $1`,
		p.ID, p.ConfirmedBy, p.ConfirmedAs, p.Preview, p.ConfirmedWith.Issuer, p.ConfirmedWith.Serial)
	if err == nil {
		err = inBatches(ctx, tx, p.ID, func(after, last int) error {
			_, err := tx.Exec(ctx, `UPDATE ca.plan_item SET result = 'waiting', detail = '' WHERE plan = $1 AND n > $2 AND n <= $3 AND result = 'failed'`,
				p.ID, after, last)
			return err
		})
	}
	if err != nil {
		return fmt.Errorf("confirm plan %s: %w", p.ID, err)
	}
	return nil
}

// StopPlan records who had a plan stopped that is under way, and says whether it is and nobody
// had before.
func StopPlan(ctx context.Context, q pg.Querier, id, by string) (stopped bool, err error) {
	n, err := q.Exec(ctx, `UPDATE ca.plan SET stopped_by = $2 WHERE id = $1 AND confirmed_at IS NOT NULL AND finished_at IS NULL AND stopped_by IS NULL`, id, by)
	if err != nil {
		return false, fmt.Errorf("stop plan %s: %w", id, err)
	}
	return n > 0, nil
}

// FinishPlan records that a plan has come to its end, if nothing of it waits.
func FinishPlan(ctx context.Context, q pg.Querier, id string) (finished bool, err error) {
	n, err := q.Exec(ctx, `UPDATE ca.plan SET finished_at = now() WHERE id = $1 AND finished_at IS NULL
		AND NOT EXISTS (SELECT FROM ca.plan_item WHERE plan = $1 AND result = 'waiting')`, id)
	if err != nil {
		return false, fmt.Errorf("finish plan %s: %w", id, err)
	}
	return n > 0, nil
}

// DeletePlan forgets a plan that nobody has confirmed, and says whether there was one.
func DeletePlan(ctx context.Context, q pg.Querier, id string) (gone bool, err error) {
	n, err := q.Exec(ctx, `DELETE FROM ca.plan WHERE id = $1 AND confirmed_at IS NULL`, id)
	if err != nil {
		return false, fmt.Errorf("forget plan %s: %w", id, err)
	}
	return n > 0, nil
}

// DeletePlans forgets a plan that nobody confirmed within a day, and says whether there was one.
func DeletePlans(ctx context.Context, q pg.Querier) (gone bool, err error) {
	n, err := q.Exec(ctx, `DELETE FROM ca.plan WHERE id = (SELECT id FROM ca.plan
		WHERE confirmed_at IS NULL AND made_at < now() - interval '1 day' ORDER BY made_at LIMIT 1 FOR UPDATE SKIP LOCKED)`)
	if err != nil {
		return false, fmt.Errorf("forget unconfirmed plans: %w", err)
	}
	return n > 0, nil
}
