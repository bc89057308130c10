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
	After    int64    // entries with a greater ID
	Limit    int      // the last so many; 0 is all
	Before   int64    // entries with a smaller ID
	Act      string   // exactly, such as "record.show", or all of a kind: "record.*"
	Outcome  Outcome  // exactly
	User     string   // UUID of who tried
	Users    []string // UUIDs, any of them; empty and not nil: nobody
	Person   string   // UUID of whom it was about
	Agency   string   // name, of who tried
	Session  string   // its name in the audit
	Address  string   // of the socket
	Request  string   // UUID, the reference number that a caller was given
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
		for row, err := range l.chosen(ctx, f.choice(id)) {
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

// chosen gives what may be everything in pages, and the last so many at once.
func (l *Log) chosen(ctx context.Context, c ledger.Choice) iter.Seq2[json.RawMessage, error] {
	if c.Limit > 0 {
		return ledger.Select(ctx, l.db, c)
	}
	return ledger.Pages(ctx, l.db, c)
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
	by.Detail = f.noted(by.Detail)
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

// noted returns the detail of a reading's event with what was asked for.
func (f Filter) noted(detail map[string]string) map[string]string {
	detail = maps.Clone(detail)
	if detail == nil {
		detail = map[string]string{}
	}
	for name, value := range map[string]string{"act": f.Act, "outcome": string(f.Outcome), "user": f.User, "request": f.Request,
		"agency": f.Agency, "session": f.Session, "address": f.Address, "from": stamp(f.From), "to": stamp(f.To)} {
		if value != "" {
			detail[name] = value
		}
	}
	return detail
}

// choice returns the filter as the ledger takes it. An entry before is the first that was not
// there when the reading began.
func (f Filter) choice(before int64) ledger.Choice {
	if f.Before > 0 {
		before = min(before, f.Before)
	}
	return ledger.Choice{From: f.From, To: f.To, After: f.After, Before: before, Limit: f.Limit, Act: f.Act, Outcome: string(f.Outcome),
		User: f.User, Users: f.Users, Person: f.Person, Agency: f.Agency, Session: f.Session, Address: f.Address, Request: f.Request}
}

func stamp(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return t.UTC().Format(time.RFC3339)
}
