package creds

import (
	"context"
	"errors"
	"fmt"
	"time"

	"mais/internal/pg"
)

// The pools in which failures are noted for what they have in common, beside those in which tries are
// counted: each begins with a letter that no other has.
const (
	poolOverall = "*"
	poolSource  = "f" // and the source
	poolWord    = "w" // and what is left of a hash of the password
	poolRaised  = "raised "
)

// claims is the name under which it stands that a kind of alarm was raised.
var claims = make([]byte, 32)

// Failure is a try that failed. Word is so short that many passwords share it: it tells that many names
// were tried with the same one, and not which. It is nil where the password was right and something else
// was not: of a password that somebody has nothing is kept.
type Failure struct{ Name, Source, Word []byte }

// Spraying are the numbers of names, within Window, from which on failures that have a source, a
// password or nothing in common are an alarm.
type Spraying struct {
	Window                  time.Duration
	Source, Password, InAll int
}

// Pattern is what many failures have in common, and on how many names from how many sources there were any.
type Pattern struct {
	Kind           string // "source", "password" or "all"; empty: none, or it was raised within the window
	Names, Sources int
}

// NoteFailure notes a failure and returns the pattern that it completes. All nodes count together, and
// each kind is returned once within a window, to one of them.
func (s *Store) NoteFailure(ctx context.Context, f Failure, limits Spraying) (found Pattern, err error) {
	source, word := append([]byte(poolSource), f.Source...), append([]byte(poolWord), f.Word...)
	pools := [][]byte{[]byte(poolOverall), source}
	if f.Word != nil {
		pools = append(pools, word)
	}
	_, err = s.db.Exec(ctx, `INSERT INTO access.password_guard AS g (name, pool, tries, not_before) SELECT $1, p, 1, now() FROM unnest($2::bytea[]) AS p ORDER BY p
		ON CONFLICT (name, pool) DO UPDATE SET last_at = now()`, f.Name, pg.Array(pools))
	if err != nil {
		return found, fmt.Errorf("note a wrong try: %w", err)
	}
	for _, of := range []struct {
		kind string
		pool []byte
		most int
	}{{"all", []byte(poolOverall), limits.InAll}, {"password", word, limits.Password}, {"source", source, limits.Source}} {
		if found.Kind, err = s.claim(ctx, of.kind, of.pool, of.most, limits.Window); err != nil || found.Kind != "" {
			break
		}
	}
	if err == nil && found.Kind != "" {
		found.Names, found.Sources, err = s.failures(ctx, limits.Window)
	}
	if err != nil {
		return found, fmt.Errorf("count wrong tries: %w", err)
	}
	return found, nil
}

// claim returns the kind if so many names failed in a pool and nobody has raised it within the window. While
// somebody has it locks nothing, or all wrong tries would wait for each other.
func (s *Store) claim(ctx context.Context, kind string, pool []byte, most int, window time.Duration) (string, error) {
	var claimed bool
	err := s.db.QueryRow(ctx, `INSERT INTO access.password_guard AS g (name, pool, tries, not_before)
		SELECT $1, $2, 1, now() + $5 * interval '1 second'
		WHERE NOT EXISTS (SELECT FROM access.password_guard WHERE name = $1 AND pool = $2 AND not_before > now())
			AND (SELECT count(*) FROM (SELECT FROM access.password_guard WHERE pool = $3 AND last_at > now() - $5 * interval '1 second' LIMIT $4) AS lately) >= $4
		ON CONFLICT (name, pool) DO UPDATE SET not_before = excluded.not_before, last_at = now() WHERE g.not_before <= now() RETURNING true`,
		claims, []byte(poolRaised+kind), pool, most, window.Seconds()).Scan(&claimed)
	if errors.Is(err, pg.ErrNoRows) {
		return "", nil
	}
	return kind, err
}

// failures counts on how many names, and from how many sources, tries failed.
func (s *Store) failures(ctx context.Context, window time.Duration) (names, sources int, err error) {
	err = s.db.QueryRow(ctx, `SELECT count(*) FILTER (WHERE pool = $1), count(DISTINCT pool) FILTER (WHERE pool >= $2 AND pool < $3)
		FROM access.password_guard WHERE last_at > now() - $4 * interval '1 second'`,
		[]byte(poolOverall), []byte(poolSource), []byte{poolSource[0] + 1}, window.Seconds()).Scan(&names, &sources)
	return names, sources, err
}
