package oversight

import (
	"context"
	"errors"
	"iter"
	"testing"
	"time"

	"mais/server/api"
)

// TestExportEndsInTime: a stream is over when its time is, also amid entries that are at hand, and
// its turn is free then.
func TestExportEndsInTime(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	freed, came := 0, 0
	endless := func(context.Context) iter.Seq2[api.AuditEntry, error] {
		return func(yield func(api.AuditEntry, error) bool) {
			for yield(api.AuditEntry{}, nil) {
			}
		}
	}
	for _, err := range bounded(ctx, func() { freed++ }, endless) {
		if came++; came == 3 {
			cancel()
		}
		if err != nil && !errors.Is(err, context.Canceled) {
			t.Fatal(err)
		}
	}
	if came != 4 || freed != 1 {
		t.Errorf("%d entries came, the turn was given back %d times", came, freed)
	}
	slow := func(ctx context.Context) iter.Seq2[api.AuditEntry, error] {
		if end, ok := ctx.Deadline(); !ok || time.Until(end) > exportPatience {
			t.Error("the stream has no end")
		}
		return func(func(api.AuditEntry, error) bool) {}
	}
	for range bounded(t.Context(), func() { freed++ }, slow) {
	}
	if freed != 2 {
		t.Error("the turn of an empty export is kept")
	}
}
