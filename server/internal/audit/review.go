package audit

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"strings"
	"time"

	"mais/internal/pg"
	"mais/server/internal/audit/internal/ledger"
)

// This file answers the questions of whoever reviews the log. What it returns is sealed under the
// event of the asking, as in opened.go; Each, which gives more than memory holds, is told the last
// entry that it may give and is to be called after that event is durable.

// User is somebody as the ledger knows them.
type User struct{ ID, Name, Agency string }

// Unmet is what was refused or failed in the same way. Why is the word that the reason begins with.
type Unmet struct {
	Outcome                          Outcome
	Why, Address, User, Name, Agency string
	Count                            int
	First, Last                      time.Time
	LastID                           int64
}

// Tally is a number of looks and of who looked: of a day or an agency by Key, or of an hour.
type Tally = ledger.Tally

// UnmetDay is how often something was not allowed on a day.
type UnmetDay = ledger.UnmetDay

// Figures are the numbers of a period; its days and hours are London's.
type Figures = ledger.Figures

// Looker is somebody who opened a person's record.
type Looker = ledger.Looker

// Alarm is an alarm with its settlement; the zero Settled: nobody has.
type Alarm struct{ Raised, Settled Entry }

// Search returns the last entries that f chooses, the newest first, sealed under e, which then
// tells what was asked for.
func (l *Log) Search(ctx context.Context, e Event, f Filter) (Sealed[[]Entry], error) {
	c := f.choice(1<<63 - 1)
	c.Newest = true
	return l.sealed(ctx, e, f, c)
}

// Story returns the first entries of a session in their order, sealed under e.
func (l *Log) Story(ctx context.Context, e Event, session string, limit int) (Sealed[[]Entry], error) {
	f := Filter{Session: session}
	c := f.choice(1<<63 - 1)
	c.First = limit
	return l.sealed(ctx, e, f, c)
}

// Entry returns one entry by its number, or none.
func (l *Log) Entry(ctx context.Context, e Event, id int64) (Sealed[[]Entry], error) {
	return l.sealed(ctx, e, Filter{}, ledger.Choice{After: id - 1, Before: id + 1})
}

func (l *Log) sealed(ctx context.Context, e Event, f Filter, c ledger.Choice) (Sealed[[]Entry], error) {
	entries := []Entry{}
	for row, err := range ledger.Select(ctx, l.db, c) {
		var one Entry
		if err == nil {
			one, err = decode(row)
		}
		if err != nil {
			return Sealed[[]Entry]{}, fmt.Errorf("search the audit: %w", err)
		}
		entries = append(entries, one)
	}
	e.Detail, e.Rows = f.noted(e.Detail), len(entries)
	if f.Person != "" {
		e.Persons = []string{f.Person}
	}
	return Seal(e, entries), nil
}

// Named returns the users whose name in the ledger holds a text. It is for choosing what to ask
// for, and is nobody's to see but under the event of that.
func (l *Log) Named(ctx context.Context, part string, limit int) ([]User, error) {
	found, err := ledger.FindNamed(ctx, l.db, part, limit)
	users, err := collect(found, err, func(n ledger.Named) (User, error) { return User(n), nil })
	if err != nil {
		return nil, fmt.Errorf("find users in the audit: %w", err)
	}
	return users, nil
}

// Unmet returns what was not allowed in a period, in groups, sealed under e.
func (l *Log) Unmet(ctx context.Context, e Event, from, to time.Time, limit int) (Sealed[[]Unmet], error) {
	found, err := ledger.FindUnmet(ctx, l.db, from, to, limit)
	groups, err := collect(found, err, func(u ledger.Unmet) (Unmet, error) {
		return Unmet{Outcome(u.Outcome), u.Why, u.Address, u.User, u.Name, u.Agency, u.Count, u.First.UTC(), u.Last.UTC(), u.LastID}, nil
	})
	if err != nil {
		return Sealed[[]Unmet]{}, fmt.Errorf("group refusals: %w", err)
	}
	e.Detail, e.Rows = Filter{From: from, To: to}.noted(e.Detail), len(groups)
	return Seal(e, groups), nil
}

// Figures returns the numbers of a period, sealed under e.
func (l *Log) Figures(ctx context.Context, e Event, from, to time.Time) (Sealed[Figures], error) {
	found, err := ledger.CountPeriod(ctx, l.db, from, to)
	if err != nil {
		return Sealed[Figures]{}, fmt.Errorf("count a period of the audit: %w", err)
	}
	e.Detail = Filter{From: from, To: to}.noted(e.Detail)
	return Seal(e, found), nil
}

// CloseDays counts the next days that are over for good, at most so many, and says how many it
// counted. Figures reads what they came to.
func (l *Log) CloseDays(ctx context.Context, most int) (int, error) {
	n, err := ledger.CloseDays(ctx, l.db, most)
	if err != nil {
		return 0, fmt.Errorf("count the days of the audit: %w", err)
	}
	return n, nil
}

// Lookers returns who opened a person's record, sealed under e, which then names the person.
func (l *Log) Lookers(ctx context.Context, e Event, person string, limit int) (Sealed[[]Looker], error) {
	found, err := ledger.Lookers(ctx, l.db, person, limit)
	if err != nil {
		return Sealed[[]Looker]{}, fmt.Errorf("read who opened a record: %w", err)
	}
	e.Persons, e.Rows = []string{person}, len(found)
	return Seal(e, found), nil
}

