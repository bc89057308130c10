package people

import (
	"context"

	"mais/internal/pg"
)

// Found is somebody whom a text finds.
type Found struct{ ID, Email, Name, Agency string }

// FindUsers returns the users whose name or mail address holds a text, those who have left too, at
// most limit.
func (r *Register) FindUsers(ctx context.Context, part string, limit int) ([]Found, error) {
	rows, err := r.db.Query(ctx, `SELECT u.id, u.email, u.name, a.name FROM access.user_account u JOIN access.agency a ON a.id = u.agency
		WHERE position(lower($1) IN lower(u.name)) > 0 OR position(lower($1) IN u.email) > 0 ORDER BY u.name, u.id LIMIT $2`, part, limit)
	found, err := pg.Collect(rows, err, func(r *pg.Rows) (f Found, err error) {
		err = r.Scan(&f.ID, &f.Email, &f.Name, &f.Agency)
		return f, err
	})
	return found, wrap("find users", err)
}
