package feed_test

import (
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"sync"
	"testing"
	"time"

	"mais/ca"
	"mais/ca/catest"
	"mais/ca/feed"
	"mais/certs"
	"mais/internal/pg"
)

func TestFeedFollows(t *testing.T) {
	f := newFixture(t)
	ctx, token := context.Background(), f.Person(t, "Jane Doe")
	if _, err := statusOf(f.Feed(), token); !errors.Is(err, ca.ErrStale) {
		t.Errorf("Status before the first look = %v, want %v", err, ca.ErrStale)
	}
	var mu sync.Mutex
	var seen []string
	f.Feed().OnChange(func(c feed.Change) {
		status, err := statusOf(f.Feed(), token)
		mu.Lock()
		defer mu.Unlock()
		seen = append(seen, fmt.Sprintf("%d %s %s %v", c.Number, c.Status, status, err))
	})
	f.Follow(t)
	if status, err := statusOf(f.Feed(), token); err != nil || status != certs.Active {
		t.Fatalf("Status = %v, %v, want active", status, err)
	}
	began := time.Now()
	for n, step := range []struct {
		act  func() error
		want certs.Status
	}{
		{func() error { return f.Hold(ctx, token.Ref, "test") }, certs.Held},
		{func() error { return f.Release(ctx, token.Ref, "test") }, certs.Active},
		{func() error {
			_, err := f.db.Owner().Exec(ctx, `UPDATE ca.certificate SET status = 'revoked'`)
			return err
		}, certs.Revoked},
	} {
		if err := step.act(); err != nil {
			t.Fatal(err)
		}
		eventually(t, string(step.want), func() bool {
			status, err := statusOf(f.Feed(), token)
			return err == nil && status == step.want
		})
		if got := f.Feed().Number(); got != int64(n+1) {
			t.Errorf("Number() = %d, want %d", got, n+1)
		}
	}
	t.Logf("three changes arrived within %s", time.Since(began))
	want := fmt.Sprint([]string{"1 held held <nil>", "2 active active <nil>", "3 revoked revoked <nil>"})
	eventually(t, "three calls of the watcher", func() bool { mu.Lock(); defer mu.Unlock(); return len(seen) == 3 })
	if got := fmt.Sprint(seen); got != want {
		t.Errorf("the watcher saw %s, want %s", got, want)
	}
}

func TestFeedRefusesWhatIsNotListed(t *testing.T) {
	f := newFixture(t)
	f.Follow(t)
	ctx, token := context.Background(), f.Person(t, "Jane Doe") // after the feed began: asked of the database
	if status, err := statusOf(f.Feed(), token); err != nil || status != certs.Active {
		t.Errorf("Status of a new one = %v, %v, want active", status, err)
	}
	if _, err := f.Feed().Status(ctx, token.Ref, sha256.Sum256([]byte("forged"))); !errors.Is(err, ca.ErrUnknown) {
		t.Errorf("Status of a forged one with a known serial = %v, want %v", err, ca.ErrUnknown)
	}
	for _, ref := range []certs.Ref{{}, {Issuer: "people-1", Serial: certs.SerialHex(certs.NewSerial())}, {Issuer: "sites-1", Serial: token.Ref.Serial}} {
		if _, err := f.Feed().Status(ctx, ref, sha256.Sum256(token.Certificate.Raw)); !errors.Is(err, ca.ErrUnknown) {
			t.Errorf("Status(%v) = %v, want %v", ref, err, ca.ErrUnknown)
		}
	}
}

// What was not good when first asked for is not good.
func TestFeedLearnsBadStatus(t *testing.T) {
	f := newFixture(t)
	token := f.Person(t, "Jane Doe")
	if err := f.Revoke(context.Background(), token.Ref, ca.KeyCompromise, "test"); err != nil {
		t.Fatal(err)
	}
	f.Follow(t)
	if status, err := statusOf(f.Feed(), token); err != nil || status != certs.Revoked {
		t.Errorf("Status = %v, %v, want revoked", status, err)
	}
}

func TestFeedCatchesUp(t *testing.T) {
	f := newFixture(t, func(o *ca.Options) { o.StaleAfter = time.Hour })
	ctx, token := context.Background(), f.Person(t, "Jane Doe")
	feed := f.Feed()
	if err := feed.CatchUp(ctx, 1); !errors.Is(err, ca.ErrStale) {
		t.Errorf("CatchUp with what has not happened = %v, want %v", err, ca.ErrStale)
	}
	if status, err := statusOf(feed, token); err != nil || status != certs.Active { // CatchUp has looked
		t.Fatalf("Status = %v, %v, want active", status, err)
	}
	if err := f.Revoke(ctx, token.Ref, ca.KeyCompromise, "test"); err != nil {
		t.Fatal(err)
	}
	if status, err := statusOf(feed, token); err != nil || status != certs.Active { // nobody runs the feed
		t.Fatalf("Status before catching up = %v, %v, want active", status, err)
	}
	var all sync.WaitGroup
	for range 20 {
		all.Go(func() {
			if err := feed.CatchUp(ctx, 1); err != nil {
				t.Errorf("CatchUp = %v", err)
			}
			if status, err := statusOf(feed, token); err != nil || status != certs.Revoked {
				t.Errorf("Status after catching up = %v, %v, want revoked", status, err)
			}
		})
	}
	all.Wait()
}

