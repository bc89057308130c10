package ca

import (
	"context"
	"fmt"
	"time"

	"mais/ca/internal/journal"
	"mais/ca/internal/store"
	"mais/certs"
	"mais/internal/pg"
)

// What takes away is on disk in the journal, outside the database, before the transaction
// that does it commits; what gives back is written after. A database that is restored from
// before is told again what was taken away: see guardJournal and Replay.
//
// An entry whose transaction then fails counts nevertheless if a crash comes before the
// journal says that it is void: what an administrator saw fail is then taken away after a
// restore. That is the safe side.

// kinds are what entries say of a change to a status.
var kinds = map[certs.Status]journal.Kind{certs.Held: journal.Hold, certs.Revoked: journal.Revoke, certs.Superseded: journal.Supersede}

// takeAway writes into the journal, and onto disk, that tx is about to hold, revoke or
// supersede certificates. It comes last in tx, before the commit; its error stops the act.
func (c *CA) takeAway(ctx context.Context, tx *pg.Tx, changed []store.Certificate, to certs.Status, since time.Time) error {
	for len(changed) > 0 {
		part := changed[:min(len(changed), journal.MaxWhat)]
		changed = changed[len(part):]
		e := store.JournalEntry{Kind: string(kinds[to]), Since: since}
		for _, cert := range part {
			e.Refs = append(e.Refs, cert.Ref)
		}
		if err := c.keeper.write(ctx, tx, e); err != nil {
			return err
		}
	}
	return nil
}

// takeCodes does the same for orders whose codes tx cancels. While the database may be an older
// one, in which a spent code is good again, it refuses.
func (c *CA) takeCodes(ctx context.Context, tx *pg.Tx, orders []string) error {
	if err := c.keeper.shut(); err != nil {
		return err
	}
	return c.keeper.write(ctx, tx, store.JournalEntry{Kind: string(journal.Spend), Orders: orders})
}

// takeCode is takeCodes for the order that tx has spent, when before was read.
func (c *CA) takeCode(ctx context.Context, tx *pg.Tx, order string, a asked, before store.BeforeEntry) error {
	if err := c.keeper.shut(); err != nil {
		return err
	}
	return c.keeper.enter(ctx, tx, store.JournalEntry{Kind: string(journal.Spend), Orders: []string{order}}, a, before)
}

// giveBack writes into the journal that holds were lifted, after the commit: what is lost of
// this is held again, which is safe. holds were read in the transaction that lifted them: one
// that came after it is not lifted.
func (c *CA) giveBack(ctx context.Context, released certs.Ref, holds []store.EntryName) {
	if err := c.lift(released, holds); err != nil {
		c.log.WarnContext(ctx, "a release is not in the journal: a restore would hold the certificate again", "certificate", released.String(), "error", err)
	}
}

func (c *CA) lift(released certs.Ref, holds []store.EntryName) error {
	e := journal.Entry{Kind: journal.Release, What: []string{released.String()}}
	for _, h := range holds[max(0, len(holds)-journal.MaxWhat):] {
		e.Lifts = append(e.Lifts, journal.Name(h))
	}
	if len(e.Lifts) == 0 {
		return nil // it was held by plain SQL
	}
	return c.keeper.note(e)
}

// write writes an entry for tx, and records in tx that it was.
func (k *keeper) write(ctx context.Context, tx *pg.Tx, e store.JournalEntry) error {
	asked := k.unsettled()
	var first certs.Ref
	if len(e.Refs) > 0 {
		first = e.Refs[0]
	}
	before, err := store.ReadBeforeEntry(ctx, tx, asked.transactions, first)
	if err != nil {
		return err
	}
	return k.enter(ctx, tx, e, asked, before)
}

// enter is write with what was read in tx.
func (k *keeper) enter(ctx context.Context, tx *pg.Tx, e store.JournalEntry, a asked, before store.BeforeEntry) error {
	if err := k.settle(before.Place, a, before.Outcomes); err != nil {
		return err
	}
	head, err := k.journal.Append(journal.Entry{
		Kind: journal.Kind(e.Kind), What: whatOf(e), Reason: before.Reason, Since: given(e.Since), By: clip(before.By),
	})
	if err != nil {
		return fmt.Errorf("%w: %w", ErrJournal, err)
	}
	e.Journal, e.Number, e.Hash = head.Journal, head.Number, head.Hash[:]
	return store.Enter(ctx, tx, e, k.placed(head, before.Transaction))
}

// note writes an entry that belongs to no transaction.
func (k *keeper) note(e journal.Entry) error {
	head, err := k.journal.Append(e)
	if err != nil {
		return fmt.Errorf("%w: %w", ErrJournal, err)
	}
	k.placed(head, "")
	return nil
}

// given is a time in UTC, or nil for none.
func given(t time.Time) *time.Time {
	if t.IsZero() {
		return nil
	}
	return utc(t)
}

func whatOf(e store.JournalEntry) []string {
	what := append([]string{}, e.Orders...)
	for _, ref := range e.Refs {
		what = append(what, ref.String())
	}
	return what
}

// clip shortens what is for people only.
func clip(s string) string { return s[:min(len(s), 320)] }
