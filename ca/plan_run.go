package ca

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"
	"unicode"
	"unicode/utf8"

	"mais/ca/internal/store"
	"mais/certs"
	"mais/internal/pg"
)

// The results of an item that names a certificate.
const (
	Waiting    = store.Waiting
	Done       = "done"
	Already    = "already"
	NotAllowed = "not-allowed"
	Failed     = "failed"
)

const (
	runBatch   = 100             // items that are read at a time
	tellEvery  = 2 * time.Second // between the lists of what a long plan has changed; nodes follow by themselves
	maxFaults  = 5               // one after another, after which the run is given up for now
	notYours   = "It is no longer yours to administer."
	powerLost  = "Who confirmed the plan no longer administers these certificates."
	tokenEnded = "The certificate that the plan was confirmed with is no longer good."
	faultFound = "A fault kept it from being done."
)

// ErrPowerLost is what a Permit returns when whoever confirmed a plan may no longer do any of
// it: all that waits of it fails, and can be done when somebody else confirms.
var ErrPowerLost = errors.New("ca: who confirmed the plan may not do it any more")

// Permit says whether whoever confirmed a plan may still do this to a certificate of identity,
// and under which context its acts are recorded. An error stops the run.
type Permit func(ctx context.Context, identity certs.Identity) (permitted bool, err error)

var (
	// errTaken: another has the item in hand, or has done it.
	errTaken = errors.New("ca: the item is taken")
	// errAgain: the plan was confirmed once more since the run began.
	errAgain = errors.New("ca: the plan was confirmed again")
)

// RunPlan carries a confirmed plan out, for about as long as the budget: each certificate in a
// transaction of its own, which records its result as well, so that it may be stopped anywhere
// and run again, also by several nodes at once. ctx is given to Options.Record with each act.
// It returns whether the plan has come to its end; when it has not, it goes on where the next
// run begins.
func (c *CA) RunPlan(ctx context.Context, id string, budget time.Duration, permit Permit) (finished bool, err error) {
	plan, err := c.GetPlan(ctx, id)
	if err != nil || !plan.FinishedAt.IsZero() {
		return err == nil, err
	}
	r := &run{
		ca: c, plan: plan, as: store.PlanRun{Plan: id, ConfirmedAt: plan.ConfirmedAt}, permit: permit, until: time.Now().Add(budget), told: time.Now(),
	}
	err = r.all(ctx)
	c.tell(ctx, r.changed)
	var why halted
	switch {
	case errors.Is(err, errAgain):
		err = nil // the next run is of that
	case errors.As(err, &why):
		err = store.SetAll(ctx, c.db, r.as, Failed, string(why))
	}
	if err != nil {
		return false, err
	}
	return c.finish(ctx, id)
}

// finish ends a plan of which nothing waits, and reports whether it has come to its end. Of
// several that find so at once one ends it, and tells Options.PlanEnded in the same transaction.
func (c *CA) finish(ctx context.Context, id string) (bool, error) {
	err := c.db.Transact(ctx, func(tx *pg.Tx) error {
		mine, err := store.FinishPlan(ctx, tx, id)
		if err != nil || !mine || c.planEnded == nil {
			return err
		}
		return c.tellEnd(ctx, tx, id)
	})
	if err != nil {
		return false, err
	}
	plan, err := c.GetPlan(ctx, id) // another may have
	return err == nil && !plan.FinishedAt.IsZero(), err
}

func (c *CA) tellEnd(ctx context.Context, tx *pg.Tx, id string) error {
	row, err := store.ReadPlan(ctx, tx, id)
	if err != nil {
		return err
	}
	plan, err := planOf(row)
	if err != nil {
		return err
	}
	results, err := store.Results(ctx, tx, id)
	if err == nil {
		err = c.planEnded(ctx, tx, plan, results)
	}
	if err != nil {
		return fmt.Errorf("record the end of plan %s: %w", id, err)
	}
	return nil
}

// run is one go at a plan.
type run struct {
	ca      *CA
	plan    Plan
	as      store.PlanRun // in whose name
	permit  Permit
	until   time.Time
	told    time.Time
	changed []store.Certificate // and not told yet
	faults  int                 // one after another
	fault   error               // the last after which an item goes on waiting
}

