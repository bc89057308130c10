package ca

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"math"
	"sync"
	"time"

	"mais/ca/internal/store"
	"mais/certs"
	"mais/internal/pg"
)

const (
	pollEvery   = 500 * time.Millisecond
	pollTimeout = 2 * time.Second
	pollBatch   = 1000
	// maxKnown bounds the certificates kept in memory; beyond it one is forgotten for each
	// that is learned, and asked for again.
	maxKnown = 1 << 17
)

// Feed is the status of certificates as this node knows it: those that were asked for, kept
// current by following the numbered changes of status. It answers from memory, and from the
// database what it does not know yet. When it cannot follow it says ErrStale, never a status
// that may be old. It is safe for concurrent use.
type Feed struct {
	db         *pg.DB
	source     pg.Source
	staleAfter time.Duration
	log        *slog.Logger

	polling sync.Mutex // held while changes are read and applied

	mu       sync.Mutex
	running  bool  // somebody runs Run
	started  bool  // number is known
	number   int64 // the last change applied
	lastGood time.Time
	fault    error // of the last look, if it failed
	known    map[certs.Ref]standing
	watchers []func(Change)
}

// standing is what is kept of a certificate.
type standing struct {
	sha256 [32]byte
	status Status
	reason Reason
	since  time.Time
	asOf   int64 // changes up to this number are in it
}

// Change is a change of status that has been committed.
type Change struct {
	Number int64
	Ref    certs.Ref
	Status Status
	At     time.Time
}

func newFeed(db *pg.DB, source pg.Source, staleAfter time.Duration, log *slog.Logger) *Feed {
	return &Feed{db: db, source: source, staleAfter: staleAfter, log: log, known: map[certs.Ref]standing{}}
}

// Run follows the changes until ctx ends: twice a second, and at once when the database
// says that there is one. Without it, and before its first look, every answer is ErrStale.
func (f *Feed) Run(ctx context.Context) error {
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
	defer f.run(false)
	for {
		f.look(ctx, math.MaxInt64)
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
	f.running = running
}

// refresh looks now, if anybody follows the feed: a node refuses at once what it has just
// revoked itself.
func (f *Feed) refresh(ctx context.Context) error {
	f.mu.Lock()
	running := f.running
	f.mu.Unlock()
	if !running {
		return nil
	}
	return f.look(ctx, math.MaxInt64)
}

// look polls once, unless change number least is known by now, and remembers how it went.
func (f *Feed) look(ctx context.Context, least int64) error {
	f.polling.Lock()
	defer f.polling.Unlock()
	if f.Number() >= least {
		return nil // another did while we waited
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

// follow reads and applies the changes since the last. The counter is read first: what is
// read after it can only be newer.
func (f *Feed) follow(ctx context.Context) error {
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

// begin notes where the first look starts; it reports whether there was one before.
func (f *Feed) begin(counter int64) bool {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.started {
		return true
	}
	f.started, f.number = true, counter
	return false
}

// apply brings what is known up to date and then tells the watchers.
func (f *Feed) apply(changes []store.Change) {
	f.mu.Lock()
	for _, c := range changes {
		if s, ok := f.known[c.Ref]; ok && s.asOf < c.Number {
			s.status, s.reason, s.since, s.asOf = Status(c.Status), Reason(c.Reason), c.Since, c.Number
			f.known[c.Ref] = s
		}
		f.number = c.Number
	}
	watchers := f.watchers
	f.mu.Unlock()
	for _, c := range changes {
		for _, watch := range watchers {
			watch(Change{c.Number, c.Ref, Status(c.Status), c.At})
		}
	}
}

// Status returns how a certificate stands, given the SHA-256 of its DER. ErrUnknown means
// that the inventory has no such certificate, although the signature may be good: raise an
// alarm. ErrStale means that nothing can be said. Either way, refuse.
func (f *Feed) Status(ctx context.Context, ref certs.Ref, sha256 [32]byte) (Status, error) {
	s, known, err := f.remembered(ref)
	if err == nil && !known {
		s, err = f.learn(ctx, ref)
	}
	if err != nil {
		return "", err
	}
	if s.sha256 != sha256 {
		return "", fmt.Errorf("%w: %s is recorded with another SHA-256", ErrUnknown, ref)
	}
	return s.status, nil
}

// remembered returns what memory holds of a certificate, or ErrStale.
func (f *Feed) remembered(ref certs.Ref) (s standing, known bool, err error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if err := f.fresh(); err != nil {
		return standing{}, false, err
	}
	s, known = f.known[ref]
	return s, known, nil
}

// learn asks the database about a certificate and remembers the answer. The answer comes
// with the number of the last change in it, so that a change that overtakes it is not lost:
// an answer older than what has been applied meanwhile is given but not kept.
func (f *Feed) learn(ctx context.Context, ref certs.Ref) (standing, error) {
	read, err := store.ReadStanding(ctx, f.db, ref)
	if errors.Is(err, pg.ErrNoRows) {
		return standing{}, fmt.Errorf("%w: %s", ErrUnknown, ref)
	}
	if err != nil {
		return standing{}, fmt.Errorf("%w: %w", ErrStale, err)
	}
	s := standing{status: Status(read.Status), reason: Reason(read.Reason), since: read.At, asOf: read.Number}
	if copy(s.sha256[:], read.SHA256) != len(s.sha256) {
		return standing{}, fmt.Errorf("read the status of %s: a SHA-256 of %d bytes", ref, len(read.SHA256))
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	if read.Number >= f.number {
		if len(f.known) >= maxKnown {
			for other := range f.known { // any
				delete(f.known, other)
				break
			}
		}
		f.known[ref] = s
	}
	return s, nil
}

// Fresh returns ErrStale when the last good look began too long ago.
func (f *Feed) Fresh() error {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.fresh()
}

// fresh is Fresh for whoever holds mu.
func (f *Feed) fresh() error {
	switch {
	case f.lastGood.IsZero():
		return fmt.Errorf("%w: there has been no look yet", ErrStale)
	case time.Since(f.lastGood) > f.staleAfter && f.fault != nil:
		return fmt.Errorf("%w: %w", ErrStale, f.fault)
	case time.Since(f.lastGood) > f.staleAfter:
		return ErrStale
	}
	return nil
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

// OnChange calls watch for every change from now on, in order, one after another, after
// Status has come to know it. watch must be quick and must not call the feed's Run or
// CatchUp.
func (f *Feed) OnChange(watch func(Change)) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.watchers = append(f.watchers[:len(f.watchers):len(f.watchers)], watch)
}
