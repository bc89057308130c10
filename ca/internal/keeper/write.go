package keeper

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

// ErrJournal: the journal could not be written, and so nothing was taken away.
var ErrJournal = errors.New("ca: the journal cannot be written")

// Write writes an entry for tx, and records in tx that it was.
func (k *Keeper) Write(ctx context.Context, tx *pg.Tx, e store.JournalEntry) error {
	asked := k.Unsettled()
	var first certs.Ref
	if len(e.Refs) > 0 {
		first = e.Refs[0]
	}
	before, err := store.ReadBeforeEntry(ctx, tx, asked.Transactions, first)
	if err != nil {
		return err
	}
	return k.Enter(ctx, tx, e, asked, before)
}

// Enter is Write with what was read in tx.
func (k *Keeper) Enter(ctx context.Context, tx *pg.Tx, e store.JournalEntry, a Asked, before store.BeforeEntry) error {
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

// Note writes an entry that belongs to no transaction.
func (k *Keeper) Note(e journal.Entry) error {
	head, err := k.journal.Append(e)
	if err != nil {
		return fmt.Errorf("%w: %w", ErrJournal, err)
	}
	k.placed(head, "")
	return nil
}

// Withdraw writes, for tx, that things are taken away which only others understand.
func (k *Keeper) Withdraw(ctx context.Context, tx *pg.Tx, by string, what []string) (in string, number int64, err error) {
	asked := k.Unsettled()
	before, err := store.ReadBeforeWithdrawal(ctx, tx, asked.Transactions)
	if err != nil {
		return "", 0, err
	}
	if err := k.settle(before.Place, asked, before.Outcomes); err != nil {
		return "", 0, err
	}
	head, err := k.journal.Append(journal.Entry{Kind: journal.Withdraw, What: what, By: clip(by)})
	if err != nil {
		return "", 0, fmt.Errorf("%w: %w", ErrJournal, err)
	}
	k.placed(head, before.Transaction) // the head goes up with the next look, when it is known that tx was committed
	return head.Journal, head.Number, store.EnterWithdrawal(ctx, tx, store.EntryName(head.Name), head.Hash[:])
}

// given is a time in UTC, or nil for none.
func given(t time.Time) *time.Time {
	if t.IsZero() {
		return nil
	}
	t = t.UTC()
	return &t
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
