// Package look reads records for package authz and hands out nothing unsealed: each method
// of [Reader], made with [New], completes the event of the look with what was read and
// returns it sealed under that event. Nothing else of authz calls Eh-DAS to read.
//
// It does not decide (it takes a Decision, which only package policy makes) and it does not
// append (that is what the seal waits for). The audit itself is read in the same way: see
// [Reader.Looked], [Reader.Recent] and [Reader.Reviews].
package look

import (
	"context"
	"errors"

	"mais/server/internal/audit"
	"mais/server/internal/authz/internal/data"
	"mais/server/internal/authz/internal/grounds"
	"mais/server/internal/authz/internal/policy"
	"mais/server/internal/record"
)

// Reader reads records through Eh-DAS, and who read them from the audit.
type Reader struct {
	records *data.Store
	trail   Trail
	grounds *grounds.Store
}

// New returns a reader of records, of the trail of looks at them and of the emergency
// accesses among the grounds.
func New(records *data.Store, trail Trail, grounds *grounds.Store) Reader {
	return Reader{records, trail, grounds}
}

// ReasonNotFound is the event's reason when there is no such record.
const ReasonNotFound = "not-found"

// Shown is a record, or the fact that there is none. That is released only after its event
// as well: "nobody of that number" tells something.
type Shown struct {
	Record record.Record
	Found  bool
}

// Show reads what d allows of a record.
func (r Reader) Show(ctx context.Context, d policy.Decision, id record.PersonID, e audit.Event) (audit.Sealed[Shown], error) {
	e.Persons = []string{id.String()}
	shown, err := r.records.Read(ctx, d, id)
	if errors.Is(err, data.ErrNotFound) {
		e.Outcome, e.Reason = audit.Failed, ReasonNotFound
		return audit.Seal(e, Shown{}), nil
	}
	if err != nil {
		return audit.Sealed[Shown]{}, err
	}
	e.Items, e.Rows = d.Shorthand(), 1
	return audit.Seal(e, Shown{shown, true}), nil
}

// NotShown is Show for what cannot be the number of a record.
func (r Reader) NotShown(e audit.Event) audit.Sealed[Shown] {
	e.Outcome, e.Reason = audit.Failed, ReasonNotFound
	return audit.Seal(e, Shown{})
}

// Named is who a person is, or the fact that there is no such person.
type Named struct {
	Match record.Match // without alerts
	Found bool
}

// Named reads who a person is, as far as d allows.
func (r Reader) Named(ctx context.Context, d policy.Decision, id record.PersonID, e audit.Event) (audit.Sealed[Named], error) {
	matches, err := r.records.Names(ctx, d, []record.PersonID{id})
	if err != nil {
		return audit.Sealed[Named]{}, err
	}
	e.Persons = []string{id.String()}
	if len(matches) == 0 {
		e.Outcome, e.Reason = audit.Failed, ReasonNotFound
		return audit.Seal(e, Named{}), nil
	}
	e.Items, e.Rows = d.Only(data.NameItems()...).Shorthand(), 1
	return audit.Seal(e, Named{matches[0], true}), nil
}

// Search reads who fits q, as far as d allows. Every person of the result is in the event.
func (r Reader) Search(ctx context.Context, d policy.Decision, q record.Query, e audit.Event) (audit.Sealed[record.Found], error) {
	found, err := r.records.Search(ctx, d, q)
	if err != nil {
		return audit.Sealed[record.Found]{}, err
	}
	for _, m := range found.Matches {
		e.Persons = append(e.Persons, m.ID.String())
	}
	e.Items, e.Rows = searchItems(d), len(found.Matches)
	return audit.Seal(e, found), nil
}

// searchItems are the items that a line of a result tells of, as far as d allows.
func searchItems(d policy.Decision) []string {
	keys := append(data.NameItems(), "service_user_details.aliases")
	return d.Only(append(keys, record.AlertItems()...)...).Items()
}
