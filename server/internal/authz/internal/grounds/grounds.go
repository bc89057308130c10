// Package grounds is the SQL of what a look stands on, in schema access as the login role
// mais_creds: the reason that a session gave for a person, emergency access while it is on,
// and the review that follows it. Start with [Open].
//
// It decides nothing: what a reason must hold and who may do what is package authz's to say.
// The triggers of migration 00004 hold the rest, whoever writes. Writes take a function that
// runs in their transaction, at its end: for the event that commits with them.
package grounds

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"mais/internal/pg"
)

var (
	// ErrNone says that the session has given no reason for the person.
	ErrNone = errors.New("no reason was given")
	// ErrOver says that the session has ended, or is not the user's.
	ErrOver = errors.New("the session is over")
	// ErrNobody says that there is no such person.
	ErrNobody = errors.New("no such person")
	// ErrTooMany says that there are as many already as there may be.
	ErrTooMany = errors.New("too many at a time")
)

// Bounds of what a session or user may have at a time. The triggers hold them too.
const (
	MaxPeople = 500 // with a reason, in one session
	MaxOn     = 3   // emergency accesses of one user
)

// Store is a pool logged in as mais_creds.
type Store struct{ db *pg.DB }

// Open logs in; the caller closes the store.
func Open(ctx context.Context, source pg.Source) (*Store, error) {
	db, err := source.Open(ctx, pg.Creds)
	if err != nil {
		return nil, fmt.Errorf("open grounds: %w", err)
	}
	return &Store{db}, nil
}

// Close closes the pool.
func (s *Store) Close() error { return s.db.Close() }

// Caller is a user in a session.
type Caller struct {
	Session [32]byte // SHA-256 of its id
	User    string
}

// Purpose is a reason with what belongs to it.
type Purpose struct{ Reason, Number, Explanation string }

// Emergency is emergency access to one person's record.
type Emergency struct {
	ID, Person  string
	Began, Ends time.Time
}

// Find returns what the caller's session has for a person: the reason, or ErrNone, and the
// emergency access that is on, or a zero one.
func (s *Store) Find(ctx context.Context, c Caller, person string) (Purpose, Emergency, error) {
	var p Purpose
	var id *string
	var began, ends *time.Time
	err := s.db.QueryRow(ctx, `
		SELECT p.reason, p.number, p.explanation, e.id::text, e.began_at, e.ends_at
		FROM access.session s JOIN access.purpose p ON p.session = s.id_hash
		LEFT JOIN access.emergency e ON e.session = s.id_hash AND e.person = p.person AND e.ended_at IS NULL AND e.ends_at > now()
		WHERE s.id_hash = $1 AND s.user_id = $2 AND s.ended_at IS NULL AND p.person = $3`, c.Session[:], c.User, person).
		Scan(&p.Reason, &p.Number, &p.Explanation, &id, &began, &ends)
	switch {
	case errors.Is(err, pg.ErrNoRows):
		return Purpose{}, Emergency{}, ErrNone
	case err != nil:
		return Purpose{}, Emergency{}, fmt.Errorf("read grounds: %w", err)
	case id == nil:
		return p, Emergency{}, nil
	}
	return p, Emergency{ID: *id, Person: person, Began: began.UTC(), Ends: ends.UTC()}, nil
}

// hold locks the living sessions of the caller, so that what is counted stays so until the
// transaction ends, and returns ErrOver unless the caller's own is among them.
func hold(ctx context.Context, tx *pg.Tx, c Caller) error {
	rows, err := tx.Query(ctx, `SELECT id_hash = $1 FROM access.session WHERE user_id = $2 AND ended_at IS NULL
		ORDER BY id_hash FOR NO KEY UPDATE`, c.Session[:], c.User)
	own, err := pg.Collect(rows, err, func(r *pg.Rows) (is bool, err error) { err = r.Scan(&is); return is, err })
	if err != nil {
		return fmt.Errorf("lock sessions: %w", err)
	}
	if !slices.Contains(own, true) {
		return ErrOver
	}
	return nil
}
