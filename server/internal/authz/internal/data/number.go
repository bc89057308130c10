package data

import (
	"context"
	"fmt"

	"mais/internal/pg"
	"mais/server/internal/authz/internal/policy"
	"mais/server/internal/record"
)

// numberSQL finds people by one of several whole names and the birth date, and selects nothing but
// their numbers.
const numberSQL = `SELECT DISTINCT person FROM unnest($1::text[], $2::text[]) AS asked (first_name, surname)
	JOIN record.search_name ON first_name_key = asked.first_name AND surname_key = asked.surname
	JOIN record.service_user_details USING (person) WHERE date_of_birth = $3 LIMIT $4`

// Numbers returns the numbers of those whom somebody named, at most limit. The error is
// ErrNotAllowed when d is not to find people by their names and birth date.
func (s *Store) Numbers(ctx context.Context, d policy.Decision, who record.Sought, limit int) ([]record.PersonID, error) {
	for _, name := range []string{"surname", "first_name", "aliases", "date_of_birth"} {
		if d.Act() != policy.Find || !d.Allows(details+name) {
			return nil, fmt.Errorf("find a number: %w", ErrNotAllowed)
		}
	}
	var first, last []string
	for _, name := range who.Names() {
		first, last = append(first, name.FirstName), append(last, name.Surname)
	}
	return s.numbers(ctx, d, numberSQL, pg.Array(first), pg.Array(last), string(who.Born), limit)
}

// identifiedSQL finds people by the number that a prison or the police know them by.
const identifiedSQL = `SELECT id FROM record.person WHERE upper(prison_number) = upper($1) OR upper(pnc_number) = upper($1) LIMIT $2`

// Identified returns the numbers of those whom a prison or the police know by a number, at most limit.
// The error is ErrNotAllowed when d is not to find people.
func (s *Store) Identified(ctx context.Context, d policy.Decision, number string, limit int) ([]record.PersonID, error) {
	if d.Act() != policy.Find || !d.Any() {
		return nil, fmt.Errorf("find a number: %w", ErrNotAllowed)
	}
	return s.numbers(ctx, d, identifiedSQL, number, limit)
}

func (s *Store) numbers(ctx context.Context, d policy.Decision, query string, args ...any) ([]record.PersonID, error) {
	rows, err := s.reader(d).Query(ctx, query, args...)
	people, err := pg.Collect(rows, err, func(r *pg.Rows) (record.PersonID, error) {
		var id string
		if err := r.Scan(&id); err != nil {
			return record.PersonID{}, err
		}
		return record.ParsePersonID(id)
	})
	if err != nil {
		return nil, fmt.Errorf("find a number: %w", err)
	}
	return people, nil
}
