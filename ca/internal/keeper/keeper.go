// Package keeper holds a journal and the database against each other, so that what was taken away
// stays taken away in a database that is restored from before. [Open] starts a [Keeper]; what
// takes away is written with [Keeper.Write] before its transaction commits, and [Keeper.Guard]
// says before each look of the feed why nothing of this database may be believed.
//
// What has been found missing is replayed by whoever opened the keeper: it knows which entries
// there are, and nothing of what they do. Package journal is the file.
package keeper

import (
	"context"
	"crypto"
	"errors"
	"log/slog"
	"sync"
	"time"

	"mais/ca/feed"
	"mais/ca/internal/journal"
	"mais/ca/internal/store"
	"mais/config"
	"mais/internal/pg"
)

// Options are what a keeper runs with.
type Options struct {
	DB     *pg.DB
	KeyDir string        // of the CA: the journal's key lies there
	Unlock config.Secret // opens that key
	Dir    string        // of the journal
	Copy   string        // a second place for it; none: there is none
	Node   string        // names this process to people
	Log    *slog.Logger
	Feed   *feed.Feed // is shut while the database lacks what a journal holds
	// Replay does again what the journals here took away.
	Replay func(context.Context) error
	// Missed audits within tx that somebody remembers a head that the database has not come to.
	Missed func(ctx context.Context, tx *pg.Tx, head journal.Head, by string) error
}

// Keeper writes this process's journal and knows how far every journal has come.
type Keeper struct {
	db      *pg.DB
	feed    *feed.Feed
	replay  func(context.Context) error
	missed  func(ctx context.Context, tx *pg.Tx, head journal.Head, by string) error
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

// Open opens this process's journal. Ask Behind before anything else.
func Open(ctx context.Context, o Options) (*Keeper, error) {
	key, err := o.journalKey(ctx)
	if err != nil {
		return nil, err
	}
	j, d, err := journal.Open(journal.Options{Dir: o.Dir, Copy: o.Copy, Node: o.Node, Key: key, Log: o.Log})
	if err != nil {
		return nil, err
	}
	memory, err := d.Remembered()
	if err != nil {
		return nil, err
	}
	k := &Keeper{
		db: o.DB, feed: o.Feed, replay: o.Replay, missed: o.Missed,
		journal: j, dir: d, key: key, node: o.Node, log: o.Log, memory: memory, signed: map[journal.Name]string{},
	}
	k.life, k.endLife = context.WithCancel(context.WithoutCancel(ctx))
	k.begin(journal.Head{Name: journal.Name{Journal: j.ID()}})
	return k, nil
}

// Close gives the journal back, so that another process may continue it. Nothing can be written
// any more.
func (k *Keeper) Close() error {
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

// Node names this process to people.
func (k *Keeper) Node() string { return k.node }
