package grounds

import (
	"context"
	"errors"
	"fmt"
	"time"

	"mais/internal/pg"
)

var (
	// ErrUnknown says that there is no such emergency access.
	ErrUnknown = errors.New("no such emergency access")
	// ErrReviewed says that it was reviewed already.
	ErrReviewed = errors.New("emergency access was reviewed already")
	// ErrOwn says that the reviewer is the one who had it.
	ErrOwn = errors.New("own emergency access")
)

// Review is an emergency access with what became of it.
type Review struct {
	ID, User, Name, Agency, Person, Why string
	Purpose                             Purpose
	Began, Ended                        time.Time  // Ended may lie ahead
	ReviewedAt                          *time.Time // nil: not yet
	Reviewer                            string     // name
	Justified                           bool
	Note                                string
}

// Reviews returns the emergency accesses: those that wait for review, oldest first, and then
// the others, last reviewed first; at most limit.
func (s *Store) Reviews(ctx context.Context, limit int) ([]Review, error) {
	rows, err := s.db.Query(ctx, `
		SELECT e.id::text, e.user_id::text, u.name, a.name, e.person::text, e.why, e.reason, e.number, e.explanation, e.began_at,
			greatest(e.began_at, least(e.ends_at, e.ended_at, s.ended_at)), e.reviewed_at, coalesce(r.name, ''),
			coalesce(e.justified, false), coalesce(e.note, '')
		FROM access.emergency e JOIN access.session s ON s.id_hash = e.session
		JOIN access.user_account u ON u.id = e.user_id JOIN access.agency a ON a.id = u.agency
		LEFT JOIN access.user_account r ON r.id = e.reviewer
		ORDER BY e.reviewed_at DESC NULLS FIRST, e.began_at, e.id LIMIT $1`, limit)
	all, err := pg.Collect(rows, err, func(r *pg.Rows) (v Review, err error) {
		err = r.Scan(&v.ID, &v.User, &v.Name, &v.Agency, &v.Person, &v.Why, &v.Purpose.Reason, &v.Purpose.Number, &v.Purpose.Explanation,
			&v.Began, &v.Ended, &v.ReviewedAt, &v.Reviewer, &v.Justified, &v.Note)
		return v, err
	})
	if err != nil {
		return nil, fmt.Errorf("read emergency accesses: %w", err)
	}
	return all, nil
}

// Review records a finding; settle is told whose record it was about. The error is
// ErrUnknown, ErrReviewed or ErrOwn.
func (s *Store) Review(ctx context.Context, id, reviewer string, justified bool, note string, settle func(tx *pg.Tx, person string) error) error {
	return s.db.Transact(ctx, func(tx *pg.Tx) error {
		var person string
		var own, reviewed bool
		err := tx.QueryRow(ctx, `SELECT person::text, user_id = $2, reviewed_at IS NOT NULL FROM access.emergency WHERE id = $1 FOR UPDATE`,
			id, reviewer).Scan(&person, &own, &reviewed)
		switch {
		case errors.Is(err, pg.ErrNoRows):
			return ErrUnknown
		case err != nil:
			return fmt.Errorf("read emergency access: %w", err)
		case own:
			return ErrOwn
		case reviewed:
			return ErrReviewed
		}
		_, err = tx.Exec(ctx, `UPDATE access.emergency SET reviewed_at = now(), reviewer = $2, justified = $3, note = $4 WHERE id = $1`,
			id, reviewer, justified, note)
		if err != nil {
			return fmt.Errorf("store the finding: %w", err)
		}
		return settle(tx, person)
	})
}
