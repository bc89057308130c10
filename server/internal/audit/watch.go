package audit

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"mais/internal/pg"
	"mais/server/internal/audit/internal/ledger"
)

// Opener is somebody who opened records in a period: how many people's, how often, and how often
// without a reason.
type Opener = ledger.Opener

// Lister is somebody who was given lists of people in a period, and of how many people.
type Lister = ledger.Lister

// Habit is an hour of a day on which somebody opened records.
type Habit = ledger.Habit

// Trouble is how often somebody, or an address where nobody is known, did not get what they asked for.
type Trouble = ledger.Trouble

// Unreviewed is an emergency access without a review.
type Unreviewed = ledger.Unreviewed

// Watch is a look at the log by the service itself, in one transaction that one node at a time has.
// What it finds goes into the log; who is told of an alarm, and of what, is for its caller to bound.
type Watch struct{ tx *pg.Tx }

var errElsewhere = errors.New("another node is looking")

// Watch calls look, unless another node is at it just now. The alarms that it raises commit
// together. look may be called again.
func (l *Log) Watch(ctx context.Context, look func(context.Context, Watch) error) error {
	err := l.db.Transact(ctx, func(tx *pg.Tx) error {
		mine, err := ledger.Lock(ctx, tx)
		if err != nil {
			return err
		}
		if !mine {
			return errElsewhere
		}
		return look(ctx, Watch{tx})
	})
	if err != nil && !errors.Is(err, errElsewhere) {
		return fmt.Errorf("watch the audit: %w", err)
	}
	return nil
}

// Openers returns who opened records in a period.
func (w Watch) Openers(ctx context.Context, from, to time.Time) ([]Opener, error) {
	return ledger.Openers(ctx, w.tx, from, to)
}

// Listers returns whose lists of results had more than so many people in a period.
func (w Watch) Listers(ctx context.Context, from, to time.Time, more int) ([]Lister, error) {
	return ledger.Listers(ctx, w.tx, from, to, more)
}

// UsualHour returns how many people's records a user opened in the busiest hour of the middle one
// of the days of a period on which they opened any.
func (w Watch) UsualHour(ctx context.Context, user string, from, to time.Time) (int, error) {
	return ledger.Usual(ctx, w.tx, user, from, to, "hour")
}

// UsualDay is UsualHour for the whole of that day.
func (w Watch) UsualDay(ctx context.Context, user string, from, to time.Time) (int, error) {
	return ledger.Usual(ctx, w.tx, user, from, to, "day")
}

// Habits returns when a user opened records in a period, an entry for each hour of each day.
func (w Watch) Habits(ctx context.Context, user string, from, to time.Time) ([]Habit, error) {
	return ledger.Habits(ctx, w.tx, user, from, to)
}

// Troubles returns who had an outcome more than so often in a period.
func (w Watch) Troubles(ctx context.Context, outcome Outcome, from, to time.Time, more int) ([]Trouble, error) {
	return ledger.Troubles(ctx, w.tx, string(outcome), from, to, more)
}

// Unreviewed returns emergency accesses that began in a period and were not reviewed, the first
// hundred of which there is no alarm since then.
func (w Watch) Unreviewed(ctx context.Context, from, to, since time.Time) ([]Unreviewed, error) {
	return ledger.FindUnreviewed(ctx, w.tx, from, to, since)
}

// mostWaiting is how many alarms Waiting returns, the last.
const mostWaiting = 500

// Waiting returns the alarms since then that nobody has settled, in their order.
func (w Watch) Waiting(ctx context.Context, since time.Time) ([]Entry, error) {
	found, err := ledger.Alarms(ctx, w.tx, 0, true, mostWaiting)
	alarms, err := collect(found, err, decodeAlarm)
	if err != nil {
		return nil, err
	}
	var waiting []Entry
	for _, a := range slices.Backward(alarms) {
		if !a.Raised.At.Before(since) {
			waiting = append(waiting, a.Raised)
		}
	}
	return waiting, nil
}

// Raise records an alarm about so many of something, 0 where nothing is counted, unless there is
// one of the same act since then about the same user, or address where none is known, and the same
// detail "about": that one stands until there are twice as many.
func (w Watch) Raise(ctx context.Context, alarm Event, count int, since time.Time) (raised bool, err error) {
	address := ""
	if alarm.Address.IsValid() {
		address = alarm.Address.String()
	}
	before, err := ledger.Raised(ctx, w.tx, alarm.Act, since, alarm.User, address, alarm.Detail["about"])
	if err != nil || before >= 0 && (count == 0 || count < 2*before) {
		return false, err
	}
	if count > 0 {
		alarm.Detail["count"] = fmt.Sprint(count)
	}
	return true, AppendIn(ctx, w.tx, alarm)
}
