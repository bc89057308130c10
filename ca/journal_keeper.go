package ca

import (
	"context"
	"crypto"
	"errors"
	"fmt"
	"log/slog"
	"maps"
	"slices"
	"sync"
	"time"

	"mais/ca/internal/journal"
	"mais/ca/internal/store"
)

// keeper writes this process's journal and knows how far every journal has come.
type keeper struct {
	journal *journal.Journal
	dir     *journal.Directory
	key     crypto.Signer
	node    string
	log     *slog.Logger

	life       context.Context // ends with Close
	endLife    context.CancelFunc
	background sync.WaitGroup // what runs for as long at most

	mu sync.Mutex
	// low is the last entry of this process's journal up to which every one is settled: it
	// was committed, or came to nothing. Above it, open are those whose transactions may
	// still commit, done those that are settled out of order.
	low    journal.Head
	open   map[int64]string // by number: the transaction's id
	done   map[int64]bool
	hashes map[int64]journal.Hash

	memory   journal.Memory
	saved    time.Time // when memory was last written; zero: it must be
	changed  bool      // since then
	cause    error     // why nobody is served on account of a journal; nil: nothing of the kind
	heads    map[string]store.JournalHead
	fine     map[string]int64 // by journal: entries that somebody remembered and that were looked up
	told     string           // the heads for others to remember
	signed   map[journal.Name]string
	replays  bool      // a replay is under way
	replayed time.Time // when the last ended
	failed   error     // how
}

// asked is what the database is asked about on the way: transactions that may have ended.
type asked struct {
	numbers      []int64
	transactions []string
}

// maxAsked bounds one question.
const maxAsked = 1000

func (k *keeper) unsettled() asked {
	k.mu.Lock()
	defer k.mu.Unlock()
	a := asked{transactions: []string{}}
	for _, number := range slices.Sorted(maps.Keys(k.open)) {
		if len(a.numbers) == maxAsked {
			break
		}
		a.numbers, a.transactions = append(a.numbers, number), append(a.transactions, k.open[number])
	}
	return a
}

// settle takes in what the database said about transactions. It refuses when the database is
// not the one that this node knows: then what was said is of others' transactions.
func (k *keeper) settle(at store.Place, a asked, outcomes []string) error {
	k.mu.Lock()
	defer k.mu.Unlock()
	if err := k.elsewhere(at); err != nil {
		return fmt.Errorf("%w: %w", ErrStale, err)
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
func (k *keeper) end(number int64) {
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
func (k *keeper) placed(head journal.Head, transaction string) store.Raise {
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

func (k *keeper) raise(to journal.Head) store.Raise {
	return store.Raise{Journal: to.Journal, Node: k.node, Number: to.Number, Hash: to.Hash[:]}
}

// begin starts from a head up to which all is settled.
func (k *keeper) begin(head journal.Head) {
	k.mu.Lock()
	defer k.mu.Unlock()
	k.low, k.open, k.done, k.hashes = head, map[int64]string{}, map[int64]bool{}, map[int64]journal.Hash{}
}

// aborted returns the entries that came to nothing, of those asked about.
func aborted(a asked, outcomes []string) (names []int64) {
	for i, number := range a.numbers {
		if i < len(outcomes) && outcomes[i] == "aborted" {
			names = append(names, number)
		}
	}
	return names
}

// voids writes that entries came to nothing, and settles them. What is not written now is
// tried again with the next look.
func (k *keeper) voids(numbers []int64) error {
	if len(numbers) == 0 {
		return nil
	}
	e := journal.Entry{Kind: journal.Void}
	for _, number := range numbers {
		e.Lifts = append(e.Lifts, journal.Name{Journal: k.journal.ID(), Number: number})
	}
	if err := k.note(e); err != nil {
		return err
	}
	k.mu.Lock()
	defer k.mu.Unlock()
	for _, number := range numbers {
		k.end(number)
	}
	return nil
}

// elsewhere says that the database is in another place than this node remembers. The caller
// holds mu.
func (k *keeper) elsewhere(at store.Place) error {
	was := store.Place{System: k.memory.System, Timeline: k.memory.Timeline}
	if was.System == "" || was == at {
		return nil
	}
	return fmt.Errorf("the database is not the one that it was: it was %s on timeline %d and is %s on timeline %d, as after a restore or the promotion of a standby; what the journals hold is done again",
		was.System, was.Timeline, at.System, at.Timeline)
}

// restored reports whether the database is another or older one, and no node has opened in it since. The
// caller holds mu.
func (k *keeper) restored(l store.JournalLook) bool {
	moved := l.Recorded != l.Place && (l.Recorded.System != "" || k.elsewhere(l.Place) != nil)
	return moved || len(k.missing(headsOf(l))) > 0 || slices.ContainsFunc(l.Heads, store.JournalHead.Missing)
}

// shut says why nobody is served on account of a journal, or nil.
func (k *keeper) shut() error {
	k.mu.Lock()
	defer k.mu.Unlock()
	if k.cause == nil {
		return nil
	}
	return fmt.Errorf("%w: %w", ErrStale, k.cause)
}

// close is not for who holds mu.
func (k *keeper) close() error {
	k.endLife()
	k.background.Wait()
	k.mu.Lock()
	defer k.mu.Unlock()
	var err error
	if k.saved.IsZero() && k.memory.System != "" {
		err = k.dir.Remember(k.memory)
	}
	return errors.Join(err, k.journal.Close())
}
