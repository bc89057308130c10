package authz

import (
	"context"

	"mais/server/api"
	"mais/server/internal/audit"
	"mais/server/internal/authz/internal/look"
	"mais/server/internal/authz/internal/policy"
	"mais/server/internal/record"
)

// Show returns a record as far as the caller may see it; of the other items it says that they
// are withheld, and not whether they are recorded. Those shown stand in the event, and so
// does the record when the attempt was refused.
//
// The error is ErrDenied, ErrNotFound, ErrUnavailable or an *authn.Refusal.
func (s *Service) Show(ctx context.Context, l Look, id string) (api.Record, error) {
	e := l.event(ActShow)
	person, malformed := record.ParsePersonID(id)
	if malformed == nil {
		e.Persons = []string{person.String()}
	}
	shown, err := released(ctx, s, l.Principal, e, func(d policy.Decision, e audit.Event) (audit.Sealed[look.Shown], error) {
		if malformed != nil {
			return s.reader.NotShown(e), nil
		}
		return s.reader.Show(ctx, d, person, e)
	})
	switch {
	case err != nil:
		return api.Record{}, err
	case !shown.Found:
		return api.Record{}, ErrNotFound
	}
	return wireRecord(shown.Record), nil
}

func wireRecord(r record.Record) api.Record {
	out := api.Record{ID: r.ID.String(), Sections: make(map[string]map[string]api.Item, len(r.Sections))}
	for name, section := range r.Sections {
		items := make(map[string]api.Item, len(section))
		for item, entry := range section {
			items[item] = wireItem(entry)
		}
		out.Sections[name] = items
	}
	return out
}

// wireItem is an item as the API shows it. A withheld one shows nothing else, whatever the
// entry should hold.
func wireItem(e record.Entry) api.Item {
	switch e.State {
	case record.Withheld:
		return api.Item{State: api.StateWithheld}
	case record.Recorded:
		return api.Item{Value: e.Value, Certainty: e.Certainty, Details: e.Details, Other: e.Other, AsAt: string(e.AsAt), Source: e.Source}
	case record.Refused:
		return api.Item{State: api.StateRefused, Details: e.Details, AsAt: string(e.AsAt), Source: e.Source}
	}
	return api.Item{State: api.StateNotRecorded}
}
