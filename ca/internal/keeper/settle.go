package keeper

import (
	"fmt"
	"maps"
	"slices"

	"mais/ca/feed"
	"mais/ca/internal/journal"
	"mais/ca/internal/store"
)

// Asked is what the database is asked about on the way: transactions that may have ended.
type Asked struct {
	numbers      []int64
	Transactions []string
}

// maxAsked bounds one question.
const maxAsked = 1000

// Unsettled returns the transactions of entries that may still commit.
func (k *Keeper) Unsettled() Asked {
	k.mu.Lock()
	defer k.mu.Unlock()
	a := Asked{Transactions: []string{}}
	for _, number := range slices.Sorted(maps.Keys(k.open)) {
		if len(a.numbers) == maxAsked {
			break
		}
		a.numbers, a.Transactions = append(a.numbers, number), append(a.Transactions, k.open[number])
	}
	return a
}

// settle takes in what the database said about transactions. It refuses when the database is
// not the one that this node knows: then what was said is of others' transactions.
func (k *Keeper) settle(at store.Place, a Asked, outcomes []string) error {
	k.mu.Lock()
	defer k.mu.Unlock()
	if err := k.elsewhere(at); err != nil {
		return fmt.Errorf("%w: %w", feed.ErrStale, err)
	}
	if len(outcomes) != len(a.numbers) {
		return fmt.Errorf("%d outcomes of %d transactions", len(outcomes), len(a.numbers))
	}
	for i, number := range a.numbers {
		if outcomes[i] == "committed" {
			k.end(number)
		}
	}
	return nil
}

// end settles an entry.
func (k *Keeper) end(number int64) {
	if number <= k.low.Number {
		return
	}
	delete(k.open, number)
	k.done[number] = true
	for k.done[k.low.Number+1] {
		next := k.low.Number + 1
		k.low = journal.Head{Name: journal.Name{Journal: k.low.Journal, Number: next}, Hash: k.hashes[next]}
		delete(k.done, next)
		delete(k.hashes, next)
	}
}

// placed takes in an entry that has been written for a transaction, or with "" for none, and
// says how far the journal's head may be raised in that transaction: up to the last entry
// before which nothing is open but the transaction's own.
func (k *Keeper) placed(head journal.Head, transaction string) store.Raise {
	k.mu.Lock()
	defer k.mu.Unlock()
	if k.low.IsZero() {
		k.low = k.journal.First()
	}
	k.hashes[head.Number] = head.Hash
	if transaction == "" {
		k.end(head.Number)
	} else {
		k.open[head.Number] = transaction
	}
	top := k.low
	for {
		next := top.Number + 1
		hash, written := k.hashes[next]
		if of, open := k.open[next]; !written || open && of != transaction {
			break
		}
		top.Number, top.Hash = next, hash
	}
	return k.raise(top)
}

func (k *Keeper) raise(to journal.Head) store.Raise {
	return store.Raise{Journal: to.Journal, Node: k.node, Number: to.Number, Hash: to.Hash[:]}
}

// begin starts from a head up to which all is settled.
func (k *Keeper) begin(head journal.Head) {
	k.mu.Lock()
	defer k.mu.Unlock()
	k.low, k.open, k.done, k.hashes = head, map[int64]string{}, map[int64]bool{}, map[int64]journal.Hash{}
}

// aborted returns the entries that came to nothing, of those asked about.
func aborted(a Asked, outcomes []string) (names []int64) {
	for i, number := range a.numbers {
		if i < len(outcomes) && outcomes[i] == "aborted" {
			names = append(names, number)
		}
	}
	return names
}

// voids writes that entries came to nothing, and settles them. What is not written now is
// tried again with the next look.
func (k *Keeper) voids(numbers []int64) error {
	if len(numbers) == 0 {
		return nil
	}
	e := journal.Entry{Kind: journal.Void}
	for _, number := range numbers {
		e.Lifts = append(e.Lifts, journal.Name{Journal: k.journal.ID(), Number: number})
	}
	if err := k.Note(e); err != nil {
		return err
	}
	k.mu.Lock()
	defer k.mu.Unlock()
	for _, number := range numbers {
		k.end(number)
	}
	return nil
}
