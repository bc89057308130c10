package grounds

import (
	"context"
	"errors"
	"fmt"

	"mais/internal/pg"
)

// on picks the emergency accesses of a session ($1) and its user ($2) that are on.
const on = ` FROM access.emergency e JOIN access.session s ON s.id_hash = e.session
	WHERE e.session = $1 AND e.user_id = $2 AND e.ended_at IS NULL AND e.ends_at > now() AND s.ended_at IS NULL`

// On reports whether an emergency access of the caller is on.
func (s *Store) On(ctx context.Context, c Caller, e Emergency) (is bool, err error) {
	err = s.db.QueryRow(ctx, `SELECT EXISTS (SELECT`+on+` AND e.id = $3 AND e.person = $4)`, c.Session[:], c.User, e.ID, e.Person).Scan(&is)
	if err != nil {
		return false, fmt.Errorf("look whether emergency access is on: %w", err)
	}
	return is, nil
}

// Emergencies returns those of the caller's session that are on, oldest first.
func (s *Store) Emergencies(ctx context.Context, c Caller) ([]Emergency, error) {
	return emergencies(ctx, s.db, c, "")
}

// emergencies returns those that are on; for one person unless that is "".
func emergencies(ctx context.Context, q pg.Querier, c Caller, person string) ([]Emergency, error) {
	rows, err := q.Query(ctx, `SELECT e.id::text, e.person::text, e.began_at, e.ends_at`+on+`
		AND ($3 = '' OR e.person::text = $3) ORDER BY e.began_at, e.id`, c.Session[:], c.User, person)
	all, err := pg.Collect(rows, err, scanEmergency)
	if err != nil {
		return nil, fmt.Errorf("read emergency access: %w", err)
	}
	return all, nil
}

func scanEmergency(rows *pg.Rows) (e Emergency, err error) {
	err = rows.Scan(&e.ID, &e.Person, &e.Began, &e.Ends)
	e.Began, e.Ends = e.Began.UTC(), e.Ends.UTC()
	return e, err
}

// Begin begins emergency access of the caller's session to a person's record, unless it is on
// already: then that one is returned, and settle is told that none began. The error is
// ErrOver when the session has ended, ErrNobody, or ErrTooMany when MaxOn are on in all the
// user's sessions.
func (s *Store) Begin(ctx context.Context, c Caller, person, why string, p Purpose,
	settle func(tx *pg.Tx, e Emergency, began bool) error) (e Emergency, err error) {
	err = s.db.Transact(ctx, func(tx *pg.Tx) error {
		if err := hold(ctx, tx, c); err != nil {
			return err
		}
		already, err := emergencies(ctx, tx, c, person)
		if err != nil {
			return err
		}
		if len(already) > 0 {
			e = already[0]
			return settle(tx, e, false)
		}
		if e, err = begin(ctx, tx, c, person, why, p); err != nil {
			return err
		}
		return settle(tx, e, true)
	})
	return e, err
}

// begin begins one more, in a transaction that holds the caller's sessions.
func begin(ctx context.Context, tx *pg.Tx, c Caller, person, why string, p Purpose) (Emergency, error) {
	var on int
	err := tx.QueryRow(ctx, `SELECT count(*) FROM access.emergency e JOIN access.session s ON s.id_hash = e.session
		WHERE e.user_id = $1 AND e.ended_at IS NULL AND e.ends_at > now() AND s.ended_at IS NULL`, c.User).Scan(&on)
	if err != nil {
		return Emergency{}, fmt.Errorf("count emergency access: %w", err)
	}
	if on >= MaxOn {
		return Emergency{}, ErrTooMany
	}
	rows, err := tx.Query(ctx, `INSERT INTO access.emergency (session, user_id, person, why, reason, number, explanation)
		VALUES ($1, $2, $3, $4, $5, $6, $7) RETURNING id::text, person::text, began_at, ends_at`,
		c.Session[:], c.User, person, why, p.Reason, p.Number, p.Explanation)
	begun, err := pg.Collect(rows, err, scanEmergency)
	if pg.IsForeignKey(err, "emergency_person") {
		return Emergency{}, ErrNobody
	}
	if err != nil {
		return Emergency{}, fmt.Errorf("begin emergency access: %w", err)
	}
	return begun[0], nil
}

// End ends the caller's emergency access to a person's record; settle is told which one, or
// "" when none was on.
func (s *Store) End(ctx context.Context, c Caller, person string, settle func(tx *pg.Tx, id string) error) error {
	return s.db.Transact(ctx, func(tx *pg.Tx) error {
		var id string
		err := tx.QueryRow(ctx, `UPDATE access.emergency SET ended_at = now()
			WHERE ended_at IS NULL AND id IN (SELECT e.id`+on+` AND e.person = $3) RETURNING id::text`,
			c.Session[:], c.User, person).Scan(&id)
		if err != nil && !errors.Is(err, pg.ErrNoRows) {
			return fmt.Errorf("end emergency access: %w", err)
		}
		return settle(tx, id)
	})
}

// Colleague is a user as others know them.
type Colleague struct{ Name, Agency string }

// Holders returns the users of a role who are present, but for one: those of that one's own
// agency first, at most limit.
func (s *Store) Holders(ctx context.Context, role, but string, limit int) ([]Colleague, error) {
	rows, err := s.db.Query(ctx, `
		SELECT u.name, a.name FROM access.user_role r
		JOIN access.user_account u ON u.id = r.user_id JOIN access.agency a ON a.id = u.agency
		WHERE r.role = $1 AND u.id::text <> $2 AND (u.left_at IS NULL OR u.left_at > now())
		ORDER BY a.id IS DISTINCT FROM (SELECT agency FROM access.user_account WHERE id::text = $2), a.name, u.name, u.id LIMIT $3`,
		role, but, limit)
	all, err := pg.Collect(rows, err, func(r *pg.Rows) (c Colleague, err error) {
		err = r.Scan(&c.Name, &c.Agency)
		return c, err
	})
	if err != nil {
		return nil, fmt.Errorf("read who holds a role: %w", err)
	}
	return all, nil
}
