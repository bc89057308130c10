package audit_test

import (
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/uuid"

	"mais/internal/pg"
	"mais/server/internal/audit"
)

// TestTurns: one export each, two in all, whichever of two nodes is asked, and none is kept for ever by
// a node that died.
func TestTurns(t *testing.T) {
	one, d := newLog(t)
	other := audit.New(d.Open(t, pg.Audit), audit.Options{Node: "other"})
	ann, ben, cai := uuid.NewString(), uuid.NewString(), uuid.NewString()
	take := func(l *audit.Log, user string, want bool) func() {
		t.Helper()
		done, ok, err := l.TakeTurn(t.Context(), user, 2, time.Hour)
		if err != nil || ok != want {
			t.Fatalf("a turn = %v, %v, want %v", ok, err, want)
		}
		return done
	}
	first := take(one, ann, true)
	take(other, ann, false)
	second := take(other, ben, true)
	take(one, cai, false)
	second()
	take(one, cai, true)
	if _, err := d.Owner().Exec(t.Context(), `UPDATE audit.export_turn SET until = now() - interval '1 second'`); err != nil {
		t.Fatal(err)
	}
	take(other, ann, true)
	first() // which ran out: the turn is another's
	take(one, ann, false)

	if _, err := d.Owner().Exec(t.Context(), `DELETE FROM audit.export_turn`); err != nil {
		t.Fatal(err)
	}
	var taken atomic.Int64
	var all sync.WaitGroup
	for n := range 12 {
		all.Go(func() {
			if _, ok, err := []*audit.Log{one, other}[n%2].TakeTurn(t.Context(), uuid.NewString(), 2, time.Hour); err != nil {
				t.Error(err)
			} else if ok {
				taken.Add(1)
			}
		})
	}
	if all.Wait(); taken.Load() != 2 {
		t.Errorf("of twelve at once %d have a turn, want 2", taken.Load())
	}
}
