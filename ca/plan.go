package ca

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"time"

	"mais/ca/internal/store"
	"mais/certs"
	"mais/internal/pg"
)

// Plan is an act on a list of certificates. It is made with MakePlan, given its list with
// AddCertificates or AddLines, looked at with Preview, confirmed with ConfirmPlan and carried
// out with RunPlan; none of these asks whether whoever calls may.
type Plan struct {
	ID     string
	Act    string // hold, release or revoke
	Reason Reason // of a revocation
	Since  time.Time
	Note   string // for the audit, at most 200 bytes
	// Scope says who may see the plan, in the words of whoever made it.
	Scope       string
	Owner       certs.Identity // who made it
	By          string         // the owner's name
	MadeAt      time.Time
	ConfirmedAt time.Time // zero: it is not, and its list may grow
	Confirmed   Confirmation
	StoppedBy   string // who had the rest of it left undone
	FinishedAt  time.Time
}

// Confirmation is who confirmed a plan, and what they were told.
type Confirmation struct {
	By certs.Identity
	// With is the certificate that they had: when it ends, other than by the plan itself, the
	// rest of the plan is not done. Zero: they had none.
	With certs.Ref
	// As and Preview are JSON for whoever confirms and runs plans: how the audit is to name who
	// did it, and what they were told.
	As, Preview json.RawMessage
	// Spare are those of whom one must have a live certificate left: by this plan, and by all
	// that are under way. None: nobody is spared.
	Spare []certs.Identity
}

// Errors of plans.
var (
	// ErrNoPlan: there is no such plan.
	ErrNoPlan = errors.New("ca: no such plan")
	// ErrPlan: a plan does not take that: its act, reason or dates, a list that is too long or
	// was changed, more lines when it was confirmed, nothing to do.
	ErrPlan = errors.New("ca: the plan does not take that")
	// ErrSpared: none of Confirmation.Spare would have a live certificate left.
	ErrSpared = errors.New("ca: the plan spares nobody")
)

// MaxPlan is how many certificates and lines a plan may have.
const MaxPlan = 2_000_000

// MaxOpen is how many plans of one owner may wait to be confirmed: anybody may plan for their
// own certificates, and nobody is to fill the database with plans.
const MaxOpen = 100

// maxNote bounds a plan's note.
const maxNote = 200

// statusAfter is what an act makes of a certificate.
var statusAfter = map[string]certs.Status{"hold": certs.Held, "release": certs.Active, "revoke": certs.Revoked}

// MakePlan records a plan without a list. Of p the act, reason, dates, note, scope, owner and
// by are read. It returns ErrPlan with why for what no plan may be.
func (c *CA) MakePlan(ctx context.Context, p Plan) (id string, err error) {
	if err := c.checkPlan(p); err != nil {
		return "", fmt.Errorf("plan to %s: %w", p.Act, err)
	}
	row := store.Plan{
		Act: p.Act, Reason: int(p.Reason), InvalidityAt: p.Since, Note: p.Note, Scope: p.Scope, Owner: p.Owner.String(), By: p.By,
	}
	err = c.db.Transact(ctx, func(tx *pg.Tx) error {
		if err := store.LockIdentity(ctx, tx, row.Owner); err != nil {
			return err
		}
		open, err := store.OpenPlans(ctx, tx, row.Owner)
		if err == nil && open >= MaxOpen {
			err = fmt.Errorf("%w: %d plans of yours wait to be confirmed; they are forgotten after a day", ErrPlan, open)
		}
		if err == nil {
			id, err = store.InsertPlan(ctx, tx, row)
		}
		return err
	})
	return id, err
}

func (c *CA) checkPlan(p Plan) error {
	switch {
	case statusAfter[p.Act] == "":
		return fmt.Errorf("%w: no such act", ErrPlan)
	case p.Act == "revoke" && !p.Reason.revokes():
		return fmt.Errorf("%w: %s is not a reason to revoke", ErrPlan, p.Reason)
	case p.Act != "revoke" && (p.Reason != Unspecified || !p.Since.IsZero()):
		return fmt.Errorf("%w: only a revocation has a reason and an invalidity date", ErrPlan)
	case p.Since.After(c.now()):
		return fmt.Errorf("%w: an invalidity date lies behind us", ErrPlan)
	case len(p.Note) > maxNote || !OneLine(p.Note):
		return fmt.Errorf("%w: a note is one line of at most %d bytes", ErrPlan, maxNote)
	}
	return nil
}

