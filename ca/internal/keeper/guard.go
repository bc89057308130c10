package keeper

import (
	"context"
	"maps"
	"time"

	"mais/ca/internal/journal"
	"mais/ca/internal/store"
	"mais/internal/pg"
)

const (
	// rememberEvery is how often other nodes' heads are written down; what is missed in
	// between they remember themselves.
	rememberEvery = 2 * time.Second
	replayEvery   = 5 * time.Second // after one that failed, or did not help
	replayTime    = 10 * time.Minute
	maxTold       = 4 // heads that are announced at once
	// maxRemembered bounds the heads that are compared: those that were raised last, which are
	// the first that an older database lacks.
	maxRemembered = 64
)

// Guard says, before each look of the feed, why nothing of this database may be
// believed. What it finds missing is done again from the journals that are here.
func (k *Keeper) Guard(ctx context.Context) error {
	asked := k.Unsettled()
	look, err := k.look(ctx, asked)
	if err != nil {
		return err
	}
	missing, cause := k.compare(look)
	if cause != nil {
		k.closeFor(ctx, cause, missing, look.Open == 0) // or what it is closed for is under way
		return cause
	}
	if err := k.settle(look.Place, asked, look.Outcomes); err != nil {
		return err
	}
	if err := k.voids(aborted(asked, look.Outcomes)); err != nil {
		k.log.WarnContext(ctx, "an act that failed is not marked void in the journal", "error", err)
	}
	return k.reopen(ctx, look)
}

// closeFor makes the service refuse at once, tells the other nodes by way of the database what
// is missing, and with replay starts one.
func (k *Keeper) closeFor(ctx context.Context, cause error, missing []journal.Head, replay bool) {
	k.mu.Lock()
	first := k.cause == nil || k.cause.Error() != cause.Error()
	k.cause, k.told, k.fine = cause, "", nil
	start := replay && !k.replays && time.Since(k.replayed) > replayEvery
	k.replays = k.replays || start
	k.mu.Unlock()
	k.feed.Shut(cause)
	if first {
		k.log.ErrorContext(ctx, "the service is closed on account of the journal", "cause", cause)
	}
	for _, h := range missing {
		if _, err := k.NoteHead(ctx, h, k.node); err != nil {
			k.log.ErrorContext(ctx, "what is missing of a journal can't be noted", "error", err)
		}
	}
	if start {
		k.background.Go(k.replayAlone)
	}
}

func (k *Keeper) replayAlone() {
	ctx, cancel := context.WithTimeout(k.life, replayTime)
	defer cancel()
	err := k.replay(ctx)
	if err != nil && k.life.Err() == nil {
		k.log.ErrorContext(ctx, "the journals here can't be replayed", "error", err)
	}
	k.mu.Lock()
	defer k.mu.Unlock()
	k.replays, k.replayed, k.failed = false, time.Now(), err
}

// NoteHead notes in the database that somebody remembers a head, and audits it, once. It
// reports whether the entry is not there, and was not known to be missing.
func (k *Keeper) NoteHead(ctx context.Context, h journal.Head, by string) (missing bool, err error) {
	err = k.db.Transact(ctx, func(tx *pg.Tx) (err error) {
		if missing, err = store.SeeHead(ctx, tx, h.Journal, "?", h.Number, clip(by)); err != nil || !missing {
			return err
		}
		return k.missed(ctx, tx, h, by)
	})
	return missing, err
}

// reopen takes the database for whole: its heads are remembered, written down and announced.
func (k *Keeper) reopen(ctx context.Context, l store.JournalLook) error {
	if k.Closed() != nil {
		if err := k.feed.Reopen(ctx); err != nil {
			return err
		}
	}
	k.mu.Lock()
	was, low := k.cause, k.low
	k.cause = nil
	k.remember(l)
	save := k.saved.IsZero() || k.changed && time.Since(k.saved) > rememberEvery
	memory := k.memory.Clone()
	raise := k.heads[low.Journal].Number < low.Number
	k.tell(l)
	k.mu.Unlock()
	if was != nil {
		k.feed.Forget()
		k.log.InfoContext(ctx, "the service is open again: the database holds what the journals do", "was", was)
	}
	if raise {
		if err := store.RaiseHead(ctx, k.db, k.raise(low)); err != nil {
			return err
		}
	}
	if l.Recorded != l.Place && l.Place.Timeline > 0 {
		if err := store.SetJournalPlace(ctx, k.db, l.Place); err != nil {
			return err
		}
	}
	if !save {
		return nil
	}
	if err := k.dir.Remember(memory); err != nil {
		k.log.ErrorContext(ctx, "what is known of the database can't be written down", "error", err)
		return nil
	}
	k.mu.Lock()
	defer k.mu.Unlock()
	k.saved, k.changed = time.Now(), false
	return nil
}

// remember takes in the heads of a look. The caller holds mu.
func (k *Keeper) remember(l store.JournalLook) {
	if k.memory.System != l.Place.System || k.memory.Timeline != l.Place.Timeline {
		k.memory.System, k.memory.Timeline, k.saved = l.Place.System, l.Place.Timeline, time.Time{}
	}
	heads := map[string]journal.Head{}
	for _, h := range l.Heads[:min(len(l.Heads), maxRemembered)] { // those that were raised last
		heads[h.Journal] = headOf(h)
	}
	if !maps.Equal(heads, k.memory.Heads) {
		k.memory.Heads, k.changed = heads, true
	}
}

// Save writes down what this node knows of the database.
func (k *Keeper) Save(m journal.Memory) error { return k.dir.Remember(m) }
