package audit

import (
	"context"
	"encoding/json"
	"fmt"
	"log/slog"
	"sync/atomic"
	"time"

	"mais/internal/pg"
	"mais/server/internal/audit/internal/ledger"
)

// Options of a Log; the zero value will do.
type Options struct {
	Node     string        // this server's name, for events that do not name one
	Queue    int           // events that may wait; one more is refused. Default 1024
	Batch    int           // events in one commit. Default 256
	Patience time.Duration // how long an event may wait for its commit. Default 3 s
	Logger   *slog.Logger  // is told when appending begins to fail and when it works again. Default slog.Default()
}

// Log appends to the ledger and reads it. All its methods may be called concurrently.
type Log struct {
	opts    Options
	db      *pg.DB
	write   func(context.Context, []json.RawMessage) ([]ledger.Numbers, error)
	queue   chan *waiting
	stopped chan struct{} // closed when Run returns
	start   time.Time
	since   atomic.Int64 // when the batch in hand was begun, after start; 0 when there is none
	failing bool         // only Run's goroutine
}

// waiting is an event on its way into the ledger.
type waiting struct {
	own   json.RawMessage // as it was handed in, which is what its seal knows
	event json.RawMessage // as it is recorded: with the node's name
	seal  uint64
	done  chan answer // of one
}

type answer struct {
	receipt Receipt
	err     error
}

// New returns a log over db, a pool of the login role that reads the log. The caller closes
// db after Run has returned.
func New(db *pg.DB, o Options) *Log {
	l := newLog(o, func(ctx context.Context, events []json.RawMessage) ([]ledger.Numbers, error) {
		return ledger.Append(ctx, db, events)
	})
	l.db = db
	return l
}

func newLog(o Options, write func(context.Context, []json.RawMessage) ([]ledger.Numbers, error)) *Log {
	if o.Queue <= 0 {
		o.Queue = 1024
	}
	if o.Batch <= 0 {
		o.Batch = 256
	}
	if o.Patience <= 0 {
		o.Patience = 3 * time.Second
	}
	if o.Logger == nil {
		o.Logger = slog.Default()
	}
	return &Log{opts: o, write: write, queue: make(chan *waiting, o.Queue), stopped: make(chan struct{}), start: time.Now()}
}

// Append records e and returns when it is durable. The error is ErrUnavailable when that
// could not be had: the database is away or too slow, too many wait, or Run has ended.
// Such an event may yet be recorded later. ErrInvalid is a fault of the caller's.
func (l *Log) Append(ctx context.Context, e Event) (Receipt, error) {
	own, err := e.encode()
	if err != nil {
		return Receipt{}, err
	}
	w := &waiting{own: own, event: own, seal: e.seal, done: make(chan answer, 1)}
	if e.Node == "" && l.opts.Node != "" {
		e.Node = l.opts.Node
		if w.event, err = e.encode(); err != nil {
			return Receipt{}, err
		}
	}
	if l.stuck() {
		return Receipt{}, fmt.Errorf("append audit event: %w: the database does not answer", ErrUnavailable)
	}
	select {
	case l.queue <- w:
	default:
		return Receipt{}, fmt.Errorf("append audit event: %w: %d are waiting", ErrUnavailable, cap(l.queue))
	}
	return l.wait(ctx, w)
}

func (l *Log) wait(ctx context.Context, w *waiting) (Receipt, error) {
	patience := time.NewTimer(l.opts.Patience)
	defer patience.Stop()
	select {
	case a := <-w.done:
		return a.receipt, a.err
	case <-ctx.Done():
		return Receipt{}, fmt.Errorf("append audit event: %w: %w", ErrUnavailable, ctx.Err())
	case <-patience.C:
		return Receipt{}, fmt.Errorf("append audit event: %w: not durable after %v", ErrUnavailable, l.opts.Patience)
	case <-l.stopped:
	}
	select { // the last batch may have been answered just before
	case a := <-w.done:
		return a.receipt, a.err
	default:
		return Receipt{}, fmt.Errorf("append audit event: %w: the server is stopping", ErrUnavailable)
	}
}

// stuck reports whether the batch in hand has outlived everybody's patience. A database that
// hangs holds the writer, and a queue behind it would only make each caller wait in vain.
func (l *Log) stuck() bool {
	since := l.since.Load()
	return since != 0 && time.Since(l.start)-time.Duration(since) > l.opts.Patience
}

// AppendIn records e in the transaction of the write that it tells of: both commit or
// neither does. Any login role may. Errors that pg.DB.Transact retries pass through.
func AppendIn(ctx context.Context, tx *pg.Tx, e Event) error {
	_, err := MarkIn(ctx, tx, e)
	return err
}

// Marks are how far the changes of certificates' status and of access had come when an event
// was recorded; a Receipt carries the same numbers.
type Marks struct{ StatusNumber, AccessGeneration int64 }

// MarkIn is AppendIn for a write that is not to commit when its caller has fallen meanwhile:
// they are checked against the marks before the transaction ends.
func MarkIn(ctx context.Context, tx *pg.Tx, e Event) (Marks, error) {
	event, err := e.encode()
	if err != nil {
		return Marks{}, err
	}
	numbers, err := ledger.Append(ctx, tx, []json.RawMessage{event})
	if err != nil {
		return Marks{}, err
	}
	return Marks{StatusNumber: numbers[0].Status, AccessGeneration: numbers[0].Access}, nil
}
