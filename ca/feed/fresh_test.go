package feed_test

import (
	"errors"
	"strings"
	"testing"
	"time"

	"mais/ca"
)

// That a look is recent enough is remembered for a moment, and never beyond the time at which
// it is not any more.
func TestFreshIsRememberedForAMoment(t *testing.T) {
	const staleAfter, left = time.Minute, 200 * time.Microsecond
	f := newFixture(t, func(o *ca.Options) { o.StaleAfter = staleAfter }).Feed()
	for fresh := false; !fresh; { // until we are quick enough
		began := time.Now().Add(left - staleAfter)
		f.LookedAt(began)
		fresh = f.Fresh() == nil
		for time.Since(began) <= staleAfter {
		}
		if err := f.Fresh(); !errors.Is(err, ca.ErrStale) {
			t.Fatalf("Fresh() of a look that began %v ago = %v, want %v after %v", time.Since(began), err, ca.ErrStale, staleAfter)
		}
	}
}

// What shuts a feed counts at once, whatever is remembered.
func TestShutCountsAtOnce(t *testing.T) {
	f := newFixture(t, func(o *ca.Options) { o.StaleAfter = time.Hour }).Feed()
	cause := errors.New("a restored database")
	for range 100 {
		f.LookedAt(time.Now())
		if err := f.Fresh(); err != nil {
			t.Fatal(err)
		}
		f.Shut(cause)
		if err := f.Fresh(); !errors.Is(err, ca.ErrStale) || !errors.Is(err, cause) {
			t.Fatalf("Fresh() of a feed that was shut = %v, want %v for %v", err, ca.ErrStale, cause)
		}
	}
}

// A database that was restored since the last look is noticed by whoever has one made, however
// recent that was.
func TestLookAtRestored(t *testing.T) {
	f := newFixture(t, func(o *ca.Options) { o.StaleAfter = time.Hour })
	restore := f.db.Save(t)
	if err := f.Feed().Look(t.Context()); err != nil {
		t.Fatal(err)
	}
	restore()
	if err := f.Feed().Fresh(); err != nil {
		t.Fatal(err)
	}
	eventually(t, "a look at the database", func() bool {
		err := f.Feed().Look(t.Context())
		if err == nil {
			t.Fatal("the restored database is believed")
		}
		return strings.Contains(err.Error(), "restore")
	})
	if err := f.Feed().Fresh(); !errors.Is(err, ca.ErrStale) {
		t.Errorf("Fresh() = %v, want %v", err, ca.ErrStale)
	}
}
