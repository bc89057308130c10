package keeper

import (
	"fmt"

	"mais/ca/feed"
	"mais/ca/internal/journal"
)

// Closed says why nobody is served on account of a journal, or nil.
func (k *Keeper) Closed() error {
	k.mu.Lock()
	defer k.mu.Unlock()
	if k.cause == nil {
		return nil
	}
	return fmt.Errorf("%w: %w", feed.ErrStale, k.cause)
}

// Causes returns why nobody is served on account of a journal, and how the last replay failed.
func (k *Keeper) Causes() (cause, failed error) {
	k.mu.Lock()
	defer k.mu.Unlock()
	return k.cause, k.failed
}

// CopyFault says why the second place of the journal lacks something.
func (k *Keeper) CopyFault() error { return k.journal.CopyFault() }

// HasCopy reports whether there is a second place.
func (k *Keeper) HasCopy() bool { return k.dir.HasCopy() }

// Read verifies every journal that lies here, and of the files given, and returns how far each
// goes.
func (k *Keeper) Read(add func(journal.Entry) error, files ...string) ([]journal.Head, error) {
	return k.dir.Read(add, files...)
}
