package audit

import (
	"context"
	"encoding/json"
	"fmt"
	"iter"
	"maps"
	"time"

	"mais/server/internal/audit/internal/ledger"
)

// ActList is the act of reading the ledger.
const ActList = "audit.list"

// Filter chooses entries; an empty field chooses all. From is inclusive, To is not.
type Filter struct {
	From, To time.Time
	After    int64   // entries with a greater ID
	Limit    int     // the last so many; 0 is all
	Act      string  // exactly, such as "record.show"
	Outcome  Outcome // exactly
	User     string  // UUID of who tried
	Person   string  // UUID of whom it was about
	Request  string  // UUID, the reference number that a caller was given
}

// List records by, the event of this very reading, and then streams the chosen entries,
// oldest first; its own is not among them. by says who reads; its act, outcome and the
// filter are filled in. A first error ends the sequence; ErrUnavailable means that the
// reading could not be recorded, and nothing was read. It needs no Run.
func (l *Log) List(ctx context.Context, by Event, f Filter) iter.Seq2[Entry, error] {
	return func(yield func(Entry, error) bool) {
		id, err := l.recordReading(ctx, by, f)
		if err != nil {
			yield(Entry{}, err)
			return
		}
		for row, err := range ledger.Select(ctx, l.db, f.choice(id)) {
			var e Entry
			if err == nil {
				e, err = decode(row)
			}
			if err != nil {
				yield(Entry{}, fmt.Errorf("list audit entries: %w", err))
				return
			}
			if !yield(e, nil) {
				return
			}
		}
	}
}

// recordReading returns the ID of the reading's own entry.
func (l *Log) recordReading(ctx context.Context, by Event, f Filter) (int64, error) {
	by.Act, by.Outcome = ActList, Allowed
	if by.Node == "" {
		by.Node = l.opts.Node
	}
	if f.Person != "" {
		by.Persons = []string{f.Person}
	}
	detail := maps.Clone(by.Detail)
	if detail == nil {
		detail = map[string]string{}
	}
	for name, value := range map[string]string{"act": f.Act, "outcome": string(f.Outcome), "user": f.User, "request": f.Request,
		"from": stamp(f.From), "to": stamp(f.To)} {
		if value != "" {
			detail[name] = value
		}
	}
	by.Detail = detail
	event, err := by.encode()
	if err != nil {
		return 0, err
	}
	numbers, err := ledger.Append(ctx, l.db, []json.RawMessage{event})
	if err != nil {
		return 0, fmt.Errorf("record the reading of the audit: %w: %w", ErrUnavailable, err)
	}
	return numbers[0].ID, nil
}

func (f Filter) choice(before int64) ledger.Choice {
	return ledger.Choice{From: f.From, To: f.To, After: f.After, Before: before, Limit: f.Limit, Act: f.Act,
		Outcome: string(f.Outcome), User: f.User, Person: f.Person, Request: f.Request}
}

func stamp(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return t.UTC().Format(time.RFC3339)
}
