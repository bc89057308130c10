package feed

import (
	"context"
	"fmt"
	"time"
)

// Shut makes every answer ErrStale at once, until the next good look.
func (f *Feed) Shut(cause error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.lastGood, f.fault = time.Time{}, cause
}

// OnReopen calls read, after the service was closed on account of a journal, before it opens
// again: whoever remembers something of the database reads it anew. It stays closed on an error.
func (f *Feed) OnReopen(read func(context.Context) error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.readers = append(f.readers[:len(f.readers):len(f.readers)], read)
}

// Reopen has whoever called OnReopen read the database anew.
func (f *Feed) Reopen(ctx context.Context) error {
	f.mu.Lock()
	readers := f.readers
	f.mu.Unlock()
	for _, read := range readers {
		if err := read(ctx); err != nil {
			return fmt.Errorf("read the database anew: %w", err)
		}
	}
	return nil
}

// Forget drops what was read of a database that is not the same any more, for who polls: this
// node begins anew, with another lease.
func (f *Feed) Forget() {
	f.lease.instance = ""
	f.mu.Lock()
	defer f.mu.Unlock()
	f.started, f.number, f.told, f.instance = false, 0, 0, ""
	f.table.Clear()
	clear(f.known)
}
