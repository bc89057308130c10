package ca

import (
	"context"
	"errors"
	"fmt"
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

// guardJournal says, before each look of the feed, why nothing of this database may be
// believed. What it finds missing is done again from the journals that are here.
func (c *CA) guardJournal(ctx context.Context) error {
	k := c.keeper
	asked := k.unsettled()
	look, err := c.lookAtJournals(ctx, asked)
	if err != nil {
		return err
	}
	missing, cause := k.compare(look)
	if cause != nil {
		c.closeFor(ctx, cause, missing, look.Open == 0) // or what it is closed for is under way
		return cause
	}
	if err := k.settle(look.Place, asked, look.Outcomes); err != nil {
		return err
	}
	if err := k.voids(aborted(asked, look.Outcomes)); err != nil {
		c.log.WarnContext(ctx, "an act that failed is not marked void in the journal", "error", err)
	}
	return c.reopen(ctx, look)
}

// compare says what is wrong with the database, and which entries it lacks that are
// remembered here and that it does not know to be missing.
func (k *keeper) compare(l store.JournalLook) (missing []journal.Head, cause error) {
	k.mu.Lock()
	defer k.mu.Unlock()
	heads := headsOf(l)
	k.heads = heads
	recorded := l.Recorded.System != "" && l.Recorded != l.Place
	lacks := k.missing(heads)
	for _, h := range lacks {
		if heads[h.Journal].Seen < h.Number {
			missing = append(missing, h)
		}
	}
	switch {
	case k.elsewhere(l.Place) != nil:
		return missing, k.elsewhere(l.Place)
	case k.memory.System == "" && recorded:
		return nil, errors.New("the database was restored, moved or promoted, and this node remembers nothing of how it was: start the nodes that have journals, or put these here (mais-server ca journal replay); if they are lost, say so (mais-server ca journal declare-lost)")
	}
	for _, h := range l.Heads {
		if h.Missing() {
			return missing, fmt.Errorf("the database lacks entries of journal %s (of %s): somebody remembers number %d, and its last is %d. It is older than what was announced. Start the node that has this journal, or put it here (mais-server ca journal replay); if it is lost, say so (mais-server ca journal declare-lost)",
				h.Journal, h.Node, h.Seen, h.Number)
		}
	}
	if len(lacks) > 0 {
		return missing, fmt.Errorf("the database lacks entries of journal %s, of which this node remembers number %d: it is older than it was; what the journals hold is done again", lacks[0].Journal, lacks[0].Number)
	}
	if l.Open != 0 {
		return nil, errors.New("a journal was declared lost, and not everything issued before is on hold yet: mais-server ca journal declare-lost goes on with it")
	}
	return nil, nil
}

// missing returns the heads that this node remembers and the database has not come to. The
// caller holds mu.
func (k *keeper) missing(heads map[string]store.JournalHead) (missing []journal.Head) {
	for id, h := range k.memory.Heads {
		if known := heads[id]; known.Number < h.Number && known.Lost < h.Number {
			missing = append(missing, h)
		}
	}
	return missing
}

// closeFor makes the service refuse at once, tells the other nodes by way of the database what
// is missing, and with replay starts one.
func (c *CA) closeFor(ctx context.Context, cause error, missing []journal.Head, replay bool) {
	k := c.keeper
	k.mu.Lock()
	first := k.cause == nil || k.cause.Error() != cause.Error()
	k.cause, k.told, k.fine = cause, "", nil
	start := replay && !k.replays && time.Since(k.replayed) > replayEvery
	k.replays = k.replays || start
	k.mu.Unlock()
	c.feed.Shut(cause)
	if first {
		c.log.ErrorContext(ctx, "the service is closed on account of the journal", "cause", cause)
	}
	for _, h := range missing {
		if _, err := c.noteHead(ctx, h, c.keeper.node); err != nil {
			c.log.ErrorContext(ctx, "what is missing of a journal can't be noted", "error", err)
		}
	}
	if start {
		k.background.Go(c.replayAlone)
	}
}

func (c *CA) replayAlone() {
	ctx, cancel := context.WithTimeout(c.keeper.life, replayTime)
	defer cancel()
	_, err := c.replay(ctx, nil)
	if err != nil && c.keeper.life.Err() == nil {
		c.log.ErrorContext(ctx, "the journals here can't be replayed", "error", err)
	}
	k := c.keeper
	k.mu.Lock()
	defer k.mu.Unlock()
	k.replays, k.replayed, k.failed = false, time.Now(), err
}

// noteHead notes in the database that somebody remembers a head, and audits it, once. It
// reports whether the entry is not there, and was not known to be missing.
func (c *CA) noteHead(ctx context.Context, h journal.Head, by string) (missing bool, err error) {
	err = c.db.Transact(ctx, func(tx *pg.Tx) (err error) {
		if missing, err = store.SeeHead(ctx, tx, h.Journal, "?", h.Number, clip(by)); err != nil || !missing {
			return err
		}
		return c.report(ctx, tx, Act{What: "journal-missing", By: by, Note: h.String()})
	})
	return missing, err
}

// reopen takes the database for whole: its heads are remembered, written down and announced.
func (c *CA) reopen(ctx context.Context, l store.JournalLook) error {
	k := c.keeper
	if k.shut() != nil {
		if err := c.feed.Reopen(ctx); err != nil {
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
		c.feed.Forget()
		c.log.InfoContext(ctx, "the service is open again: the database holds what the journals do", "was", was)
	}
	if raise {
		if err := store.RaiseHead(ctx, c.db, k.raise(low)); err != nil {
			return err
		}
	}
	if l.Recorded != l.Place && l.Place.Timeline > 0 {
		if err := store.SetJournalPlace(ctx, c.db, l.Place); err != nil {
			return err
		}
	}
	if !save {
		return nil
	}
	if err := k.dir.Remember(memory); err != nil {
		c.log.ErrorContext(ctx, "what is known of the database can't be written down", "error", err)
		return nil
	}
	k.mu.Lock()
	defer k.mu.Unlock()
	k.saved, k.changed = time.Now(), false
	return nil
}

// remember takes in the heads of a look. The caller holds mu.
func (k *keeper) remember(l store.JournalLook) {
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
