package ca

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"mais/ca/internal/store"
	"mais/certs"
	"mais/internal/pg"
)

// halted says why a plan ends here; all that waits of it fails, for the same reason.
type halted string

func (h halted) Error() string { return "ca: the plan was halted: " + string(h) }

// StopPlan has the rest of a plan under way left undone, on whichever node it runs: what waits
// fails, and can be done when somebody confirms the plan again. by says who had it stopped.
// ErrPlan is of a plan that is not under way, or that somebody had stopped before.
func (c *CA) StopPlan(ctx context.Context, id, by string) error {
	plan, err := c.GetPlan(ctx, id)
	if err != nil {
		return err
	}
	stopped, err := store.StopPlan(ctx, c.db, id, by)
	if err == nil && !stopped {
		err = fmt.Errorf("%w: it is not under way", ErrPlan)
	}
	if err != nil {
		return err
	}
	if err := store.SetAll(ctx, c.db, store.PlanRun{Plan: id, ConfirmedAt: plan.ConfirmedAt}, Failed, stoppedBy(by)); err != nil {
		return err
	}
	_, err = c.finish(ctx, id)
	return err
}

func stoppedBy(by string) string { return "The plan was stopped by " + by + "." }

// take locks an item, when the plan still goes on as it was confirmed.
func (r *run) take(ctx context.Context, tx *pg.Tx, n int) error {
	err := store.LockItem(ctx, tx, r.plan.ID, n)
	if errors.Is(err, pg.ErrNoRows) {
		return errTaken
	}
	if err != nil {
		return err
	}
	g, err := store.ReadGrounds(ctx, tx, r.as, r.ca.now())
	switch {
	case errors.Is(err, pg.ErrNoRows):
		return errAgain
	case err != nil:
		return err
	case g.StoppedBy != "":
		return halted(stoppedBy(g.StoppedBy))
	case !g.Active:
		return halted(tokenEnded)
	}
	return nil
}

// own reports whether a certificate, as it was when it was locked, is the live one that the
// plan was confirmed with.
func (r *run) own(c store.Certificate) bool {
	return c.Ref == r.plan.Confirmed.With && c.Status == string(certs.Active)
}

// refused reports whether the schema refused a change (SQLSTATE classes 22 and 23).
func refused(err error) bool {
	var sql interface {
		error
		SQLState() string
	}
	return errors.As(err, &sql) && (strings.HasPrefix(sql.SQLState(), "22") || strings.HasPrefix(sql.SQLState(), "23"))
}
