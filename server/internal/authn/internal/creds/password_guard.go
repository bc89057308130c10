package creds

import (
	"context"
	"errors"
	"fmt"
	"time"

	"mais/internal/pg"
)

// Delays are how wrong tries in a row slow down those that follow, for one name and pool.
type Delays struct {
	Free  int // tries without a delay
	First time.Duration
	Most  time.Duration
	Over  time.Duration // after so long without a try it begins anew
	Anew  time.Duration // and so the second pool; 0: never
}

// Try counts a try as a wrong one before it is made, so that a thousand at once are counted
// like a thousand in turn; a right one is forgiven afterwards. It returns how many were wrong
// in a row, this one among them: in the pool, and in a second one, which grows with it and
// begins anew much later, or never. wait is how long nothing is tried; nothing was counted then.
func (s *Store) Try(ctx context.Context, name, pool, total []byte, d Delays) (tries, all int, wait time.Duration, err error) {
	err = s.db.QueryRow(ctx, `
		WITH own AS (
			INSERT INTO access.password_guard AS g (name, pool, tries, not_before) VALUES ($1, $2, 1, now())
			ON CONFLICT (name, pool) DO UPDATE SET last_at = now(),
				tries = CASE WHEN g.last_at < now() - $4 * interval '1 second' THEN 1 ELSE g.tries + 1 END,
				not_before = now() + CASE WHEN g.last_at < now() - $4 * interval '1 second' OR g.tries < $5 THEN 0
					ELSE least($7::float8, $6::float8 * power(2::float8, least(g.tries - $5, 20))) END * interval '1 second'
			WHERE g.not_before <= now() RETURNING g.tries),
		all_tries AS (
			INSERT INTO access.password_guard AS g (name, pool, tries, not_before) SELECT $1, $3, 1, now() FROM own
			ON CONFLICT (name, pool) DO UPDATE SET last_at = now(),
				tries = CASE WHEN $8::float8 > 0 AND g.last_at < now() - $8::float8 * interval '1 second' THEN 1 ELSE least(g.tries + 1, 1000000) END RETURNING g.tries)
		SELECT own.tries, all_tries.tries FROM own, all_tries`,
		name, pool, total, d.Over.Seconds(), d.Free, d.First.Seconds(), d.Most.Seconds(), d.Anew.Seconds()).Scan(&tries, &all)
	if errors.Is(err, pg.ErrNoRows) {
		wait, err = s.wait(ctx, name, pool)
		return 0, 0, max(wait, time.Second), err
	}
	if err != nil {
		return 0, 0, 0, fmt.Errorf("count a try at a password: %w", err)
	}
	return tries, all, 0, nil
}

func (s *Store) wait(ctx context.Context, name, pool []byte) (time.Duration, error) {
	var seconds float64
	err := s.db.QueryRow(ctx, `SELECT coalesce(max(extract(epoch FROM not_before - now())), 0)::float8 FROM access.password_guard
		WHERE name = $1 AND pool = $2`, name, pool).Scan(&seconds)
	if err != nil {
		return 0, fmt.Errorf("read how long to wait: %w", err)
	}
	return time.Duration(seconds * float64(time.Second)), nil
}

// SweepGuard forgets tries that were made so long ago: those of the pool late later, those of the
// pool never not at all. It forgets codes of mails too.
func (s *Store) SweepGuard(ctx context.Context, late, never []byte, d Delays, resets time.Duration) error {
	// What was noted for a pattern is past when its window is, an hour at most.
	_, err := s.db.Exec(ctx, `DELETE FROM access.password_guard WHERE last_at < now() - interval '1 hour' AND (pool = $1 OR pool >= $2 AND pool < $3 OR pool >= $4 AND pool < $5)`,
		[]byte(poolOverall), []byte(poolSource), []byte{poolSource[0] + 1}, []byte(poolWord), []byte{poolWord[0] + 1})
	if err != nil {
		return fmt.Errorf("forget old failures: %w", err)
	}
	_, err = s.db.Exec(ctx, `DELETE FROM access.password_guard WHERE pool <> $4
		AND last_at < now() - CASE pool WHEN $3 THEN $2::float8 ELSE $1::float8 END * interval '1 second'`, d.Over.Seconds(), d.Anew.Seconds(), late, never)
	if err == nil {
		_, err = s.db.Exec(ctx, `DELETE FROM access.password_reset WHERE asked_at < now() - $1 * interval '1 second'`, resets.Seconds())
	}
	if err != nil {
		return fmt.Errorf("forget old tries: %w", err)
	}
	return nil
}
