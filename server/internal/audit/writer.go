package audit

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"mais/server/internal/audit/internal/ledger"
)

// Run writes what Append hands in until ctx ends, then what is still queued, and returns
// nil. Call it once. While one batch commits the next one gathers, so all who wait share
// one commit (measured: six times the appends of one commit each at 150 clients). It
// outlives every failure of the database: each batch is a fresh attempt.
func (l *Log) Run(ctx context.Context) error {
	defer close(l.stopped)
	for {
		select {
		case w := <-l.queue:
			l.commit(ctx, l.gather(w))
		case <-ctx.Done():
			for len(l.queue) > 0 {
				l.commit(ctx, l.gather(<-l.queue))
			}
			return nil
		}
	}
}

// gather returns first and what else waits, without waiting for more.
func (l *Log) gather(first *waiting) []*waiting {
	batch := []*waiting{first}
	for len(batch) < l.opts.Batch {
		select {
		case w := <-l.queue:
			batch = append(batch, w)
		default:
			return batch
		}
	}
	return batch
}

// commit records a batch in one transaction and answers everybody in it. An entry that the
// database rejects for its contents must not take the others with it, so then each goes
// alone. It is finished even when ctx ends meanwhile.
func (l *Log) commit(ctx context.Context, batch []*waiting) {
	l.since.Store(max(1, int64(time.Since(l.start))))
	defer l.since.Store(0)
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), l.opts.Patience)
	defer cancel()
	events := make([]json.RawMessage, len(batch))
	for i, w := range batch {
		events[i] = w.event
	}
	numbers, err := l.write(ctx, events)
	if len(batch) > 1 && errors.Is(err, ledger.ErrRejected) {
		for _, w := range batch {
			l.commit(ctx, []*waiting{w})
		}
		return
	}
	l.note(ctx, err)
	for i, w := range batch {
		if err != nil {
			w.done <- answer{err: fmt.Errorf("append audit event: %w: %w", ErrUnavailable, err)}
			continue
		}
		n := numbers[i]
		w.done <- answer{receipt: Receipt{id: n.ID, status: n.Status, access: n.Access, seal: w.seal, event: w.own}}
	}
}

// note logs the moment at which appending begins to fail, and that at which it works again.
func (l *Log) note(ctx context.Context, err error) {
	switch {
	case err != nil && !l.failing:
		l.opts.Logger.ErrorContext(ctx, "the audit ledger can't be written; nothing is released", "error", err)
	case err == nil && l.failing:
		l.opts.Logger.InfoContext(ctx, "the audit ledger is written again")
	}
	l.failing = err != nil
}
