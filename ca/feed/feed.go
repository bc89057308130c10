// Package feed is the status of certificates as one node of the service knows it. [New] makes a
// [Feed], and [Feed.Run] follows the numbered changes of status; then [Feed.Status] answers from
// memory, and [Feed.OnChange] tells of what has ended. A node that cannot follow says
// [ErrStale], never a status that may be old.
//
// While it answers it holds a lease in the database and acknowledges what it has come to know:
// that is what receipts go by, and why they may be believed stands in lease.go. It changes no
// status, signs nothing, and judges no certificate but by the inventory.
package feed

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"math"
	"sync"
	"time"

	"mais/ca/feed/internal/standing"
	"mais/ca/internal/store"
	"mais/certs"
	"mais/internal/pg"
)

const (
	pollEvery   = 500 * time.Millisecond
	pollTimeout = 2 * time.Second
	pollBatch   = 1000
)

// Feed is the status of certificates as this node knows it: those that were asked for, kept
// current by following the numbered changes of status. It answers from memory, and from the
// database what it does not know yet. When it cannot follow it says ErrStale, never a status
// that may be old. While it answers it holds a lease in the database and acknowledges what it
// has come to know, which is what receipts go by: see lease.go. It is safe for concurrent use.
type Feed struct {
	db         *pg.DB
	source     pg.Source
	staleAfter time.Duration
	log        *slog.Logger

	polling sync.Mutex // held while changes are read and applied
	lease   lease      // for who polls
	acking  sync.Mutex // held while changes are acknowledged, and comes before mu
	clock   pace       // of the database

	mu       sync.Mutex
	running  bool  // somebody runs Run
	left     bool  // Run has ended
	started  bool  // number is known
	number   int64 // the last change applied
	told     int64 // the last change that the watchers have been told of
	lastGood time.Time
	judged   judgement // that lastGood is recent enough
	fault    error     // of the last look, if it failed
	guard    func(context.Context) error
	instance string // as which it holds its lease; none yet: ""
	began    int64  // the counter that this instance found first; below 0: not yet
	acked    int64  // up to which this instance has acknowledged; below 0: nothing yet
	live     int    // nodes that held a lease when this one was last renewed
	table    *standing.Table
	known    map[certs.Ref]Standing // those that OCSP was asked about
	watchers []func(Change)
	readers  []func(context.Context) error // see OnReopen
}

// Change is a change of status that has been committed.
type Change struct {
	Number int64
	Ref    certs.Ref
	Status certs.Status
	At     time.Time
}

// Options are what a feed runs with.
type Options struct {
	DB         *pg.DB          // logged in as pg.CA; stays the caller's to close
	Source     pg.Source       // the same database, to listen for changes of status
	Node       string          // names this process; required by Run
	Issuers    func() []string // the ids of the issuing CAs whose keys it has
	StaleAfter time.Duration   // the age at which a good look is too old to answer from
	Log        *slog.Logger
	// Guard says, before each look, why nothing of this database may be believed: it is an
	// older one, or lacks what the journal holds.
	Guard func(context.Context) error
}

// New returns a feed that knows nothing yet.
func New(o Options) *Feed {
	return &Feed{
		db: o.DB, source: o.Source, staleAfter: o.StaleAfter, log: o.Log, guard: o.Guard, lease: lease{node: o.Node, issuers: o.Issuers},
		table: standing.New(tableBytes), known: map[certs.Ref]Standing{},
	}
}

// Run follows the changes until ctx ends: twice a second, and at once when the database
// says that there is one. Without it, and before its first look, every answer is ErrStale;
// after it too, for it ends the lease.
func (f *Feed) Run(ctx context.Context) error {
	if f.lease.node == "" {
		return errors.New("follow certificate status: it is not known which node this is")
	}
	wake := make(chan struct{}, 1)
	listening := make(chan error, 1)
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	go func() {
		listening <- pg.Listen(ctx, f.source, pg.CA, "mais_status", func() {
			select {
			case wake <- struct{}{}:
			default:
			}
		})
	}()
	tick := time.NewTicker(pollEvery)
	defer tick.Stop()
	f.run(true)
	defer f.leave(ctx)
	for {
		f.Refresh(ctx)
		select {
		case <-ctx.Done():
			return <-listening
		case err := <-listening:
			if ctx.Err() == nil {
				return fmt.Errorf("follow certificate status: %w", errors.Join(err, errors.New("stopped listening")))
			}
			return err
		case <-wake:
		case <-tick.C:
		}
	}
}

func (f *Feed) run(running bool) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.running, f.left = running, !running
}

