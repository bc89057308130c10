package data

import (
	"context"
	"errors"
	"fmt"
	"iter"

	"mais/internal/pg"
	"mais/server/internal/authz/internal/policy"
	"mais/server/internal/record"
)

// loadBatch is how many people go to the database at once: enough that the statements cost
// little beside the rows, and few enough to hold.
const loadBatch = 1000

// loadLock is the key of the advisory lock that lets one load run at a time, so that what is
// known does not change under it. The number means nothing.
const loadLock = 0x6d616973_6c6f6164

// Loaded counts the people of a load.
type Loaded struct {
	New   int
	Known int // their source and source_reference are recorded already; they are left as they are
}

// Load writes people as new records: all or, after any error of the sequence or of the
// database, none. Known ones are skipped, so that a second load of the same changes nothing.
// d must allow creating every item, since a record is loaded whole. The people must have
// passed their Check; what the database refuses besides is an error.
//
// before is called in the same transaction when all have been written; progress, which may
// be nil, now and then with how many have been read from people.
func (s *Store) Load(ctx context.Context, d policy.Decision, people iter.Seq2[record.Person, error],
	before func(*pg.Tx, Loaded) error, progress func(read int)) (Loaded, error) {
	if !mayLoad(d) {
		return Loaded{}, fmt.Errorf("load: %w", ErrNotAllowed)
	}
	var count Loaded
	started := false
	err := s.health.Transact(ctx, func(tx *pg.Tx) error {
		if started { // the sequence cannot be read again
			return errors.New("another transaction came in between; start it again")
		}
		started = true
		if _, err := tx.Exec(ctx, `SELECT pg_advisory_xact_lock($1)`, int64(loadLock)); err != nil {
			return fmt.Errorf("wait for another load: %w", err)
		}
		for batch, err := range batches(people, loadBatch) {
			if err != nil {
				return err
			}
			if err := loadPeople(ctx, tx, batch, &count); err != nil {
				return err
			}
			if progress != nil {
				progress(count.New + count.Known)
			}
		}
		return before(tx, count)
	})
	if err != nil {
		return Loaded{}, fmt.Errorf("load: %w", err)
	}
	return count, nil
}

func mayLoad(d policy.Decision) bool {
	for _, key := range record.Keys() {
		if !d.Allows(key) {
			return false
		}
	}
	return d.Act() == policy.Create
}

// batches cuts a sequence into slices of at most n. A slice is overwritten by the next.
func batches(people iter.Seq2[record.Person, error], n int) iter.Seq2[[]record.Person, error] {
	return func(yield func([]record.Person, error) bool) {
		batch := make([]record.Person, 0, n)
		for p, err := range people {
			if err != nil {
				yield(nil, err)
				return
			}
			if batch = append(batch, p); len(batch) == n {
				if !yield(batch, nil) {
					return
				}
				batch = batch[:0]
			}
		}
		if len(batch) > 0 {
			yield(batch, nil)
		}
	}
}

// loadPeople writes those of a batch that are not known.
func loadPeople(ctx context.Context, tx *pg.Tx, batch []record.Person, count *Loaded) error {
	known, err := knownOf(ctx, tx, batch)
	if err != nil {
		return err
	}
	rows := make([][][]any, len(targets))
	for _, p := range batch {
		if known[reference{p.Source, p.Reference}] {
			count.Known++
			continue
		}
		count.New++
		id := record.NewPersonID().String()
		for n, t := range targets {
			rows[n] = append(rows[n], t.rows(id, p)...)
		}
	}
	for n, t := range targets {
		if len(rows[n]) == 0 {
			continue
		}
		if _, err := tx.CopyIn(ctx, "record", t.table, t.columns, values(rows[n])); err != nil {
			return err
		}
	}
	return nil
}

func values(rows [][]any) iter.Seq2[[]any, error] {
	return func(yield func([]any, error) bool) {
		for _, row := range rows {
			if !yield(row, nil) {
				return
			}
		}
	}
}

// reference names a record of another system.
type reference struct{ source, reference string }

func knownOf(ctx context.Context, tx *pg.Tx, batch []record.Person) (map[reference]bool, error) {
	var sources, references []string
	for _, p := range batch {
		sources, references = append(sources, p.Source), append(references, p.Reference)
	}
	rows, err := tx.Query(ctx, `
		SELECT person.source, person.source_reference
		FROM unnest($1::text[], $2::text[]) AS asked (source, source_reference)
		JOIN record.person USING (source, source_reference)`, pg.Array(sources), pg.Array(references))
	found, err := pg.Collect(rows, err, func(r *pg.Rows) (k reference, err error) {
		return k, r.Scan(&k.source, &k.reference)
	})
	if err != nil {
		return nil, fmt.Errorf("look for known records: %w", err)
	}
	known := map[reference]bool{}
	for _, k := range found {
		known[k] = true
	}
	return known, nil
}
