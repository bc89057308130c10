package look

import (
	"context"
	"errors"
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
	Numbered(ctx context.Context, e audit.Event, number string, limit int) (audit.Sealed[[]string], error)
	// Tried is how often a user did an act since then, and when first, but for what was refused or not
	// understood. It tells nothing of anybody else.
	Tried(ctx context.Context, user, act string, since time.Time) (int, time.Time, error)
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

// Queue is the emergency accesses from some places on.
type Queue struct {
	Waiting int // how many wait for review, wherever they stand
	Pages   []Page
}

// Page is the emergency accesses from one place on.
type Page struct {
	Reviews []Reviewed
	More    bool // others follow
}

// Reviews reads the emergency accesses from each place on, at most limit of each. Everybody
// whose record they opened is in the event.
func (r Reader) Reviews(ctx context.Context, places []grounds.Place, limit int, e audit.Event) (audit.Sealed[Queue], error) {
	waiting, err := r.grounds.Waiting(ctx)
	if err != nil {
		return audit.Sealed[Queue]{}, err
	}
	var all []grounds.Review
	queue := Queue{Waiting: waiting, Pages: make([]Page, len(places))}
	lengths := make([]int, len(places))
	for n, place := range places {
		page, err := r.grounds.Reviews(ctx, place, limit+1)
		if err != nil {
			return audit.Sealed[Queue]{}, err
		}
		lengths[n], queue.Pages[n].More = min(len(page), limit), len(page) > limit
		all = append(all, page[:lengths[n]]...)
	}
	reviewed, err := r.withLooks(ctx, all, e)
	if err != nil {
		return audit.Sealed[Queue]{}, err
	}
	return audit.Reseal(reviewed, reviewed.Event(), func(all []Reviewed) Queue {
		for n, length := range lengths {
			queue.Pages[n].Reviews, all = all[:length], all[length:]
		}
		return queue
	}), nil
}

// ReviewOf reads one emergency access; of one that is not there it says so, and what it
// returns has no id.
func (r Reader) ReviewOf(ctx context.Context, id string, e audit.Event) (audit.Sealed[Reviewed], error) {
	found, err := r.grounds.ReviewOf(ctx, id)
	if errors.Is(err, grounds.ErrUnknown) {
		e.Outcome, e.Reason = audit.Failed, ReasonNotFound
		return audit.Seal(e, Reviewed{}), nil
	}
	if err != nil {
		return audit.Sealed[Reviewed]{}, err
	}
	reviewed, err := r.withLooks(ctx, []grounds.Review{found}, e)
	if err != nil {
		return audit.Sealed[Reviewed]{}, err
	}
	return audit.Reseal(reviewed, reviewed.Event(), func(all []Reviewed) Reviewed { return all[0] }), nil
}

// withLooks counts the looks under emergency accesses. All their people are in the event.
func (r Reader) withLooks(ctx context.Context, reviews []grounds.Review, e audit.Event) (audit.Sealed[[]Reviewed], error) {
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