func (r *run) all(ctx context.Context) error {
	for after := 0; ; {
		items, err := store.Items(ctx, r.ca.db, r.plan.ID, after, runBatch, true)
		if err != nil {
			return err
		}
		if len(items) == 0 {
			return r.fault
		}
		for _, item := range items {
			if err := r.one(ctx, item); err != nil {
				return err
			}
			if after = item.N; time.Now().After(r.until) {
				return r.fault
			}
		}
	}
}

// one carries out one item, unless another has it.
func (r *run) one(ctx context.Context, item store.PlanItem) error {
	identity, err := certs.ParseIdentity(item.Identity)
	if err != nil {
		return err
	}
	permitted, err := r.permit(ctx, identity)
	switch {
	case errors.Is(err, ErrPowerLost):
		return halted(powerLost)
	case err != nil:
		return err
	case !permitted:
		return r.set(ctx, r.ca.db, item.N, store.ItemResult{Result: NotAllowed, Detail: notYours})
	}
	changed, err := r.ca.alter(ctx, item.Ref, r.change(item))
	var why notAllowed
	switch {
	case err == nil, errors.Is(err, ErrAlready):
		r.faults = 0
		r.tell(ctx, changed)
		return nil
	case errors.Is(err, errTaken):
		return nil
	case errors.As(err, &why):
		return r.set(ctx, r.ca.db, item.N, store.ItemResult{Result: NotAllowed, Detail: sentence(string(why))})
	case ctx.Err() != nil, errors.As(err, new(halted)), errors.Is(err, errAgain), errors.Is(err, ErrJournal), errors.Is(err, ErrStale):
		return err
	}
	return r.failed(ctx, item.N, err)
}

// change is what becomes of an item: its result commits with it.
func (r *run) change(item store.PlanItem) change {
	ch := change{to: statusAfter[r.plan.Act], reason: r.plan.Reason, since: r.plan.Since, by: r.plan.Confirmed.By.String()}
	if ch.to == certs.Held {
		ch.reason = certificateHold
	}
	ch.first = func(ctx context.Context, tx *pg.Tx) error { return r.take(ctx, tx, item.N) }
	ch.settle = func(ctx context.Context, tx *pg.Tx, changed []store.Certificate, already bool) (err error) {
		result := store.ItemResult{Result: Done, Own: ch.to != certs.Active && slices.ContainsFunc(changed, r.own)}
		if already {
			result.Result = Already
			if result.Detail, err = otherReason(ctx, tx, item.Ref, ch); err != nil {
				return err
			}
		} else if before := changed[0]; raised(before, ch.to, ch.reason) {
			result.Detail = revokedBefore(before) + ": keyCompromise is its reason now."
		}
		return r.set(ctx, tx, item.N, result)
	}
	return ch
}

// otherReason says that what was revoked before keeps its reason, where that is not the one that is wanted now.
func otherReason(ctx context.Context, tx *pg.Tx, ref certs.Ref, ch change) (string, error) {
	cert, err := store.Read(ctx, tx, ref)
	if err != nil || ch.to != certs.Revoked || Reason(cert.Reason.Int16) == ch.reason {
		return "", err
	}
	return revokedBefore(cert) + ", which stays its reason.", nil
}

func revokedBefore(cert store.Certificate) string {
	return "It was revoked before, for " + Reason(cert.Reason.Int16).String()
}

func (r *run) set(ctx context.Context, q pg.Querier, n int, result store.ItemResult) error {
	return store.SetResult(ctx, q, r.as, n, result)
}

// failed deals with a fault. What the schema refuses is of one certificate, which has failed
// then. After anything else the item goes on waiting, and after several in a row the run is
// given up: the next look tries once more.
func (r *run) failed(ctx context.Context, n int, fault error) error {
	r.ca.log.ErrorContext(ctx, "a certificate of a plan could not be changed", "plan", r.plan.ID, "item", n, "error", fault)
	if r.faults++; r.faults >= maxFaults {
		return fault
	}
	if !refused(fault) {
		r.fault = fault
		return nil
	}
	return r.set(ctx, r.ca.db, n, store.ItemResult{Result: Failed, Detail: faultFound})
}

// tell makes what has changed known, now and then: each time costs a list.
func (r *run) tell(ctx context.Context, changed []store.Certificate) {
	if r.changed = append(r.changed, changed...); time.Since(r.told) > tellEvery {
		r.ca.tell(ctx, r.changed)
		r.changed, r.told = nil, time.Now()
	}
}

// sentence makes one of a clause.
func sentence(clause string) string {
	first, size := utf8.DecodeRuneInString(clause)
	return string(unicode.ToUpper(first)) + clause[size:] + "."
}
