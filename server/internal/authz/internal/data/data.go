// Package data is Eh-DAS: the SQL of schema record. Start with [Open]; then [Store.Read],
// [Store.Search], [Store.Names] and [Store.Load]. Only package authz and its parts can import it.
//
// Each call takes a Decision, which only package policy makes, and what the decision does
// not allow is not in the statement: not selected, not compared, not sorted by. The pool is
// logged in as the login role that the decision needs, so that PostgreSQL refuses what this
// package should get wrong. What comes out is cut to the decision.
//
// The package does not decide, does not audit, and does not know who is asking.
package data

import (
	"context"
	"errors"
	"fmt"

	"mais/internal/pg"
	"mais/server/internal/authz/internal/policy"
	"mais/server/internal/record"
)

var (
	// ErrNotFound says that there is no such person.
	ErrNotFound = errors.New("no such person")
	// ErrNotAllowed says that a call asked for more than its decision allows.
	ErrNotAllowed = errors.New("not allowed by the decision")
)

// Store reads and writes records. It is safe for concurrent use.
type Store struct {
	restricted, full, health *pg.DB

	reads    plans[string, *readPlan]
	searches plans[searchKey, *searchPlan]
	names    plans[string, string]
}

// Open opens a pool for each login role that the store acts as.
func Open(ctx context.Context, src pg.Source) (*Store, error) {
	s := &Store{}
	for _, pool := range []struct {
		role pg.Role
		db   **pg.DB
	}{{pg.ReadRestricted, &s.restricted}, {pg.ReadFull, &s.full}, {pg.WriteHealth, &s.health}} {
		db, err := src.Open(ctx, pool.role)
		if err != nil {
			return nil, errors.Join(fmt.Errorf("open records: %w", err), s.Close())
		}
		*pool.db = db
	}
	return s, nil
}

// Close closes the pools.
func (s *Store) Close() error {
	var errs []error
	for _, db := range []*pg.DB{s.restricted, s.full, s.health} {
		if db != nil {
			errs = append(errs, db.Close())
		}
	}
	return errors.Join(errs...)
}

// reader returns the pool of the lowest login role that can serve d.
func (s *Store) reader(d policy.Decision) *pg.DB {
	if d.Full() {
		return s.full
	}
	return s.restricted
}

// sqlText returns SQL for the text of a column as [record.Cells] has it, or NULL.
func sqlText(table string, c record.Column) string {
	name := table + "." + c.Name
	switch c.Type {
	case "boolean":
		return "CASE WHEN " + name + " THEN 'yes' END"
	case "text[]":
		return "array_to_string(" + name + ", ';')"
	case "text", "record.line", "record.note":
		return name
	}
	return name + "::text"
}
