package authz

import (
	"mais/server/api"
	"mais/server/internal/authz/internal/look"
	"mais/server/internal/record"
)

// This file puts what was released into the types of the API.

// wireShown is a record that was shown, or why there is none.
func wireShown(shown look.Shown, err error) (api.Record, error) {
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

func wireFound(found record.Found) api.SearchResults {
	results := api.SearchResults{AsOf: found.AsOf.UTC(), Total: found.Total, Truncated: found.Truncated,
		Results: make([]api.SearchResult, 0, len(found.Matches))}
	for _, m := range found.Matches {
		r := wireName(m)
		r.Alerts = m.Alerts
		if m.Alias != (record.Name{}) {
			r.Alias = &api.Name{FirstName: m.Alias.FirstName, Surname: m.Alias.Surname}
		}
		results.Results = append(results.Results, r)
	}
	return results
}

// wireName is a person without alerts.
func wireName(m record.Match) api.SearchResult {
	r := api.SearchResult{ID: m.ID.String(), Surname: m.Surname, FirstName: m.FirstName, DateOfBirth: string(m.DateOfBirth)}
	if m.Released != "" {
		day := string(m.Released)
		r.Released = &day
	}
	return r
}
