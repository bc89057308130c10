package ca

import (
	"context"
	"errors"
	"fmt"
	"time"

	"mais/ca/internal/journal"
	"mais/ca/internal/store"
	"mais/certs"
	"mais/internal/pg"
)

// quarantineBatch is how many certificates one transaction puts on hold.
const quarantineBatch = 500

// Approvals is how many different administrators approve a quarantine before anything in it
// can be released; the schema holds the same number.
const Approvals = 2

// ours are the profiles of the service's own certificates, which it issues itself.
var ours = []string{string(certs.ServerNode), string(certs.OCSPSigner), string(certs.ReceiptSigner)}

// Quarantine is everything that was issued before a journal was declared lost.
type Quarantine struct {
	ID         int64
	MadeAt     time.Time
	MadeBy     string
	FinishedAt time.Time // when all was on hold; zero: it is not yet, and nobody is served
	Total      int       // certificates in it
	Held       int       // of these, still on hold
	Approved   []certs.Identity
}

// Releasable reports whether what is in it may be released.
func (q Quarantine) Releasable() bool { return len(q.Approved) >= Approvals }

// DeclareLost gives up the journals whose entries are missing. Since nobody knows what was
// taken away, everything that was issued before is put on hold, in a quarantine; codes that
// are open are cancelled, passwords forgotten, and the service's own certificates superseded: its
// nodes are to be started anew. Then the service opens. It may be interrupted: called again it goes on.
// progress, if not nil, is told how many certificates are done. by says who did it, for the
// audit; it is for whoever works at the host.
func (c *CA) DeclareLost(ctx context.Context, by string, progress func(done int)) (Quarantine, error) {
	q, err := c.declareLost(ctx, by, progress)
	if err != nil {
		return Quarantine{}, fmt.Errorf("declare the journal lost: %w", err)
	}
	all, err := c.Quarantines(ctx)
	for _, made := range all {
		if made.ID == q.ID {
			return made, nil
		}
	}
	return Quarantine{}, err
}

func (c *CA) declareLost(ctx context.Context, by string, progress func(done int)) (q store.Quarantine, err error) {
	if _, err := c.replay(ctx, nil, nil); err != nil { // what can be known is done first
		return q, err
	}
	if q, err = c.openQuarantine(ctx, by); err != nil {
		return q, err
	}
	done := 0
	for _, step := range []func(context.Context, store.Quarantine) (int, error){c.holdSuspects, c.supersedeOurs, c.cancelOpen, c.forgetSuspects} {
		for n := 1; n > 0; {
			if n, err = step(ctx, q); err != nil {
				return q, err
			}
			if done += n; progress != nil {
				progress(done)
			}
		}
	}
	err = c.db.Transact(ctx, func(tx *pg.Tx) error {
		finished, err := store.FinishQuarantine(ctx, tx, q.ID)
		if err != nil || !finished {
			return err
		}
		return c.report(ctx, tx, Act{What: "quarantine", By: by, Note: fmt.Sprintf("quarantine %d: all is on hold", q.ID)})
	})
	if err != nil {
		return q, err
	}
	return q, c.feed.Refresh(ctx)
}

// openQuarantine takes the database as it is from now on.
func (c *CA) openQuarantine(ctx context.Context, by string) (q store.Quarantine, err error) {
	look, err := c.keeper.Look(ctx)
	if err != nil {
		return q, err
	}
	missing, memory := c.keeper.Adopt(look)
	for _, h := range missing {
		if _, err := c.keeper.NoteHead(ctx, h, by); err != nil {
			return q, err
		}
	}
	err = c.db.Transact(ctx, func(tx *pg.Tx) error {
		lost, err := store.DeclareHeadsLost(ctx, tx, by)
		if err != nil {
			return err
		}
		for _, name := range lost {
			if err := c.report(ctx, tx, Act{What: "journal-lost", By: by, Note: fmt.Sprintf("%s up to entry %d", name.Journal, name.Number)}); err != nil {
				return err
			}
		}
		if q, err = store.OpenQuarantine(ctx, tx, by); err != nil {
			return err
		}
		if err := store.SetJournalPlace(ctx, tx, look.Place); err != nil {
			return err
		}
		return c.report(ctx, tx, Act{What: "quarantine", By: by, Note: fmt.Sprintf("quarantine %d: everything issued before it is put on hold", q.ID)})
	})
	if err != nil {
		return q, err
	}
	return q, c.keeper.Save(memory)
}