// MaxFiltered is how many certificates a filter may add to a plan: they are added at once, and
// whoever asks waits for it.
const MaxFiltered = 100_000

// AddCertificates adds what a filter chooses to a plan that nobody has confirmed, and says how
// many that is. What chooses more than MaxFiltered, or would make the plan longer than MaxPlan,
// is ErrPlan, and adds nothing.
func (c *CA) AddCertificates(ctx context.Context, id string, f Filter) (added int, err error) {
	err = c.extend(ctx, id, func(tx *pg.Tx, last int) (int, error) {
		added, err = store.AddFiltered(ctx, tx, id, last, c.filter(f), MaxFiltered+1)
		if err == nil && added > MaxFiltered {
			err = fmt.Errorf("%w: a filter adds at most %d certificates; ask for fewer, or add their serials as lines", ErrPlan, MaxFiltered)
		}
		return added, err
	})
	return added, err
}

// Line is a line of a file of serials.
type Line struct {
	Number int    // in the file, from 1; 0 for what is in no file
	Text   string // a serial, or ISSUER/SERIAL
}

// AddLines adds what lines name to a plan that nobody has confirmed: of the identities that f
// is confined to, the rest of f is not read. Each line becomes an item, also when it names
// nothing; one that was added before changes nothing.
func (c *CA) AddLines(ctx context.Context, id string, f Filter, lines []Line) error {
	var typed store.Lines
	for _, l := range lines {
		issuer, serial, fault := readLine(l.Text)
		typed.Add(l.Number, cut(l.Text), issuer, serial, fault)
	}
	return c.extend(ctx, id, func(tx *pg.Tx, last int) (int, error) {
		return len(lines), store.AddLines(ctx, tx, id, last, c.filter(f), typed)
	})
}

// extend adds to the list of a plan that it has locked.
func (c *CA) extend(ctx context.Context, id string, add func(tx *pg.Tx, last int) (added int, err error)) error {
	return c.db.Transact(ctx, func(tx *pg.Tx) error {
		plan, err := lockPlan(ctx, tx, id)
		if err != nil {
			return err
		}
		if !plan.ConfirmedAt.IsZero() {
			return fmt.Errorf("%w: it was confirmed", ErrPlan)
		}
		last, err := store.LastItem(ctx, tx, id)
		if err != nil {
			return err
		}
		added, err := add(tx, last)
		if err == nil && last+added > MaxPlan {
			err = fmt.Errorf("%w: it would have more than %d certificates", ErrPlan, MaxPlan)
		}
		return err
	})
}

// ConfirmPlan lets a plan be carried out as it stands, with total certificates: if it has
// another number by now, that is ErrPlan. A plan under way stays as it was confirmed. Of one
// that has finished, what failed will be tried again, in the name of who confirms it now.
//
// Two that are confirmed at once wait for each other, so that the second counts as done what the
// first is to do: together they might leave those with nothing whom each alone would spare. That
// is ErrSpared.
func (c *CA) ConfirmPlan(ctx context.Context, id string, total int, confirmed Confirmation) error {
	return c.db.Transact(ctx, func(tx *pg.Tx) error {
		if err := store.LockIdentity(ctx, tx, "confirmation"); err != nil { // no identity: others that confirm wait
			return err
		}
		plan, err := lockPlan(ctx, tx, id)
		if err != nil {
			return err
		}
		results, err := store.Results(ctx, tx, id)
		if err != nil {
			return err
		}
		switch n, _ := Certificates(results); {
		case n == 0:
			return fmt.Errorf("%w: there is no certificate in it", ErrPlan)
		case n != total:
			return fmt.Errorf("%w: its list has changed", ErrPlan)
		case !plan.ConfirmedAt.IsZero() && (plan.FinishedAt.IsZero() || results[Failed] == 0):
			return nil
		}
		if err := c.spares(ctx, tx, plan, confirmed.Spare); err != nil {
			return err
		}
		return store.ConfirmPlan(ctx, tx, store.Plan{
			ID: id, ConfirmedBy: confirmed.By.String(), ConfirmedWith: confirmed.With, ConfirmedAs: confirmed.As, Preview: confirmed.Preview,
		})
	})
}

