package audit

import (
	"context"
	"encoding/json"
	"errors"
	"io"
	"log/slog"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"mais/server/internal/audit/internal/ledger"
)

// fakeLedger stands in for the database where it must fail in ways that a real one does not
// on demand. Each commit takes a second.
type fakeLedger struct {
	mu      sync.Mutex
	commits []int  // events in each
	fail    error  // of every commit
	reject  string // a commit whose events hold this is rejected for its contents
	hang    chan struct{}
	n       int64
}

func (f *fakeLedger) write(ctx context.Context, events []json.RawMessage) ([]ledger.Numbers, error) {
	if f.hang != nil {
		<-f.hang // lib/pq may not come back before the server does, whatever ctx says
	}
	time.Sleep(time.Second)
	f.mu.Lock()
	defer f.mu.Unlock()
	f.commits = append(f.commits, len(events))
	if f.fail != nil {
		return nil, f.fail
	}
	var numbers []ledger.Numbers
	for _, e := range events {
		if f.reject != "" && strings.Contains(string(e), f.reject) {
			return nil, ledger.ErrRejected
		}
		f.n++
		numbers = append(numbers, ledger.Numbers{ID: f.n, Status: 10 * f.n, Access: 20 * f.n})
	}
	return numbers, nil
}

// run starts a log over f; the test's bubble ends it.
func (f *fakeLedger) run(t *testing.T, o Options) *Log {
	o.Logger = slog.New(slog.NewTextHandler(io.Discard, nil))
	l := newLog(o, f.write)
	ctx, cancel := context.WithCancel(t.Context())
	done := make(chan error)
	go func() { done <- l.Run(ctx) }()
	t.Cleanup(func() {
		cancel()
		if err := <-done; err != nil {
			t.Errorf("Run = %v", err)
		}
	})
	return l
}

func TestWaitingAppendsShareACommit(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := &fakeLedger{}
		l := f.run(t, Options{Batch: 40, Patience: time.Minute})
		var clients sync.WaitGroup
		ids := make(chan int64, 150)
		for range cap(ids) {
			clients.Go(func() {
				r, err := l.Append(t.Context(), shown(person1))
				if err != nil || r.StatusNumber() != 10*r.ID() || r.AccessGeneration() != 20*r.ID() {
					t.Errorf("Append = %+v, %v", r, err)
				}
				ids <- r.ID()
			})
		}
		clients.Wait()
		close(ids)
		seen := map[int64]bool{}
		for id := range ids {
			seen[id] = true
		}
		if len(seen) != 150 {
			t.Errorf("%d different receipts, want 150", len(seen))
		}
		if len(f.commits) > 5 {
			t.Errorf("%v events in %d commits, want 1 + 40 + 40 + 40 + 29", f.commits, len(f.commits))
		}
	})
}

func TestRejectedEventTakesNoOtherWithIt(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := &fakeLedger{reject: person2}
		l := f.run(t, Options{Patience: time.Hour})
		var clients sync.WaitGroup
		for i := range 10 {
			clients.Go(func() {
				person := person1
				if i == 5 {
					person = person2
				}
				if _, err := l.Append(t.Context(), shown(person)); (err != nil) != (i == 5) {
					t.Errorf("Append of event %d: %v", i, err)
				}
			})
		}
		clients.Wait()
	})
}

func TestUnavailable(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := &fakeLedger{fail: errors.New("connection refused")}
		l := f.run(t, Options{})
		sealed := Seal(shown(person1), "value")
		r, err := l.Append(t.Context(), sealed.Event())
		if !errors.Is(err, ErrUnavailable) {
			t.Errorf("Append without a database = %v, want ErrUnavailable", err)
		}
		if value, err := sealed.Open(r); err == nil {
			t.Errorf("Open released %q", value)
		}
		f.mu.Lock()
		f.fail = nil
		f.mu.Unlock()
		if _, err := l.Append(t.Context(), shown(person1)); err != nil {
			t.Errorf("Append after the database came back = %v", err)
		}
	})
}

func TestHangingDatabase(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := &fakeLedger{hang: make(chan struct{})}
		l := f.run(t, Options{Patience: 3 * time.Second})
		took := func(ctx context.Context) (time.Duration, error) {
			start := time.Now()
			_, err := l.Append(ctx, shown(person1))
			return time.Since(start), err
		}
		if d, err := took(t.Context()); !errors.Is(err, ErrUnavailable) || d != 3*time.Second {
			t.Errorf("the first Append = %v after %v, want ErrUnavailable after 3s", err, d)
		}
		time.Sleep(time.Second)
		if d, err := took(t.Context()); !errors.Is(err, ErrUnavailable) || d != 0 {
			t.Errorf("a later Append = %v after %v, want ErrUnavailable at once", err, d)
		}
		close(f.hang)
		time.Sleep(10 * time.Second)
		if _, err := took(t.Context()); err != nil {
			t.Errorf("Append after the database woke up = %v", err)
		}
		if len(f.commits) != 2 {
			t.Errorf("%v events were committed, want the first, which nobody waited for, and the last", f.commits)
		}
	})
}

func TestAppendHearsItsContext(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := &fakeLedger{}
		l := f.run(t, Options{})
		ctx, cancel := context.WithTimeout(t.Context(), time.Millisecond)
		defer cancel()
		if _, err := l.Append(ctx, shown(person1)); !errors.Is(err, context.DeadlineExceeded) || !errors.Is(err, ErrUnavailable) {
			t.Errorf("Append = %v, want ErrUnavailable by its deadline", err)
		}
	})
}

func TestFullQueue(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := &fakeLedger{hang: make(chan struct{})}
		l := f.run(t, Options{Queue: 2, Patience: time.Hour})
		var clients sync.WaitGroup
		for range 3 {
			clients.Go(func() {
				if _, err := l.Append(t.Context(), shown(person1)); err != nil {
					t.Errorf("Append = %v", err)
				}
			})
			synctest.Wait()
		}
		if _, err := l.Append(t.Context(), shown(person1)); !errors.Is(err, ErrUnavailable) {
			t.Errorf("Append to a full queue = %v, want ErrUnavailable", err)
		}
		close(f.hang)
		clients.Wait()
	})
}

func TestRunWritesWhatIsQueuedBeforeItEnds(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := &fakeLedger{}
		l := newLog(Options{}, f.write)
		ctx, stop := context.WithCancel(t.Context())
		var tasks sync.WaitGroup
		tasks.Go(func() {
			if err := l.Run(ctx); err != nil {
				t.Errorf("Run = %v", err)
			}
		})
		for range 5 {
			tasks.Go(func() {
				if _, err := l.Append(context.Background(), shown(person1)); err != nil {
					t.Errorf("Append = %v", err)
				}
			})
		}
		synctest.Wait()
		stop()
		tasks.Wait()
		if _, err := l.Append(context.Background(), shown(person1)); !errors.Is(err, ErrUnavailable) {
			t.Errorf("Append after Run = %v, want ErrUnavailable", err)
		}
	})
}
