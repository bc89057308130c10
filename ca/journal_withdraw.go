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

// MaxWithdrawn is how many things Withdraw takes at once.
const MaxWithdrawn = journal.MaxWhat

// Thing is one thing that was taken away again.
type Thing struct {
	Name  string
	Words string         // what it is, for people
	By    string         // who took it first, for people
	Of    certs.Identity // whom it was taken from; zero: nobody in particular
}

// Withdrawn is what lies beside the CA and is kept in its journal, by names that only it understands:
// who may come in, from where, and as what.
type Withdrawn interface {
	// WithdrawAgain takes away within tx, logged in as pg.CA, what an entry of a journal names, and
	// returns what of it was there. A name that it does not understand is an error; one of what is
	// not there is none. It gives nothing, and may run again.
	WithdrawAgain(ctx context.Context, tx *pg.Tx, names []string, by, journal string, number int64) (taken []Thing, err error)
	// BeginAnew says within tx, logged in as pg.CA, that the database is another than it was: whoever
	// remembers something of it reads that again.
	BeginAnew(ctx context.Context, tx *pg.Tx) error
	// EndSessions ends within tx, logged in as pg.CA, every session of a database that is another or older
	// than it was, and discards what waits there for somebody's approval: nobody knows which of them their holders
	// had ended, or what was refused. It returns how many sessions lived.
	EndSessions(ctx context.Context, tx *pg.Tx) (ended int, err error)
	// Forget takes away within tx, logged in as pg.CA, some of what was made before a time, since nobody
	// knows what of it is good after a journal was lost, and has write enter that. It returns how
	// much it was; nothing is left when that is 0.
	Forget(ctx context.Context, tx *pg.Tx, before time.Time, write Write) (n int, err error)
}

// Write is what Withdraw does.
type Write func(ctx context.Context, tx *pg.Tx, by string, what []string) (journal string, number int64, err error)

// Withdraw writes into the journal, and onto disk, that tx is about to take things away, and records
// in tx that it did; at most MaxWithdrawn of them. It comes last in tx, of whatever login role, before
// the commit; its error stops the act. While the database may be an older one, it refuses.
func (c *CA) Withdraw(ctx context.Context, tx *pg.Tx, by string, what []string) (in string, number int64, err error) {
	if err := c.keeper.Closed(); err != nil {
		return "", 0, err
	}
	return c.keeper.Withdraw(ctx, tx, by, what)
}

// Restore writes into the journal, after the commit, that things which an entry of Withdraw names
// were given back. What is lost of this is taken away again after a restore, which is safe.
func (c *CA) Restore(_ context.Context, of string, number int64, what []string) error {
	if err := c.keeper.Closed(); err != nil {
		return err
	}
	return c.keeper.Note(journal.Entry{Kind: journal.Grant, What: what, Lifts: []journal.Name{{Journal: of, Number: number}}})
}

// withdrawAgain does again what an entry of Withdraw says, and records that it is done.
func (c *CA) withdrawAgain(ctx context.Context, tx *pg.Tx, e journal.Entry) (changed int, err error) {
	if c.withdrawn == nil {
		return 0, errors.New("nobody here knows what it names")
	}
	taken, err := c.withdrawn.WithdrawAgain(ctx, tx, e.What, e.By, e.Journal, e.Number)
	if err != nil {
		return 0, err
	}
	for _, thing := range taken {
		act := Act{What: "withdraw", Identity: thing.Of, Name: thing.Words, By: e.By, Note: fmt.Sprintf(
			"a restored database had it still; %s took it away on %s already (journal %s, entry %d: %s)", thing.By, e.At.UTC().Format(time.RFC3339), e.Journal, e.Number, thing.Name)}
		if err := c.report(ctx, tx, act); err != nil {
			return 0, err
		}
	}
	return len(taken), store.EnterWithdrawal(ctx, tx, store.EntryName(e.Name), e.Hash[:])
}

// forgetSuspects forgets a batch of what lies beside the CA, when a journal was lost.
func (c *CA) forgetSuspects(ctx context.Context, q store.Quarantine) (n int, err error) {
	if c.withdrawn == nil {
		return 0, nil
	}
	err = c.db.Transact(ctx, func(tx *pg.Tx) (err error) {
		n, err = c.withdrawn.Forget(ctx, tx, q.MadeAt, c.keeper.Withdraw)
		return err
	})
	return n, err
}
