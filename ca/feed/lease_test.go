package feed_test

import (
	"context"
	"errors"
	"sync"
	"testing"
	"time"

	"mais/ca"
	"mais/ca/feed"
	"mais/certs"
)

func TestLease(t *testing.T) {
	f := newFixture(t, func(o *ca.Options) { o.StaleAfter = time.Hour })
	f.Follow(t)
	eventually(t, "the first look is acknowledged", func() bool { return f.count(t, `SELECT count(*) FROM ca.node WHERE began = 0`) == 1 })
	nodes, err := f.LiveNodes(context.Background())
	if err != nil || len(nodes) != 1 || nodes[0].Name != "test" || len(nodes[0].Issuers) != 2 || f.Feed().Live() != 1 {
		t.Fatalf("LiveNodes() = %+v, %v, and Live() = %d, want this node with its two issuers", nodes, err, f.Feed().Live())
	}
	if age, ok := f.Feed().Age(); !ok || age > time.Minute {
		t.Errorf("Age() = %v, %v, want little", age, ok)
	}
	// Looks alone write nothing before a third of the lease is gone.
	row := `SELECT count(*) FROM ca.node WHERE lease_until = $1`
	for range 5 {
		if err := f.Feed().CatchUp(context.Background(), 1); !errors.Is(err, ca.ErrStale) { // looks, in vain
			t.Fatal(err)
		}
	}
	if f.count(t, row, nodes[0].Until) != 1 {
		t.Error("a look has renewed the lease although it is new")
	}
	token := f.Person(t, "Jane Doe")
	if err := f.Hold(context.Background(), token.Ref, "test"); err != nil {
		t.Fatal(err)
	}
	if got := f.count(t, `SELECT count(*) FROM ca.acknowledgement WHERE number = 1`); got != 1 {
		t.Errorf("%d acknowledgements of a change when Hold returns, want the node's own", got)
	}
}

// A lease is renewed in time, and ends with the feed, which answers nothing from then on.
func TestLeaseIsRenewedAndEnded(t *testing.T) {
	f := newFixture(t)
	n := f.opened(t, "brief", func(o *ca.Options) { o.StaleAfter = 300 * time.Millisecond })
	ctx, stop := context.WithCancel(context.Background())
	done := make(chan error, 1)
	go func() { done <- n.Feed().Run(ctx) }()
	eventually(t, "two renewals", func() bool {
		return f.count(t, `SELECT count(*) FROM ca.node WHERE lease_until > started_at + 3 * stale_after`) == 1
	})
	stop()
	if err := <-done; err != nil {
		t.Fatal(err)
	}
	if err := n.Feed().Fresh(); !errors.Is(err, ca.ErrStale) {
		t.Errorf("Fresh() after the feed = %v, want %v", err, ca.ErrStale)
	}
	if got := f.count(t, `SELECT count(*) FROM ca.node WHERE ended_at IS NOT NULL AND lease_until = ended_at`); got != 1 {
		t.Errorf("%d leases were ended, want 1", got)
	}
	// A request that was under way still wants to catch up.
	if err := n.Feed().CatchUp(context.Background(), 1); !errors.Is(err, ca.ErrStale) {
		t.Errorf("CatchUp after the feed = %v, want %v", err, ca.ErrStale)
	}
	if err := n.Feed().Fresh(); !errors.Is(err, ca.ErrStale) {
		t.Errorf("Fresh() after the feed and CatchUp = %v, want %v", err, ca.ErrStale)
	}
	if nodes, err := f.LiveNodes(context.Background()); err != nil || len(nodes) != 0 {
		t.Errorf("LiveNodes() = %+v, %v, want none", nodes, err)
	}
}

func TestFeedNeedsAName(t *testing.T) {
	f := newFixture(t, func(o *ca.Options) { o.Node = "" })
	if err := f.Feed().Run(context.Background()); err == nil {
		t.Error("a nameless node follows")
	}
}