// holdSuspects puts a batch of people's and sites' certificates on hold.
func (c *CA) holdSuspects(ctx context.Context, q store.Quarantine) (n int, err error) {
	err = c.db.Transact(ctx, func(tx *pg.Tx) error {
		found, err := store.LockSuspects(ctx, tx, q, ours, false, quarantineBatch)
		if err != nil {
			return err
		}
		n = len(found)
		if err := c.set(ctx, tx, activeOf(found), change{to: certs.Held, reason: certificateHold, by: q.MadeBy}); err != nil {
			return err
		}
		return store.AddQuarantined(ctx, tx, q.ID, refsOf(found))
	})
	return n, err
}

// supersedeOurs ends a batch of the service's own certificates. One that is on hold stays so.
func (c *CA) supersedeOurs(ctx context.Context, q store.Quarantine) (n int, err error) {
	err = c.db.Transact(ctx, func(tx *pg.Tx) error {
		found, err := store.LockSuspects(ctx, tx, q, ours, true, quarantineBatch)
		if err != nil {
			return err
		}
		n = len(found)
		if err := c.set(ctx, tx, activeOf(found), change{to: certs.Superseded, reason: ReasonSuperseded, by: q.MadeBy}); err != nil {
			return err
		}
		return store.AddQuarantined(ctx, tx, q.ID, refsOf(found))
	})
	return n, err
}

// cancelOpen cancels a batch of the codes that are open: one that was spent may be open again.
func (c *CA) cancelOpen(ctx context.Context, q store.Quarantine) (n int, err error) {
	err = c.db.Transact(ctx, func(tx *pg.Tx) error {
		ids, err := store.OpenOrders(ctx, tx, q.MadeAt, quarantineBatch)
		if n = len(ids); err != nil || n == 0 {
			return err
		}
		for _, id := range ids {
			if _, err := store.CancelOrder(ctx, tx, id); err != nil {
				return err
			}
		}
		return c.keeper.Write(ctx, tx, store.JournalEntry{Kind: string(journal.Spend), Orders: ids})
	})
	return n, err
}

func activeOf(found []store.Certificate) (active []store.Certificate) {
	for _, cert := range found {
		if cert.Status == string(certs.Active) {
			active = append(active, cert)
		}
	}
	return active
}

func refsOf(found []store.Certificate) (refs []certs.Ref) {
	for _, cert := range found {
		refs = append(refs, cert.Ref)
	}
	return refs
}

// ApproveQuarantine records that an administrator has looked into a quarantine and lets what
// is in it be released, once another one has too. Whether by is an administrator is the
// caller's to know. It returns ErrUnknown for a quarantine that is not there or not finished,
// and ErrAlready for a second approval by the same.
func (c *CA) ApproveQuarantine(ctx context.Context, id int64, by certs.Identity) error {
	if by.Kind() != certs.User {
		return fmt.Errorf("approve quarantine %d: %w", id, ErrNotAllowed)
	}
	err := c.db.Transact(ctx, func(tx *pg.Tx) error {
		fresh, err := store.Approve(ctx, tx, id, by.String())
		switch {
		case errors.Is(err, pg.ErrNoRows):
			return ErrUnknown
		case err != nil:
			return err
		case !fresh:
			return ErrAlready
		}
		return c.report(ctx, tx, Act{What: "quarantine-approve", Identity: by, By: by.String(), Note: fmt.Sprintf("quarantine %d", id)})
	})
	if err != nil {
		return fmt.Errorf("approve quarantine %d: %w", id, err)
	}
	return nil
}

// Quarantines returns all quarantines, newest first.
func (c *CA) Quarantines(ctx context.Context) ([]Quarantine, error) {
	rows, err := store.Quarantines(ctx, c.db)
	if err != nil {
		return nil, err
	}
	var all []Quarantine
	for _, r := range rows {
		q := Quarantine{ID: r.ID, MadeAt: r.MadeAt, MadeBy: r.MadeBy, FinishedAt: r.FinishedAt.Time, Total: r.Total, Held: r.Held}
		for _, text := range r.Approved {
			who, err := certs.ParseIdentity(text)
			if err != nil {
				return nil, fmt.Errorf("quarantine %d: approved by %q: %w", r.ID, text, err)
			}
			q.Approved = append(q.Approved, who)
		}
		all = append(all, q)
	}
	return all, nil
}

// inQuarantine says why a certificate may not be released yet; the schema refuses it too.
func inQuarantine(ctx context.Context, tx *pg.Tx, ref certs.Ref, to certs.Status) error {
	if to != certs.Active {
		return nil
	}
	waits, err := store.InQuarantine(ctx, tx, ref, Approvals)
	if err == nil && waits {
		return notAllowed("it is in quarantine until two administrators have approved that")
	}
	return err
}
