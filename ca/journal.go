package ca

import (
	"context"
	"time"

	"mais/ca/internal/journal"
	"mais/ca/internal/keeper"
	"mais/ca/internal/store"
	"mais/certs"
	"mais/internal/pg"
)

// What takes away is on disk in the journal, outside the database, before the transaction
// that does it commits; what gives back is written after. A database that is restored from
// before is told again what was taken away: see package keeper, and Replay.
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
		if err := c.keeper.Write(ctx, tx, e); err != nil {
			return err
		}
	}
	return nil
}

// takeCodes does the same for orders whose codes tx cancels. While the database may be an older
// one, in which a spent code is good again, it refuses.
func (c *CA) takeCodes(ctx context.Context, tx *pg.Tx, orders []string) error {
	if err := c.keeper.Closed(); err != nil {
		return err
	}
	return c.keeper.Write(ctx, tx, store.JournalEntry{Kind: string(journal.Spend), Orders: orders})
}

// takeCode is takeCodes for the order that tx has spent, when before was read.
func (c *CA) takeCode(ctx context.Context, tx *pg.Tx, order string, a keeper.Asked, before store.BeforeEntry) error {
	if err := c.keeper.Closed(); err != nil {
		return err
	}
	return c.keeper.Enter(ctx, tx, store.JournalEntry{Kind: string(journal.Spend), Orders: []string{order}}, a, before)
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
	return c.keeper.Note(e)
}
