package people

import (
	"context"

	"mais/internal/pg"
)

// Agencies returns every agency, by name.
func (r *Register) Agencies(ctx context.Context) ([]Agency, error) {
	rows, err := r.db.Query(ctx, `SELECT id, name, kind FROM access.agency ORDER BY name`)
	agencies, err := pg.Collect(rows, err, func(r *pg.Rows) (a Agency, err error) {
		err = r.Scan(&a.ID, &a.Name, &a.Kind)
		return a, err
	})
	return agencies, wrap("read agencies", err)
}

// Sites returns every site, by agency and name.
func (r *Register) Sites(ctx context.Context) ([]Site, error) {
	rows, err := r.db.Query(ctx, `SELECT s.id, a.name, s.name FROM access.site s JOIN access.agency a ON a.id = s.agency
		ORDER BY a.name, s.name`)
	sites, err := pg.Collect(rows, err, func(r *pg.Rows) (s Site, err error) {
		err = r.Scan(&s.ID, &s.Agency, &s.Name)
		return s, err
	})
	return sites, wrap("read sites", err)
}

// Users returns every user who has not left, by email address.
func (r *Register) Users(ctx context.Context) ([]User, error) {
	rows, err := r.db.Query(ctx, `SELECT u.id, u.email, u.name, a.name,
			ARRAY(SELECT site FROM access.user_site WHERE user_id = u.id ORDER BY site),
			ARRAY(SELECT role FROM access.user_role WHERE user_id = u.id ORDER BY role)
		FROM access.user_account u JOIN access.agency a ON a.id = u.agency
		WHERE u.left_at IS NULL ORDER BY u.email`)
	users, err := pg.Collect(rows, err, func(r *pg.Rows) (u User, err error) {
		err = r.Scan(&u.ID, &u.Email, &u.Name, &u.Agency, pg.Array(&u.Sites), pg.Array(&u.Roles))
		return u, err
	})
	return users, wrap("read users", err)
}
