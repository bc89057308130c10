// Package withdrawal brings what takes access away into the signed journal outside the database,
// before it is committed, and does it again in a database that was restored from before. What that
// is the database collects by itself, thing by thing, each under a name (table access.withdrawal).
//
// Call [End] last in a transaction that may take something away: without that the database refuses
// the commit. [Settle] tells the journal what was given back, and what was taken away by hand. [Again]
// is the certificate authority's way in. The package decides nothing, and knows what no name means.
package withdrawal

import (
	"context"
	"fmt"

	"mais/ca"
	"mais/internal/pg"
	"mais/server/internal/audit"
)

// Journal is the certificate authority's.
type Journal interface {
	Withdraw(ctx context.Context, tx *pg.Tx, by string, what []string) (journal string, number int64, err error)
	Restore(ctx context.Context, of string, number int64, what []string) error
}

// End has the journal hold what tx took away; its error stops the act. by is the act's event.
func End(ctx context.Context, tx *pg.Tx, j Journal, by audit.Event) error {
	who := by.UserName
	if by.User != "" {
		who = "urn:mais:user:" + by.User
	}
	return write(ctx, tx, j.Withdraw, who, own)
}

// What is to be written: what a transaction took away itself, or whatever nobody has written yet, which
// is for the register alone.
const (
	own = `SELECT id, what FROM access.unwritten_own($1)`
	all = `SELECT id, what FROM access.unwritten($1)`
)

// write writes what tx took away, own or all.
func write(ctx context.Context, tx *pg.Tx, w ca.Write, by, which string) error {
	for {
		ids, names, err := unwritten(ctx, tx, which)
		if err != nil || len(names) == 0 {
			return err
		}
		journal, number, err := w(ctx, tx, by, names)
		if err == nil {
			_, err = tx.Exec(ctx, `SELECT access.written($1, $2, $3)`, pg.Array(ids), journal, number)
		}
		if err != nil {
			return fmt.Errorf("put into the journal what is taken away: %w", err)
		}
	}
}

func unwritten(ctx context.Context, tx *pg.Tx, which string) (ids []int64, names []string, err error) {
	rows, err := tx.Query(ctx, which, ca.MaxWithdrawn)
	_, err = pg.Collect(rows, err, func(r *pg.Rows) (_ struct{}, err error) {
		var id int64
		var name string
		err = r.Scan(&id, &name)
		ids, names = append(ids, id), append(names, name)
		return struct{}{}, err
	})
	if err != nil {
		return nil, nil, fmt.Errorf("read what is taken away: %w", err)
	}
	return ids, names, nil
}

// byHand is who took away what the owner of the database did without a journal.
const byHand = "the owner of the database"

// Settle tells the journal what is left to tell, as pg.Register: what was taken away by the database's
// owner, and what was given back.
func Settle(ctx context.Context, db *pg.DB, j Journal) error {
	err := db.Transact(ctx, func(tx *pg.Tx) error { return write(ctx, tx, j.Withdraw, byHand, all) })
	for more := err == nil; more; {
		err = db.Transact(ctx, func(tx *pg.Tx) (err error) {
			more, err = lift(ctx, tx, j)
			return err
		})
		more = more && err == nil
	}
	if err == nil {
		err = late(ctx, db)
	}
	return err
}

// late says that something has been left to write for long: another session has it locked.
func late(ctx context.Context, db *pg.DB) error {
	var n int
	if err := db.QueryRow(ctx, `SELECT access.unwritten_for('1 minute')`).Scan(&n); err != nil {
		return fmt.Errorf("count what is in no journal: %w", err)
	}
	if n > 0 {
		return fmt.Errorf("things taken away more than a minute ago are in no journal, since a session has them locked: %d", n)
	}
	return nil
}

// entry is one of the journal's, with what of it was given back.
type entry struct {
	journal string
	number  int64
	what    []string
}

// lift tells the journal some of what was given back. When it is told and the commit then fails, it
// is told twice, which does no harm.
func lift(ctx context.Context, tx *pg.Tx, j Journal) (more bool, err error) {
	ids, entries, err := lifted(ctx, tx)
	if err != nil || len(ids) == 0 {
		return false, err
	}
	for _, e := range entries {
		if err := j.Restore(ctx, e.journal, e.number, e.what); err != nil {
			return false, fmt.Errorf("put into the journal what is given back: %w", err)
		}
	}
	if _, err := tx.Exec(ctx, `SELECT access.told($1)`, pg.Array(ids)); err != nil {
		return false, fmt.Errorf("forget what was given back: %w", err)
	}
	return true, nil
}

func lifted(ctx context.Context, tx *pg.Tx) (ids []int64, entries []entry, err error) {
	rows, err := tx.Query(ctx, `SELECT id, what, journal, number FROM access.lifted($1)`, ca.MaxWithdrawn)
	_, err = pg.Collect(rows, err, func(r *pg.Rows) (_ struct{}, err error) {
		var id int64
		var e entry
		var name string
		err = r.Scan(&id, &name, &e.journal, &e.number)
		if last := len(entries) - 1; last < 0 || entries[last].journal != e.journal || entries[last].number != e.number {
			entries = append(entries, e)
		}
		last := &entries[len(entries)-1]
		ids, last.what = append(ids, id), append(last.what, name)
		return struct{}{}, err
	})
	if err != nil {
		return nil, nil, fmt.Errorf("read what is given back: %w", err)
	}
	return ids, entries, nil
}
