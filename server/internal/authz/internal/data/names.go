package data

import (
	"context"
	"database/sql"
	"fmt"

	"mais/internal/pg"
	"mais/server/internal/authz/internal/policy"
	"mais/server/internal/record"
)

// Names returns who these people are, as far as d allows, in no order and in one statement:
// names, birth date and day of release, without alerts. Who is not there is left out. The
// error is ErrNotAllowed when d is not to read.
func (s *Store) Names(ctx context.Context, d policy.Decision, people []record.PersonID) ([]record.Match, error) {
	if d.Act() != policy.Read {
		return nil, fmt.Errorf("read names: %w", ErrNotAllowed)
	}
	d = d.Only(NameItems()...)
	if !d.Any() {
		return nil, nil
	}
	var ids []string
	for _, p := range people {
		ids = append(ids, p.String())
	}
	query := s.names.get(d.Key(), func() string { return namesSQL(d) })
	rows, err := s.reader(d).Query(ctx, query, pg.Array(ids))
	matches, err := pg.Collect(rows, err, scanName)
	if err != nil {
		return nil, fmt.Errorf("read names: %w", err)
	}
	return matches, nil
}

// nameColumns say who a person is, in the order in which they are read.
var nameColumns = []string{"surname", "first_name", "date_of_birth", "date_of_release"}

// NameItems returns the keys of the items that say who a person is.
func NameItems() []string {
	var keys []string
	for _, name := range nameColumns {
		keys = append(keys, details+name)
	}
	return keys
}

func namesSQL(d policy.Decision) string {
	columns := ""
	for _, name := range nameColumns {
		if d.Allows(details + name) {
			columns += ", " + name + "::text"
		} else {
			columns += ", NULL"
		}
	}
	return "SELECT person" + columns + " FROM record.service_user_details WHERE person = ANY ($1)"
}

func scanName(r *pg.Rows) (record.Match, error) {
	var id string
	var surname, firstName, born, released sql.NullString
	if err := r.Scan(&id, &surname, &firstName, &born, &released); err != nil {
		return record.Match{}, err
	}
	person, err := record.ParsePersonID(id)
	return record.Match{ID: person, Surname: surname.String, FirstName: firstName.String,
		DateOfBirth: record.Day(born.String), Released: record.Day(released.String)}, err
}