func (f *Feed) hasLeft() bool {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.left
}

// Refresh looks now, if anybody follows the feed, and acknowledges what it saw: a node refuses
// at once what it has just revoked itself.
func (f *Feed) Refresh(ctx context.Context) error {
	f.mu.Lock()
	running := f.running
	f.mu.Unlock()
	if !running {
		return nil
	}
	if err := f.look(ctx, math.MaxInt64); err != nil {
		return err
	}
	return f.acknowledge(ctx)
}

// look polls once, unless change number least is known by now, and remembers how it went. It
// refuses once Run has ended: nobody would renew or end the lease.
func (f *Feed) look(ctx context.Context, least int64) error {
	f.polling.Lock()
	defer f.polling.Unlock()
	if f.Number() >= least {
		return nil // another did while we waited
	}
	if f.hasLeft() {
		return errors.New("this node does not follow the changes of status any more")
	}
	began := time.Now() // monotonic: a clock set back does not make old news fresh
	ctx, cancel := context.WithTimeout(ctx, pollTimeout)
	defer cancel()
	err := f.follow(ctx)
	f.mu.Lock()
	defer f.mu.Unlock()
	if err != nil && ctx.Err() != context.Canceled && (f.fault == nil || f.fault.Error() != err.Error()) {
		f.log.ErrorContext(ctx, "cannot follow certificate status", "error", err)
	}
	f.fault = err
	if err == nil {
		f.lastGood = began
	}
	return err
}

// follow reads and applies the changes since the last. The lease comes before anything that is
// believed, and the counter before the changes: what is read after it can only be newer.
func (f *Feed) follow(ctx context.Context) error {
	if err := f.guard(ctx); err != nil {
		return err
	}
	if err := f.holdLease(ctx); err != nil {
		return err
	}
	counter, err := store.StatusNumber(ctx, f.db)
	if err != nil {
		return err
	}
	if !f.begin(counter) {
		return nil
	}
	number := f.Number()
	if counter < number {
		return fmt.Errorf("the last change of status is number %d, but %d was seen: the database is not the one it was; restart after it has been looked into", counter, number)
	}
	for number < counter {
		changes, err := store.Changes(ctx, f.db, number, pollBatch)
		if err != nil {
			return err
		}
		if len(changes) == 0 || changes[0].Number != number+1 || changes[len(changes)-1].Number != number+int64(len(changes)) {
			return fmt.Errorf("changes of status are missing after number %d", number)
		}
		f.apply(changes)
		number = changes[len(changes)-1].Number
	}
	return nil
}

// begin notes where the first look starts, of this instance too; it reports whether there was
// one before.
func (f *Feed) begin(counter int64) bool {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.began < 0 {
		f.began = counter
	}
	if f.started {
		return true
	}
	f.started, f.number, f.told = true, counter, counter
	return false
}

// apply brings what is known up to date and then tells the watchers.
func (f *Feed) apply(changes []store.Change) {
	f.mu.Lock()
	for _, c := range changes {
		f.heard(c)
		f.number = c.Number
	}
	watchers := f.watchers
	f.mu.Unlock()
	for _, c := range changes {
		for _, watch := range watchers {
			watch(Change{c.Number, c.Ref, certs.Status(c.Status), c.At})
		}
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	f.told = f.number // nobody else applies: see polling
}

// Number returns the number of the last change that this node knows.
func (f *Feed) Number() int64 {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.number
}

// CatchUp returns once this node knows the changes up to number n, looking by itself if
// need be. It returns ErrStale when that cannot be reached.
func (f *Feed) CatchUp(ctx context.Context, n int64) error {
	if f.Number() >= n {
		return nil
	}
	if err := f.look(ctx, n); err != nil {
		return fmt.Errorf("%w: %w", ErrStale, err)
	}
	if known := f.Number(); known < n {
		return fmt.Errorf("%w: change %d is not there, the last is %d", ErrStale, n, known)
	}
	return nil
}

// Look looks now. It returns ErrStale when nothing of the database may be believed, as when it has
// become an older one since the last look.
func (f *Feed) Look(ctx context.Context) error {
	if err := f.look(ctx, math.MaxInt64); err != nil {
		return fmt.Errorf("%w: %w", ErrStale, err)
	}
	return nil
}

// OnChange calls watch for every change from now on, in order, one after another, after
// Status has come to know it. watch must be quick and must not call the feed's Run, CatchUp
// or Look.
func (f *Feed) OnChange(watch func(Change)) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.watchers = append(f.watchers[:len(f.watchers):len(f.watchers)], watch)
}