// spares reports by its error whether a plan that is about to be confirmed leaves none of some
// with a live certificate.
func (c *CA) spares(ctx context.Context, tx *pg.Tx, plan store.Plan, some []certs.Identity) error {
	if len(some) == 0 || plan.Act == "release" {
		return nil
	}
	spared, err := store.Spared(ctx, tx, plan.ID, identityTexts(some), c.now())
	if err == nil && len(spared) == 0 {
		err = ErrSpared
	}
	return err
}

// DiscardPlan forgets a plan that nobody has confirmed. It returns ErrNoPlan, or ErrPlan for one
// that was confirmed: that is kept.
func (c *CA) DiscardPlan(ctx context.Context, id string) error {
	gone, err := store.DeletePlan(ctx, c.db, id)
	if err != nil || gone {
		return err
	}
	if _, err := c.GetPlan(ctx, id); err != nil {
		return err
	}
	return fmt.Errorf("%w: it was confirmed, and is kept", ErrPlan)
}

func lockPlan(ctx context.Context, tx *pg.Tx, id string) (store.Plan, error) {
	plan, err := store.LockPlan(ctx, tx, id)
	if errors.Is(err, pg.ErrNoRows) {
		err = ErrNoPlan
	}
	return plan, err
}

// GetPlan returns a plan, or ErrNoPlan.
func (c *CA) GetPlan(ctx context.Context, id string) (Plan, error) {
	row, err := store.ReadPlan(ctx, c.db, id)
	if errors.Is(err, pg.ErrNoRows) {
		return Plan{}, ErrNoPlan
	}
	if err != nil {
		return Plan{}, err
	}
	return planOf(row)
}

// PlansOf chooses plans: everybody's, or those of a scope and, in OwnScope, an owner's.
type PlansOf struct {
	Everybody bool
	Scope     string
	Owner     certs.Identity
	OwnScope  string
}

// Plans returns the plans that of chooses, newest first: at most limit.
func (c *CA) Plans(ctx context.Context, of PlansOf, limit int) ([]Plan, error) {
	scope := of.Scope
	if scope == of.OwnScope {
		scope = "" // not everybody's own
	}
	return plansOf(store.Plans(ctx, c.db, of.Everybody, scope, of.Owner.String(), of.OwnScope, limit))
}

// PlansUnderWay returns the plans that were confirmed and are not finished.
func (c *CA) PlansUnderWay(ctx context.Context) ([]Plan, error) {
	return plansOf(store.PlansUnderWay(ctx, c.db))
}

// SweepPlans forgets the plans that nobody confirmed within a day, and says how many.
func (c *CA) SweepPlans(ctx context.Context) (n int, err error) {
	for ; ; n++ {
		gone, err := store.DeletePlans(ctx, c.db)
		if err != nil || !gone {
			return n, err
		}
	}
}

func plansOf(rows []store.Plan, err error) (plans []Plan, _ error) {
	if err != nil {
		return nil, err
	}
	for _, row := range rows {
		p, err := planOf(row)
		if err != nil {
			return nil, err
		}
		plans = append(plans, p)
	}
	return plans, nil
}

func planOf(row store.Plan) (Plan, error) {
	p := Plan{
		ID: row.ID, Act: row.Act, Reason: Reason(row.Reason), Since: row.InvalidityAt, Note: row.Note, Scope: row.Scope, By: row.By,
		MadeAt: row.MadeAt, ConfirmedAt: row.ConfirmedAt, FinishedAt: row.FinishedAt,
		Confirmed: Confirmation{With: row.ConfirmedWith, As: row.ConfirmedAs, Preview: row.Preview}, StoppedBy: row.StoppedBy,
	}
	var err error
	if p.Owner, err = certs.ParseIdentity(row.Owner); err == nil && row.ConfirmedBy != "" {
		p.Confirmed.By, err = certs.ParseIdentity(row.ConfirmedBy)
	}
	return p, err
}

// Certificates returns how many certificates a plan has, given its results, and how many lines
// that name none.
func Certificates(results map[string]int) (certificates, others int) {
	for result, n := range results {
		if slices.Contains([]string{store.Unknown, store.BadLine, store.Duplicate}, result) {
			others += n
		} else {
			certificates += n
		}
	}
	return certificates, others
}
