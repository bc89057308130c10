package people

import (
	"context"
	"fmt"
	"time"

	"mais/internal/pg"
	"mais/server/internal/audit"
)

// Acceptance is what a user has accepted, and whether they have yet to.
type Acceptance struct {
	Version string // "" and no time: nothing yet
	At      *time.Time
	Due     bool
	Roles   []string
	Shown   []string // roles whose sheets they were shown when they accepted
}

// AcceptanceOf returns a present user's, or ErrUnknown.
func (r *Register) AcceptanceOf(ctx context.Context, user string) (a Acceptance, err error) {
	err = r.db.QueryRow(ctx, `SELECT coalesce(terms_version, ''), accepted_at, terms_due, ARRAY(SELECT role FROM access.user_role WHERE user_id = u.id ORDER BY role), accepted_roles
		FROM access.user_account u WHERE id = $1 AND (left_at IS NULL OR left_at > now())`, user).Scan(&a.Version, &a.At, &a.Due, pg.Array(&a.Roles), pg.Array(&a.Shown))
	return a, wrap("read what "+user+" accepted", err)
}

// AcceptTerms records that a present user accepted the terms of a version, shown the sheets of these roles,
// with its event. It returns ErrUnknown for whoever has left, and ErrChanged where their roles are others.
func (r *Register) AcceptTerms(ctx context.Context, user, version string, shown []string, by audit.Event) error {
	by.Act, by.Detail = "terms.accept", map[string]string{"version": version}
	err := r.change(ctx, by, func(tx *pg.Tx) error {
		var at *time.Time
		if err := tx.QueryRow(ctx, `SELECT access.accept_terms($1, $2, $3)`, user, version, pg.Array(shown)).Scan(&at); err != nil {
			return err
		}
		if at == nil {
			return pg.ErrNoRows
		}
		return nil
	})
	return refused("accept the terms", err)
}

// RenewTerms has everybody who accepted an older version of the terms, YYYY-MM, accept them once more, and
// returns how many they are.
func (r *Register) RenewTerms(ctx context.Context, version string) (n int, err error) {
	err = r.db.QueryRow(ctx, `SELECT access.renew_terms($1)`, version).Scan(&n)
	return n, wrap("have newer terms accepted", err)
}

// Seen notes that a user was here today.
func (r *Register) Seen(ctx context.Context, user string) error {
	_, err := r.db.Exec(ctx, `INSERT INTO access.registration AS r (user_id, first_seen_at, last_seen_at) VALUES ($1, now(), now())
		ON CONFLICT (user_id) DO UPDATE SET first_seen_at = coalesce(r.first_seen_at, now()), last_seen_at = greatest(r.last_seen_at, now())`, user)
	if err != nil {
		return fmt.Errorf("note that a user was here: %w", err)
	}
	return nil
}

// EndOverdue has taken what those may still hold who are past their last day, and returns how many they
// are. Of each it does so once.
func (r *Register) EndOverdue(ctx context.Context) (n int, err error) {
	err = r.db.QueryRow(ctx, `SELECT access.end_overdue()`).Scan(&n)
	return n, wrap("end those who are past their last day", err)
}
