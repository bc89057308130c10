package look

import (
	"context"
	"slices"
	"time"

	"mais/server/internal/audit"
	"mais/server/internal/authz/internal/data"
	"mais/server/internal/authz/internal/grounds"
	"mais/server/internal/authz/internal/policy"
	"mais/server/internal/record"
)

// Trail is what the audit says of opened records: an *audit.Log. Each method completes the
// event that it is given and seals its answer under it.
type Trail interface {
	About(ctx context.Context, e audit.Event, person string, limit int) (audit.Sealed[[]audit.Entry], error)
	Of(ctx context.Context, e audit.Event, user string, since time.Time, limit int) (audit.Sealed[[]audit.Visit], error)
	Looks(ctx context.Context, e audit.Event, spans []audit.Span) (audit.Sealed[[]int], error)
}

// Looked reads who opened a person's record, last first.
func (r Reader) Looked(ctx context.Context, person record.PersonID, limit int, e audit.Event) (audit.Sealed[[]audit.Entry], error) {
	return r.trail.About(ctx, e, person.String(), limit)
}

// Recent is whose records a user opened, and who these people are.
type Recent struct {
	Visits []audit.Visit
	Names  map[string]record.Match // by id; without those who are gone, or may not be named
}

// Recent reads whose records a user opened since then, last first, and the names of these
// people as far as d allows. All of them are in the event.
func (r Reader) Recent(ctx context.Context, d policy.Decision, user string, since time.Time, limit int, e audit.Event) (audit.Sealed[Recent], error) {
	visits, err := r.trail.Of(ctx, e, user, since, limit)
	if err != nil {
		return audit.Sealed[Recent]{}, err
	}
	e = visits.Event()
	var people []record.PersonID
	for _, id := range e.Persons {
		person, err := record.ParsePersonID(id)
		if err != nil {
			return audit.Sealed[Recent]{}, err
		}
		people = append(people, person)
	}
	d = d.Only(data.NameItems()...)
	matches, err := r.records.Names(ctx, d, people)
	if err != nil {
		return audit.Sealed[Recent]{}, err
	}
	names := make(map[string]record.Match, len(matches))
	for _, m := range matches {
		names[m.ID.String()] = m
	}
	e.Items = d.Shorthand()
	return audit.Reseal(visits, e, func(visits []audit.Visit) Recent { return Recent{visits, names} }), nil
}

// Reviewed is an emergency access and how often the record was opened under it.
type Reviewed struct {
	grounds.Review
	Looks int
}

// Reviews reads the emergency accesses, those that wait for review first. Everybody whose
// record they opened is in the event.
func (r Reader) Reviews(ctx context.Context, limit int, e audit.Event) (audit.Sealed[[]Reviewed], error) {
	reviews, err := r.grounds.Reviews(ctx, limit)
	if err != nil {
		return audit.Sealed[[]Reviewed]{}, err
	}
	spans := make([]audit.Span, len(reviews))
	for n, v := range reviews {
		spans[n] = audit.Span{Emergency: v.ID, User: v.User, From: v.Began, To: v.Ended}
		if !slices.Contains(e.Persons, v.Person) {
			e.Persons = append(e.Persons, v.Person)
		}
	}
	e.Rows = len(reviews)
	counts, err := r.trail.Looks(ctx, e, spans)
	if err != nil {
		return audit.Sealed[[]Reviewed]{}, err
	}
	return audit.Reseal(counts, e, func(counts []int) []Reviewed {
		all := make([]Reviewed, len(reviews))
		for n, v := range reviews {
			all[n] = Reviewed{v, counts[n]}
		}
		return all
	}), nil
}