// Alarms returns alarms before a number, 0 for all, the newest first, sealed under e; open: those
// only that nobody has settled.
func (l *Log) Alarms(ctx context.Context, e Event, before int64, open bool, limit int) (Sealed[[]Alarm], error) {
	found, err := ledger.Alarms(ctx, l.db, before, open, limit)
	alarms, err := collect(found, err, decodeAlarm)
	if err != nil {
		return Sealed[[]Alarm]{}, fmt.Errorf("read alarms: %w", err)
	}
	e.Rows = len(alarms)
	return Seal(e, alarms), nil
}

func decodeAlarm(a ledger.Alarm) (alarm Alarm, err error) {
	if alarm.Raised, err = decode(a.Raised); err == nil && len(a.Settled) > 0 {
		alarm.Settled, err = decode(a.Settled)
	}
	return alarm, err
}

// Count returns how many entries f chooses, and the number of the last one there is: what is
// recorded later is not among them.
func (l *Log) Count(ctx context.Context, f Filter) (n int, last int64, err error) {
	if last, err = ledger.Last(ctx, l.db); err == nil {
		n, err = ledger.CountChoice(ctx, l.db, f.choice(last+1))
	}
	if err != nil {
		return 0, 0, fmt.Errorf("count audit entries: %w", err)
	}
	return n, last, nil
}

// Any reports whether f chooses any entry. It is for choosing what to say, and is nobody's to see but
// under the event of that.
func (l *Log) Any(ctx context.Context, f Filter) (bool, error) {
	f.Limit = 1
	for _, err := range ledger.Select(ctx, l.db, f.choice(1<<63-1)) {
		if err != nil {
			return false, fmt.Errorf("look for an audit entry: %w", err)
		}
		return true, nil
	}
	return false, nil
}

// Gap is a time of which the log has nothing, since an older database was restored.
type Gap = ledger.Gap

// Gaps returns the gaps that a period touches; a zero time bounds nothing. They are nobody's to see
// but under the event of a reading.
func (l *Log) Gaps(ctx context.Context, from, to time.Time) ([]Gap, error) {
	found, err := ledger.Gaps(ctx, l.db, from, to)
	if err != nil {
		return nil, fmt.Errorf("look for gaps in the audit: %w", err)
	}
	return found, nil
}

// Acts returns the acts that entries are of. They are for choosing what to say, like Any's answer.
func (l *Log) Acts(ctx context.Context) ([]string, error) {
	acts, err := ledger.Acts(ctx, l.db)
	if err != nil {
		return nil, fmt.Errorf("read which acts the audit has: %w", err)
	}
	return acts, nil
}

// Noted returns e as the event of an export of what f chooses, of so many rows.
func (f Filter) Noted(e Event, rows int) Event {
	e.Detail, e.Rows = f.noted(e.Detail), rows
	if f.Person != "" {
		e.Persons = []string{f.Person}
	}
	return e
}

// TakeTurn takes one of the turns that all nodes have together for exports: each user has one at a time,
// and everybody so many. It runs out after patience, should nobody call done. ok is false where there is no room.
func (l *Log) TakeTurn(ctx context.Context, user string, most int, patience time.Duration) (done func(), ok bool, err error) {
	until, ok, err := ledger.TakeTurn(ctx, l.db, user, most, patience)
	if err != nil || !ok {
		return func() {}, false, wrapTurn(err)
	}
	return func() {
		if err := ledger.GiveBack(context.WithoutCancel(ctx), l.db, user, until); err != nil {
			l.opts.Logger.WarnContext(ctx, "the turn of an export is not given back before it runs out", "error", err)
		}
	}, true, nil
}

func wrapTurn(err error) error {
	if err != nil {
		err = fmt.Errorf("take a turn to export: %w", err)
	}
	return err
}

// Each streams what f chooses up to the entry last, oldest first. It records nothing: ask with the
// receipt of the reading's own event in hand.
func (l *Log) Each(ctx context.Context, r Receipt, f Filter, last int64) iter.Seq2[Entry, error] {
	return func(yield func(Entry, error) bool) {
		if r.ID() == 0 {
			yield(Entry{}, ErrSealed)
			return
		}
		for row, err := range ledger.Pages(ctx, l.db, f.choice(last+1)) {
			var e Entry
			if err == nil {
				e, err = decode(row)
			}
			if err != nil {
				yield(Entry{}, fmt.Errorf("export audit entries: %w", err))
				return
			}
			if !yield(e, nil) {
				return
			}
		}
	}
}

// IsAlarm reports whether an entry is an alarm that can be settled.
func (e Entry) IsAlarm() bool { return strings.HasPrefix(e.Act, "alarm.") && e.Act != ActSettled }

// ActSettled is the act of settling an alarm, whose number stands in the detail "alarm".
const ActSettled = "alarm.settled"

// ErrNoAlarm and ErrSettledAlready say why an alarm is not settled.
var (
	ErrNoAlarm        = errors.New("audit: there is no such alarm")
	ErrSettledAlready = errors.New("audit: the alarm was settled before")
)

// Settle records e, which settles an alarm with a note in its detail, unless may objects to the
// alarm or somebody has settled it. Of two at once one comes first.
func (l *Log) Settle(ctx context.Context, e Event, id int64, may func(Entry) error) error {
	return l.db.Transact(ctx, func(tx *pg.Tx) error {
		found, err := ledger.AlarmToSettle(ctx, tx, id)
		if err != nil {
			return fmt.Errorf("settle an alarm: %w", err)
		}
		if found.Raised == nil {
			return ErrNoAlarm
		}
		alarm, err := decodeAlarm(found)
		if err != nil {
			return err
		}
		if alarm.Settled.ID != 0 {
			return ErrSettledAlready
		}
		if err := may(alarm.Raised); err != nil {
			return err
		}
		if e.Node == "" {
			e.Node = l.opts.Node
		}
		return AppendIn(ctx, tx, e)
	})
}
