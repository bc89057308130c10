package look

import (
	"context"
	"time"

	"mais/server/internal/audit"
	"mais/server/internal/authz/internal/policy"
	"mais/server/internal/record"
)

// enough is how many people are looked for where only one is an answer.
const enough = 2

// ReasonNotUnique is the event's reason when more than one person fits.
const ReasonNotUnique = "not-unique"

// Numbered is the number of the only person who fits, or why there is none.
type Numbered struct {
	Person string // empty: nobody fits, or
	Many   bool   // more than one do
}

// Number reads the number of the person whom somebody named, as far as d allows.
func (r Reader) Number(ctx context.Context, d policy.Decision, who record.Sought, e audit.Event) (audit.Sealed[Numbered], error) {
	found, err := r.records.Numbers(ctx, d, who, enough)
	if err != nil {
		return audit.Sealed[Numbered]{}, err
	}
	return sealNumber(found, e), nil
}

func sealNumber(found []record.PersonID, e audit.Event) audit.Sealed[Numbered] {
	if e.Persons, e.Rows = nil, len(found); len(found) == 1 {
		e.Persons = []string{found[0].String()}
	}
	return audit.Seal(ending(e), numberOf(e.Persons, e.Rows))
}

// Given reads the number of the person whom a prison or the police know by a number or, where there is
// none, for whom a reason was given with it, a custody number say.
func (r Reader) Given(ctx context.Context, d policy.Decision, number string, e audit.Event) (audit.Sealed[Numbered], error) {
	known, err := r.records.Identified(ctx, d, number, enough)
	if err != nil || len(known) > 0 {
		return sealNumber(known, e), err
	}
	found, err := r.trail.Numbered(ctx, e, number, enough)
	if err != nil {
		return audit.Sealed[Numbered]{}, err
	}
	return audit.Reseal(found, ending(found.Event()), func(people []string) Numbered { return numberOf(people, len(people)) }), nil
}

// Tried is how often a user did an act since then, and when first, without what was refused or not understood.
func (r Reader) Tried(ctx context.Context, user, act string, since time.Time) (int, time.Time, error) {
	return r.trail.Tried(ctx, user, act, since)
}

func numberOf(people []string, found int) Numbered {
	if found != 1 {
		return Numbered{Many: found > 1}
	}
	return Numbered{Person: people[0]}
}

// ending returns the event of an answer of so many rows, of which only one tells of anybody.
func ending(e audit.Event) audit.Event {
	switch {
	case e.Rows == 0:
		e.Outcome, e.Reason = audit.Failed, ReasonNotFound
	case e.Rows > 1:
		e.Outcome, e.Reason, e.Rows = audit.Failed, ReasonNotUnique, 0
	}
	return e
}
