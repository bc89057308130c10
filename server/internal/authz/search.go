package authz

import (
	"context"
	"strings"

	"mais/server/api"
	"mais/server/internal/audit"
	"mais/server/internal/authz/internal/policy"
	"mais/server/internal/record"
)

// Query asks for people; see record.Query for what fits.
type Query = api.SearchRequest

// Search returns the people who fit, as far as the caller may see them. Every one of them
// stands in the attempt's event, however few are opened later.
//
// The event says which kinds of criteria were used and not what was typed: that is personal
// data of somebody who may not even be known to us, in a log that is never erased. A hash
// would be no better, since names and dates are few enough to try them all.
//
// The error is ErrDenied (also for a search by an item that the caller may not read, since
// the number of people found would tell what it holds), *InvalidError, ErrUnavailable or an *authn.Refusal.
func (s *Service) Search(ctx context.Context, look Look, q Query) (api.SearchResults, error) {
	e := look.event(ActSearch)
	e.Detail = map[string]string{"criteria": strings.Join(criteria(q), " ")}
	query := record.Query{Surname: q.Surname, FirstName: q.FirstName, DateOfBirth: record.Day(q.DateOfBirth), Exact: q.Exact}
	found, err := released(ctx, s, look.Principal, e, func(d policy.Decision, e audit.Event) (audit.Sealed[record.Found], error) {
		if err := check(query); err != nil {
			return audit.Sealed[record.Found]{}, err
		}
		return s.reader.Search(ctx, d, query, e)
	})
	if err != nil {
		return api.SearchResults{}, err
	}
	return wireFound(found), nil
}

// criteria returns the names of the items that q searches by.
func criteria(q Query) []string {
	var names []string
	for _, c := range []struct{ name, text string }{
		{"surname", q.Surname}, {"first_name", q.FirstName}, {"date_of_birth", q.DateOfBirth}} {
		if c.text != "" {
			names = append(names, c.name)
		}
	}
	return names
}

func check(q record.Query) error {
	var invalid InvalidError
	for _, fault := range q.Check() {
		invalid.Fields = append(invalid.Fields, api.FieldError{Field: fault.Column, Detail: fault.Problem})
	}
	if len(invalid.Fields) > 0 {
		return &invalid
	}
	return nil
}