// A node whose row is gone, as it is in an older database, takes another lease before it
// believes anything.
func TestLeaseLost(t *testing.T) {
	f := newFixture(t, func(o *ca.Options) { o.StaleAfter = 300 * time.Millisecond })
	f.Follow(t)
	eventually(t, "the node has begun", func() bool { return f.count(t, `SELECT count(*) FROM ca.node WHERE began = 0`) == 1 })
	_, err := f.db.Owner().Exec(context.Background(), `ALTER TABLE ca.node DISABLE TRIGGER sweep; DELETE FROM ca.node; ALTER TABLE ca.node ENABLE ALWAYS TRIGGER sweep`)
	if err != nil {
		t.Fatal(err)
	}
	eventually(t, "another lease", func() bool { return f.count(t, `SELECT count(*) FROM ca.node WHERE began = 0`) == 1 })
	eventually(t, "it answers", func() bool { return f.Feed().Fresh() == nil })
}

// What no receipt can ask for is forgotten when the next node begins.
func TestOldNodesAreSwept(t *testing.T) {
	f := newFixture(t)
	token := f.Person(t, "Jane Doe")
	if err := f.Hold(context.Background(), token.Ref, "test"); err != nil {
		t.Fatal(err)
	}
	_, err := f.db.Owner().Exec(context.Background(), `ALTER TABLE ca.node DISABLE TRIGGER guard; ALTER TABLE ca.status_change DISABLE TRIGGER keep;
		UPDATE ca.status_change SET at = now() - interval '49 hours';
		INSERT INTO ca.node (instance, name, issuers, stale_after, started_at, lease_until, began)
			SELECT gen_random_uuid(), name, '{}', '3s', now() - began_ago::interval, now() - ended_ago::interval, began FROM (VALUES
				('ended an hour ago', '2 hours', '1 hour', 1), ('ended before the change', '60 hours', '50 hours', 0),
				('lived at the change', '60 hours', '48 hours', 0), ('began after the change', '48 hours', '47 hours', 1)
			) n (name, began_ago, ended_ago, began);
		ALTER TABLE ca.node ENABLE ALWAYS TRIGGER guard; ALTER TABLE ca.status_change ENABLE ALWAYS TRIGGER keep`)
	if err != nil {
		t.Fatal(err)
	}
	f.Follow(t)
	eventually(t, "two are forgotten", func() bool { return f.count(t, `SELECT count(*) FROM ca.node WHERE name <> 'test'`) == 2 })
	if got := f.count(t, `SELECT count(*) FROM ca.node WHERE name IN ('ended an hour ago', 'lived at the change')`); got != 2 {
		t.Errorf("%d of those that stay are there, want 2", got)
	}
}

// The schema keeps what receipts go by, whoever writes.
func TestLeaseRulesOfTheSchema(t *testing.T) {
	f := newFixture(t)
	f.Follow(t)
	token := f.Person(t, "Jane Doe")
	if err := f.Hold(context.Background(), token.Ref, "test"); err != nil {
		t.Fatal(err)
	}
	if got := f.count(t, `SELECT count(*) FROM ca.status_change WHERE reason = 6 AND status_by = 'test'`); got != 1 {
		t.Errorf("%d changes say why and by whom, want 1", got)
	}
	for what, statement := range map[string]string{
		"a longer lease":                  `UPDATE ca.node SET lease_until = now() + interval '1 day'`,
		"an earlier acknowledgement":      `UPDATE ca.node SET number = 0`,
		"one of what has not come":        `UPDATE ca.node SET number = 99`,
		"another beginning":               `UPDATE ca.node SET began = 1`,
		"another name":                    `UPDATE ca.node SET name = 'x'`,
		"the end of one that lives":       `DELETE FROM ca.acknowledgement; DELETE FROM ca.node`,
		"an acknowledgement, edited":      `UPDATE ca.acknowledgement SET at = now()`,
		"an acknowledgement, deleted":     `DELETE FROM ca.acknowledgement`,
		"an acknowledgement, early":       `INSERT INTO ca.acknowledgement (instance, number, at) SELECT instance, 2, now() FROM ca.node`,
		"an acknowledgement, of nobody":   `INSERT INTO ca.acknowledgement (instance, number, at) VALUES (gen_random_uuid(), 1, now())`,
		"acknowledgements, all":           `TRUNCATE ca.acknowledgement`,
		"a receipt, all":                  `TRUNCATE ca.receipt`,
		"a node that has begun already":   `INSERT INTO ca.node (instance, name, issuers, stale_after, lease_until, began) VALUES (gen_random_uuid(), 'x', '{}', '3s', now(), 1)`,
		"a node that is good for a month": `INSERT INTO ca.node (instance, name, issuers, stale_after, lease_until) VALUES (gen_random_uuid(), 'x', '{}', '1 month', now())`,
	} {
		if _, err := f.db.Owner().Exec(context.Background(), statement); err == nil {
			t.Errorf("%s is possible: %s", what, statement)
		}
	}
	// It is dated by the database, not by who writes it.
	_, err := f.db.Owner().Exec(context.Background(), `INSERT INTO ca.node (instance, name, issuers, stale_after, lease_until, started_at)
			VALUES ('6f1c9a30-52f5-4f0e-9a43-2b1d7c3e8a11', 'x', '{}', '3s', now(), '2001-01-01');
		INSERT INTO ca.acknowledgement VALUES ('6f1c9a30-52f5-4f0e-9a43-2b1d7c3e8a11', 1, '2001-01-01')`)
	if err != nil {
		t.Fatal(err)
	}
	if got := f.count(t, `SELECT count(*) FROM ca.acknowledgement JOIN ca.node USING (instance) WHERE at < '2002-01-01' OR started_at < '2002-01-01'`); got != 0 {
		t.Errorf("%d rows are dated by who wrote them", got)
	}
}

