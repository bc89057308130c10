package audit

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	"mais/server/internal/audit/internal/ledger"
)

// This file answers the questions about opened records: entries of the acts record.show and
// record.print that were allowed. Each has an index of its own. What it returns is sealed
// under the event of the asking, so that nobody reads the trail unseen.

// Visit is a record that a user opened: the entry of the last time, and how often.
type Visit struct {
	Entry
	Looks int
}

// Span is a time in which one user opened records under an emergency access.
type Span struct {
	Emergency string // its UUID, as it stands in the entries' detail "emergency_id"
	User      string // UUID
	From, To  time.Time
}

// About returns who opened a person's record, last first, at most limit entries. They are
// sealed under e, which then names the person.
func (l *Log) About(ctx context.Context, e Event, person string, limit int) (Sealed[[]Entry], error) {
	rows, err := ledger.About(ctx, l.db, person, limit)
	entries, err := collect(rows, err, decode)
	if err != nil {
		return Sealed[[]Entry]{}, fmt.Errorf("read who opened a record: %w", err)
	}
	e.Persons, e.Rows = []string{person}, len(entries)
	return Seal(e, entries), nil
}

// Of returns whose records a user opened since then, the last opened first, at most limit
// people. They are sealed under e, which then names all these people.
func (l *Log) Of(ctx context.Context, e Event, user string, since time.Time, limit int) (Sealed[[]Visit], error) {
	rows, err := ledger.Of(ctx, l.db, user, since, limit)
	visits, err := collect(rows, err, func(row ledger.Visit) (Visit, error) {
		last, err := decode(row.Last)
		return Visit{last, row.Looks}, err
	})
	if err != nil {
		return Sealed[[]Visit]{}, fmt.Errorf("read which records a user opened: %w", err)
	}
	e.Persons, e.Rows = nil, len(visits)
	for _, v := range visits {
		e.Persons = append(e.Persons, v.Persons[0])
	}
	return Seal(e, visits), nil
}

// Looks returns how often records were opened in each span, in their order, sealed under e.
func (l *Log) Looks(ctx context.Context, e Event, spans []Span) (Sealed[[]int], error) {
	var asked ledger.Spans
	for _, s := range spans {
		asked.Add(s.Emergency, s.User, s.From, s.To)
	}
	counts, err := ledger.Count(ctx, l.db, asked)
	if err != nil {
		return Sealed[[]int]{}, fmt.Errorf("count looks: %w", err)
	}
	return Seal(e, counts), nil
}

// Numbered returns the people for whom a reason with this number was given, a custody number say, at
// most limit, sealed under e, which tells how many and names the only one.
func (l *Log) Numbered(ctx context.Context, e Event, number string, limit int) (Sealed[[]string], error) {
	people, err := ledger.Numbered(ctx, l.db, number, limit)
	if err != nil {
		return Sealed[[]string]{}, fmt.Errorf("find for whom a number was given: %w", err)
	}
	if e.Persons, e.Rows = nil, len(people); len(people) == 1 {
		e.Persons = people
	}
	return Seal(e, people), nil
}

// Tried returns how often a user did an act since then, and when first, but for what was refused or
// could not be understood.
func (l *Log) Tried(ctx context.Context, user, act string, since time.Time) (n int, first time.Time, err error) {
	n, first, err = ledger.Tried(ctx, l.db, user, act, since)
	if err != nil {
		return 0, first, fmt.Errorf("count acts of a user: %w", err)
	}
	return n, first, nil
}

func collect[A, B any](rows []A, err error, decode func(A) (B, error)) ([]B, error) {
	if err != nil {
		return nil, err
	}
	all := make([]B, 0, len(rows))
	for _, row := range rows {
		b, err := decode(row)
		if err != nil {
			return nil, err
		}
		all = append(all, b)
	}
	return all, nil
}

func decode(row json.RawMessage) (e Entry, err error) {
	err = json.Unmarshal(row, &e)
	e.At = e.At.UTC()
	return e, err
}