// A feed that cannot look says so instead of answering from memory.
func TestFeedGoesStale(t *testing.T) {
	var pool *pg.DB
	f := newFixture(t, func(o *ca.Options) { pool, o.StaleAfter = o.DB, 2*time.Second })
	token := f.Person(t, "Jane Doe")
	if err := f.Feed().CatchUp(context.Background(), 0); err != nil {
		t.Fatal(err)
	}
	if err := f.Feed().CatchUp(context.Background(), 1); !errors.Is(err, ca.ErrStale) { // looks, in vain
		t.Fatal(err)
	}
	if status, err := statusOf(f.Feed(), token); err != nil || status != certs.Active {
		t.Fatalf("Status = %v, %v, want active", status, err)
	}
	pool.Close()
	eventually(t, "stale", func() bool { _, err := statusOf(f.Feed(), token); return errors.Is(err, ca.ErrStale) })
	if err := f.Feed().CatchUp(context.Background(), 1); !errors.Is(err, ca.ErrStale) {
		t.Errorf("CatchUp without a database = %v, want %v", err, ca.ErrStale)
	}
}

// A database whose counter went back is not the one that it was: no answer.
func TestFeedNoticesARestoredDatabase(t *testing.T) {
	f := newFixture(t, func(o *ca.Options) { o.StaleAfter = 50 * time.Millisecond })
	ctx, token := context.Background(), f.Person(t, "Jane Doe")
	f.Follow(t)
	if err := f.Hold(ctx, token.Ref, "test"); err != nil {
		t.Fatal(err)
	}
	if err := f.Feed().CatchUp(ctx, 1); err != nil {
		t.Fatal(err)
	}
	_, err := f.db.Owner().Exec(ctx, `ALTER TABLE ca.status_change DISABLE TRIGGER USER;
		ALTER TABLE ca.status_counter DISABLE TRIGGER USER; ALTER TABLE ca.certificate DISABLE TRIGGER USER;
		DELETE FROM ca.status_change; UPDATE ca.status_counter SET number = 0; UPDATE ca.certificate SET status = 'active', reason = NULL`)
	if err != nil {
		t.Fatal(err)
	}
	eventually(t, "stale", func() bool { return errors.Is(f.Feed().Fresh(), ca.ErrStale) })
	if status, err := statusOf(f.Feed(), token); !errors.Is(err, ca.ErrStale) {
		t.Errorf("Status = %v, %v, want %v", status, err, ca.ErrStale)
	}
}

// Many learn and many change at once: in the end every answer is the database's.
func TestFeedLosesNoChange(t *testing.T) {
	f := newFixture(t)
	f.Follow(t)
	ctx := context.Background()
	var tokens []catest.Token
	for range 20 {
		tokens = append(tokens, f.Person(t, "Jane Doe"))
	}
	var all sync.WaitGroup
	for _, token := range tokens {
		all.Go(func() {
			for range 10 {
				if _, err := statusOf(f.Feed(), token); err != nil {
					t.Error(err)
				}
			}
		})
		all.Go(func() {
			if err := f.Revoke(ctx, token.Ref, ca.KeyCompromise, "test"); err != nil {
				t.Error(err)
			}
		})
	}
	all.Wait()
	if err := f.Feed().CatchUp(ctx, int64(len(tokens))); err != nil {
		t.Fatal(err)
	}
	for _, token := range tokens {
		if status, err := statusOf(f.Feed(), token); err != nil || status != certs.Revoked {
			t.Errorf("Status = %v, %v, want revoked", status, err)
		}
	}
}

// TestFeedAdmits: what was read is said if nothing newer has been applied and this node holds the
// lease that it held when it asked.
func TestFeedAdmits(t *testing.T) {
	f := newFixture(t, func(o *ca.Options) { o.StaleAfter = time.Hour })
	ctx, token := context.Background(), f.Person(t, "Jane Doe")
	if err := f.Hold(ctx, token.Ref, "test"); err != nil {
		t.Fatal(err)
	}
	f.Feed().CatchUp(ctx, 1<<40) // one look
	for _, tt := range []struct {
		instance string
		asOf     int64
		want     bool
	}{{f.Feed().Holder(), 0, false}, {f.Feed().Holder(), 1, true}, {f.Feed().Holder(), 2, true}, {"another", 2, false}} {
		if got, err := f.Feed().Admits(tt.instance, tt.asOf); got != tt.want || err != nil {
			t.Errorf("Admits(%q, %d) = %v, %v, want %v", tt.instance, tt.asOf, got, err, tt.want)
		}
	}
	f.Feed().Shut(errors.New("test"))
	if got, err := f.Feed().Admits(f.Feed().Holder(), 2); got || !errors.Is(err, ca.ErrStale) {
		t.Errorf("Admits by a stale node = %v, %v, want %v", got, err, ca.ErrStale)
	}
}