// A clock that is set, forward or back, is noticed, and so is one that gains a little from each
// look to the next; one that runs is not.
func TestPace(t *testing.T) {
	begin := time.Now().Add(-time.Hour)
	for name, tt := range map[string]struct {
		step time.Duration // of the database's clock, at the fourth look
		gain time.Duration // at each
		want bool
	}{
		"running": {0, 0, true}, "slewed": {50 * time.Millisecond, 0, true},
		"set forward": {time.Minute, 0, false}, "set back": {-time.Minute, 0, false},
		"fast": {0, 100 * time.Millisecond, false}, "slow": {0, -100 * time.Millisecond, false},
	} {
		var p feed.Pace
		database := begin.Add(17 * time.Hour).Round(0)
		if p.SteadyFor() != 0 {
			t.Fatal("steady before it was seen")
		}
		for n := range 5 {
			at := begin.Add(time.Duration(n) * 10 * time.Minute)
			step := time.Duration(n) * tt.gain
			if n >= 3 {
				step += tt.step
			}
			p.Observe(at, at.Add(time.Millisecond), database.Add(time.Duration(n)*10*time.Minute+step))
		}
		if got := p.SteadyFor() > 50*time.Minute; got != tt.want {
			t.Errorf("a clock %s is steady for %s", name, p.SteadyFor())
		}
	}
}

// What is forgotten and learned again while it changes on another node is never older than
// what this node has acknowledged.
func TestFeedForgetsAndLearns(t *testing.T) {
	f := newFixture(t)
	f.Follow(t)
	other := f.node(t, "other")
	ctx, token := context.Background(), f.Person(t, "Jane Doe")
	var all sync.WaitGroup
	done := make(chan bool)
	all.Go(func() {
		defer close(done)
		for range 20 { // odd changes hold, even ones release
			for _, act := range []func() error{
				func() error { return other.Hold(ctx, token.Ref, "test") }, func() error { return other.Release(ctx, token.Ref, "test") },
			} {
				if err := act(); err != nil {
					t.Error(err)
				}
			}
		}
	})
	for range 2 {
		all.Go(func() {
			for looks := 0; ; looks++ {
				select {
				case <-done:
					return
				default:
				}
				if looks%3 == 0 {
					f.Feed().Empty()
				}
				before := int(f.Feed().Number())
				status, err := statusOf(f.Feed(), token)
				last := f.count(t, `SELECT number FROM ca.status_counter`)
				if before == last && (err != nil || (status == certs.Held) != (before%2 == 1)) {
					t.Errorf("Status = %v, %v as of change %d", status, err, before)
				}
			}
		})
	}
	all.Wait()
	if err := f.Feed().CatchUp(ctx, 40); err != nil {
		t.Fatal(err)
	}
	if status, err := statusOf(f.Feed(), token); err != nil || status != certs.Active {
		t.Errorf("in the end Status = %v, %v, want active", status, err)
	}
}
