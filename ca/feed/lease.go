package feed

import (
	"context"
	"errors"
	"time"

	"github.com/google/uuid"

	"mais/ca/internal/store"
	"mais/internal/pg"
)

// Why a receipt may be believed. Let n be a change that has been committed, and call an answer
// old when it is given by what was before n. A node
//
//  1. commits its row in ca.node before its first look, and answers nothing before that;
//  2. ends a look with success only if it has applied every change that was committed when the
//     look began, and has renewed its lease no longer than a third of it before;
//  3. answers only within stale_after of the beginning of its last good look, by its own
//     clocks, and never by something read before what it has applied: both are so at the
//     moment that the answer is decided, with the lock held that applying takes (see admit);
//  4. acknowledges n after it has applied n and the watchers have ended connections and
//     sessions;
//  5. ends its lease after it has stopped answering.
//
// So a node whose row was not yet committed when n was looks after n and gives no old answer;
// it may be left out, and so may one whose first look began with n ("began"). Every other node is in
// the snapshot that a receipt is made from, which is taken after the commit of n, and one that
// is there without need only makes the receipt wait for its acknowledgement. A node that has
// acknowledged n gives no old answer from then on, by 3 and 4.
//
// A node that does not acknowledge closes itself: its last good look that did not see n began
// before n, so that it is silent stale_after later. That it is gone is concluded from its
// lease: it was renewed for the last time at lease_until less stale_after, its last good look
// began at most a third of a lease later, and so it gives no old answer after lease_until plus
// stale_after, with two thirds of a lease to spare for clocks of unequal pace. If it comes back
// it looks first, and sees n.
//
// Leases and receipts are dated by one clock, the database's. Staleness, which is what makes a
// node safe, is measured by the node's own. Where the two meet, in the conclusion that a node
// is silent, it is demanded besides that the database's clock has gone as fast as ours for a
// lease and stale_after, or a clock set forward, or one that gains, would end every lease: see
// pace.

// lease is what a node holds in the database while it answers.
type lease struct {
	node     string          // its name
	issuers  func() []string // the ids of the issuing CAs whose keys this node has
	instance string          // of this run; none: ""
	renewed  time.Time       // when the last renewal was asked for
}

// holdLease takes a lease, or renews it when a third of it is gone, for who polls. Its error
// is that of the look.
func (f *Feed) holdLease(ctx context.Context) error {
	l := &f.lease
	sent := time.Now()
	switch {
	case l.instance == "":
		return f.takeLease(ctx, sent)
	case sinceMoment(l.renewed) < f.staleAfter/3:
		return nil
	}
	now, live, err := store.RenewLease(ctx, f.db, l.instance, l.issuers())
	if errors.Is(err, pg.ErrNoRows) {
		l.instance = "" // the next look takes another
		f.close()
	}
	if err != nil {
		return err
	}
	f.clock.observe(sent, time.Now(), now)
	l.renewed = sent
	f.mu.Lock()
	defer f.mu.Unlock()
	f.live = live
	return nil
}

func (f *Feed) takeLease(ctx context.Context, sent time.Time) error {
	l, instance := &f.lease, uuid.NewString()
	now, err := store.TakeLease(ctx, f.db, store.Node{Instance: instance, Name: l.node, Issuers: l.issuers(), StaleAfter: f.staleAfter})
	if err != nil {
		return err
	}
	f.clock.observe(sent, time.Now(), now)
	l.instance, l.renewed = instance, sent
	f.mu.Lock()
	defer f.mu.Unlock()
	f.instance, f.began, f.acked, f.live = instance, -1, -1, max(f.live, 1)
	return nil
}

// close has this node answer nothing until its next good look: without a lease nobody counts
// on it.
func (f *Feed) close() {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.lastGood = time.Time{}
}

// acknowledge says in the database up to which change this node refuses, if that is news. It
// is said again with the next look if it fails.
func (f *Feed) acknowledge(ctx context.Context) error {
	f.acking.Lock()
	defer f.acking.Unlock()
	f.mu.Lock()
	instance, began, told, acked := f.instance, f.began, f.told, f.acked
	f.mu.Unlock()
	if instance == "" || began < 0 || acked >= max(began, told) {
		return nil
	}
	ctx, cancel := context.WithTimeout(ctx, pollTimeout)
	defer cancel()
	acked, err := f.say(ctx, instance, began, told, acked)
	if err != nil && ctx.Err() != context.Canceled {
		f.log.ErrorContext(ctx, "cannot acknowledge changes of certificate status", "error", err)
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.instance == instance {
		f.acked = acked
	}
	return err
}

// say writes where an instance began, once, and what it has been told of since, and returns up
// to which change that came about.
func (f *Feed) say(ctx context.Context, instance string, began, told, acked int64) (int64, error) {
	if acked < 0 {
		if err := f.begun(ctx, instance, began); err != nil {
			return acked, err
		}
		acked = began
	}
	if told <= acked {
		return acked, nil
	}
	if err := store.Acknowledge(ctx, f.db, instance, told); err != nil {
		return acked, err
	}
	return told, nil
}

// begun records where an instance began, and forgets those before it that nobody needs.
func (f *Feed) begun(ctx context.Context, instance string, number int64) error {
	if err := store.BeginNode(ctx, f.db, instance, number); err != nil {
		return err
	}
	if err := store.SweepNodes(ctx, f.db); err != nil {
		f.log.WarnContext(ctx, "old nodes stay in the database", "error", err)
	}
	return nil
}

// leave closes this node for good and then ends its lease, however Run came to its end.
func (f *Feed) leave(ctx context.Context) {
	f.run(false)
	f.polling.Lock() // no look is under way that would open it again
	defer f.polling.Unlock()
	f.acking.Lock()
	defer f.acking.Unlock()
	f.mu.Lock()
	f.lastGood, f.instance = time.Time{}, ""
	f.mu.Unlock()
	if f.lease.instance == "" {
		return
	}
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), pollTimeout)
	defer cancel()
	if err := store.EndLease(ctx, f.db, f.lease.instance); err != nil {
		f.log.WarnContext(ctx, "receipts will wait until the lease of this node has passed", "error", err)
	}
	f.lease.instance = ""
}

// Acknowledged returns the number of the last change that this node has acknowledged.
func (f *Feed) Acknowledged() int64 {
	f.mu.Lock()
	defer f.mu.Unlock()
	return max(f.acked, 0)
}

// Live returns how many nodes, without commands, held a lease when this one's was last renewed, a second ago or so.
func (f *Feed) Live() int {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.live
}
