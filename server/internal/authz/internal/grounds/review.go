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
	// ErrOn says that it is not over.
	ErrOn = errors.New("emergency access is on")
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

// Order is an order of emergency accesses, and which of them stand in it. What it goes by does
// not change, so that page follows page however much is reviewed meanwhile.
type Order int

// The orders.
const (
	OldestWaiting Order = iota // those that wait for review, the one that began first at the top
	NewestWaiting              // and the one that began last
	LastReviewed               // those that were reviewed, the last one at the top
)

// orders are SQL: which stand in an order, which of them follow the access $1, and the order.
var orders = map[Order]struct{ in, after, by string }{
	OldestWaiting: {`e.reviewed_at IS NULL`,
		`(e.began_at, e.id) > (SELECT b.began_at, b.id FROM access.emergency b WHERE b.id = $1)`, `e.began_at, e.id`},
	NewestWaiting: {`e.reviewed_at IS NULL`,
		`(e.began_at, e.id) < (SELECT b.began_at, b.id FROM access.emergency b WHERE b.id = $1)`, `e.began_at DESC, e.id DESC`},
	LastReviewed: {`e.reviewed_at IS NOT NULL`,
		`(e.reviewed_at, e.id) < (SELECT b.reviewed_at, b.id FROM access.emergency b WHERE b.id = $1)`, `e.reviewed_at DESC, e.id DESC`},
}

// Place is where a page of emergency accesses begins.
type Place struct {
	Order Order
	After string // the id of the access that the page follows; "": it begins at the top
}

// Reviews returns the emergency accesses from a place on, at most limit. After one that is
// not there, none follow.
func (s *Store) Reviews(ctx context.Context, p Place, limit int) ([]Review, error) {
	sql := orders[p.Order]
	if p.After == "" {
		return s.reviews(ctx, sql.in+` ORDER BY `+sql.by+` LIMIT $1`, limit)
	}
	return s.reviews(ctx, sql.in+` AND `+sql.after+` ORDER BY `+sql.by+` LIMIT $2`, p.After, limit)
}

// ReviewOf returns one emergency access. The error is ErrUnknown.
func (s *Store) ReviewOf(ctx context.Context, id string) (Review, error) {
	found, err := s.reviews(ctx, `e.id = $1`, id)
	if err == nil && len(found) == 0 {
		err = ErrUnknown
	}
	if err != nil {
		return Review{}, err
	}
	return found[0], nil
}

// Waiting returns how many emergency accesses wait for review.
func (s *Store) Waiting(ctx context.Context) (n int, err error) {
	err = s.db.QueryRow(ctx, `SELECT count(*) FROM access.emergency WHERE reviewed_at IS NULL`).Scan(&n)
	if err != nil {
		return 0, fmt.Errorf("count what waits for review: %w", err)
	}
	return n, nil
}

// reviews reads the emergency accesses that where picks; it is a constant of this file.
func (s *Store) reviews(ctx context.Context, where string, args ...any) ([]Review, error) {
	rows, err := s.db.Query(ctx, `
		SELECT e.id::text, e.user_id::text, u.name, a.name, e.person::text, e.why, e.reason, e.number, e.explanation, e.began_at,
			greatest(e.began_at, least(e.ends_at, e.ended_at, s.ended_at)), e.reviewed_at, coalesce(r.name, ''),
			coalesce(e.justified, false), coalesce(e.note, '')
		FROM access.emergency e JOIN access.session s ON s.id_hash = e.session
		JOIN access.user_account u ON u.id = e.user_id JOIN access.agency a ON a.id = u.agency
		LEFT JOIN access.user_account r ON r.id = e.reviewer
		WHERE `+where, args...)
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
// ErrUnknown, ErrReviewed, ErrOn or ErrOwn.
func (s *Store) Review(ctx context.Context, id, reviewer string, justified bool, note string, settle func(tx *pg.Tx, person string) error) error {
	return s.db.Transact(ctx, func(tx *pg.Tx) error {
		var person string
		var own, reviewed, on bool
		err := tx.QueryRow(ctx, `
			SELECT e.person::text, e.user_id = $2, e.reviewed_at IS NOT NULL, e.ended_at IS NULL AND e.ends_at > now() AND s.ended_at IS NULL
			FROM access.emergency e JOIN access.session s ON s.id_hash = e.session WHERE e.id = $1 FOR UPDATE OF e`,
			id, reviewer).Scan(&person, &own, &reviewed, &on)
		switch {
		case errors.Is(err, pg.ErrNoRows):
			return ErrUnknown
		case err != nil:
			return fmt.Errorf("read emergency access: %w", err)
		case own:
			return ErrOwn
		case reviewed:
			return ErrReviewed
		case on:
			return ErrOn
		}
		_, err = tx.Exec(ctx, `UPDATE access.emergency SET reviewed_at = now(), reviewer = $2, justified = $3, note = $4 WHERE id = $1`,
			id, reviewer, justified, note)
		if err != nil {
			return fmt.Errorf("store the finding: %w", err)
		}
		return settle(tx, person)
	})
}
