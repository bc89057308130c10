package grounds

import (
	"context"
	"fmt"

	"mais/internal/pg"
)

// Given returns for which of these people the caller's session has given a reason.
func (s *Store) Given(ctx context.Context, c Caller, people []string) ([]string, error) {
	rows, err := s.db.Query(ctx, `
		SELECT p.person::text FROM access.session s JOIN access.purpose p ON p.session = s.id_hash
		WHERE s.id_hash = $1 AND s.user_id = $2 AND s.ended_at IS NULL AND p.person = ANY ($3::uuid[])`, c.Session[:], c.User, pg.Array(people))
	given, err := pg.Collect(rows, err, func(r *pg.Rows) (id string, err error) { err = r.Scan(&id); return id, err })
	if err != nil {
		return nil, fmt.Errorf("read for whom reasons were given: %w", err)
	}
	return given, nil
}

// Give stores the reason for a person, in place of one that was given before. The error is
// ErrOver when the session has ended, ErrNobody, or ErrTooMany when the session has reasons
// for MaxPeople others.
func (s *Store) Give(ctx context.Context, c Caller, person string, p Purpose, settle func(*pg.Tx) error) error {
	return s.db.Transact(ctx, func(tx *pg.Tx) error {
		if err := hold(ctx, tx, c); err != nil {
			return err
		}
		var others int
		err := tx.QueryRow(ctx, `SELECT count(*) FROM access.purpose WHERE session = $1 AND person <> $2`, c.Session[:], person).Scan(&others)
		if err != nil {
			return fmt.Errorf("count reasons: %w", err)
		}
		if others >= MaxPeople {
			return ErrTooMany
		}
		_, err = tx.Exec(ctx, `
			INSERT INTO access.purpose (session, person, reason, number, explanation) VALUES ($1, $2, $3, $4, $5)
			ON CONFLICT (session, person) DO UPDATE SET reason = excluded.reason, number = excluded.number,
				explanation = excluded.explanation, given_at = now()`,
			c.Session[:], person, p.Reason, p.Number, p.Explanation)
		if pg.IsForeignKey(err, "purpose_person") {
			return ErrNobody
		}
		if err != nil {
			return fmt.Errorf("store a reason: %w", err)
		}
		if err := sweep(ctx, tx); err != nil {
			return err
		}
		return settle(tx)
	})
}

// swept is how many reasons of ended sessions go with each one that is given: more than
// come, so that they do not pile up, and so few that nobody waits.
const swept = 100

// sweep removes reasons of sessions that ended a day ago. The audit has their words for good.
func sweep(ctx context.Context, tx *pg.Tx) error {
	_, err := tx.Exec(ctx, `
		DELETE FROM access.purpose p USING (
			SELECT q.session, q.person FROM access.purpose q JOIN access.session s ON s.id_hash = q.session
			WHERE q.given_at < now() - interval '1 day' AND s.ended_at < now() - interval '1 day'
			ORDER BY q.given_at LIMIT $1 FOR UPDATE OF q SKIP LOCKED) old
		WHERE p.session = old.session AND p.person = old.person`, swept)
	if err != nil {
		return fmt.Errorf("remove old reasons: %w", err)
	}
	return nil
}
