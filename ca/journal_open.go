package ca

import (
	"context"
	"path/filepath"

	"mais/ca/internal/journal"
	"mais/ca/internal/keeper"
	"mais/internal/pg"
)

// openJournal opens this node's journal and brings the database up to it, if that is behind.
func (c *CA) openJournal(ctx context.Context, o Options) (err error) {
	dir := o.Journal
	if dir == "" {
		dir = filepath.Join(o.Dir, "journal")
	}
	c.keeper, err = keeper.Open(ctx, keeper.Options{
		DB: c.db, KeyDir: c.dir, Unlock: o.Unlock, Dir: dir, Copy: o.JournalCopy, Node: o.Node, Log: c.log, Feed: c.feed,
		Replay: c.replayHere, Missed: c.reportMissing,
	})
	if err != nil {
		return err
	}
	behind, err := c.keeper.Behind(ctx)
	if err == nil && behind {
		err = c.replayHere(ctx)
	}
	return err
}

// guard is for the feed, which is there before the keeper.
func (c *CA) guard(ctx context.Context) error { return c.keeper.Guard(ctx) }

// replayHere replays what lies in this node's directory and its second place.
func (c *CA) replayHere(ctx context.Context) error {
	_, err := c.replay(ctx, nil, nil)
	return err
}

func (c *CA) reportMissing(ctx context.Context, tx *pg.Tx, head journal.Head, by string) error {
	return c.report(ctx, tx, Act{What: "journal-missing", By: by, Note: head.String()})
}

// Close gives the journal back, so that another process may continue it. Nothing can be
// taken away any more.
func (c *CA) Close() error { return c.keeper.Close() }

// JournalHeads returns how far the journals have come, signed, for others to remember and to
// bring back to SeenJournalHeads: at most four, with commas between. It is "" while the
// service is closed on account of a journal. It costs nothing.
func (c *CA) JournalHeads() string { return c.keeper.Announced() }

// NewJournalHeads returns those of the heads that somebody remembers, as JournalHeads gave
// them, that are ahead of what this node knows. It is cheap and checks no signature: who asks
// for that, by SeenJournalHeads, is to be bounded where there are any.
func (c *CA) NewJournalHeads(text string) (ahead []string) { return c.keeper.Ahead(text) }

// SeenJournalHeads takes in heads that NewJournalHeads returned. One that is genuine, and that
// the database does not know even now, closes the service on every node until the journal has
// been replayed or declared lost: database and journal are older than what was announced. by
// says who remembers it, for the audit.
func (c *CA) SeenJournalHeads(ctx context.Context, ahead []string, by string) error {
	return c.keeper.Seen(ctx, ahead, by)
}
