package people

import (
	"context"
	"slices"

	"mais/internal/pg"
)

// Member is a user or a site, as who stands behind a certificate.
type Member struct {
	Agency string // name
	Label  string // the user's mail address or the site's name
	Name   string // the user's, or again the site's
}

// Whose returns who the users and sites with these UUIDs are, by UUID, those who have left
// too. What is not registered is not in it.
func (r *Register) Whose(ctx context.Context, users, sites []string) (map[string]Member, error) {
	rows, err := r.db.Query(ctx, `SELECT u.id, a.name, u.email, u.name FROM access.user_account u JOIN access.agency a ON a.id = u.agency WHERE u.id = ANY ($1::uuid[])
		UNION ALL SELECT s.id, a.name, s.name, s.name FROM access.site s JOIN access.agency a ON a.id = s.agency WHERE s.id = ANY ($2::uuid[])`,
		pg.Array(slices.Concat([]string{}, users)), pg.Array(slices.Concat([]string{}, sites)))
	type member struct {
		id string
		Member
	}
	found, err := pg.Collect(rows, err, func(r *pg.Rows) (m member, err error) {
		err = r.Scan(&m.id, &m.Agency, &m.Label, &m.Name)
		return m, err
	})
	if err != nil {
		return nil, wrap("read who holds certificates", err)
	}
	members := make(map[string]Member, len(found))
	for _, m := range found {
		members[m.id] = m.Member
	}
	return members, nil
}

// Choice chooses users and sites; what is empty chooses all. All that is given must hold.
type Choice struct {
	Agency string // its name: its users and sites
	Site   string // its name: its users, and itself
	Email  string // of one user
}

// Members returns the UUIDs of the users and sites that a choice chooses, those who have left
// too: their certificates are still there.
func (r *Register) Members(ctx context.Context, c Choice) (users, sites []string, err error) {
	rows, err := r.db.Query(ctx, `SELECT u.id FROM access.user_account u JOIN access.agency a ON a.id = u.agency
		WHERE $1 IN ('', a.name) AND $3 IN ('', u.email)
			AND ($2 = '' OR EXISTS (SELECT FROM access.user_site w JOIN access.site s ON s.id = w.site WHERE w.user_id = u.id AND s.name = $2))`,
		c.Agency, c.Site, c.Email)
	if users, err = pg.Collect(rows, err, scanID); err != nil {
		return nil, nil, wrap("read users", err)
	}
	if c.Email != "" {
		return users, nil, nil
	}
	rows, err = r.db.Query(ctx, `SELECT s.id FROM access.site s JOIN access.agency a ON a.id = s.agency WHERE $1 IN ('', a.name) AND $2 IN ('', s.name)`, c.Agency, c.Site)
	if sites, err = pg.Collect(rows, err, scanID); err != nil {
		return nil, nil, wrap("read sites", err)
	}
	return users, sites, nil
}

// Present returns the user with a UUID, with roles and agency as they are now, or ErrUnknown:
// also for one who has left.
func (r *Register) Present(ctx context.Context, id string) (u User, err error) {
	err = r.db.QueryRow(ctx, `SELECT u.id, u.email, u.name, a.name, ARRAY(SELECT role FROM access.user_role WHERE user_id = u.id ORDER BY role)
		FROM access.user_account u JOIN access.agency a ON a.id = u.agency WHERE u.id = $1 AND (u.left_at IS NULL OR u.left_at > now())`, id).Scan(
		&u.ID, &u.Email, &u.Name, &u.Agency, pg.Array(&u.Roles))
	return u, wrap("read user "+id, err)
}

// Holders returns the UUIDs of those who have a role and have not left.
func (r *Register) Holders(ctx context.Context, role string) ([]string, error) {
	rows, err := r.db.Query(ctx, `SELECT u.id FROM access.user_account u JOIN access.user_role r ON r.user_id = u.id
		WHERE r.role = $1 AND (u.left_at IS NULL OR u.left_at > now()) ORDER BY u.id`, role)
	users, err := pg.Collect(rows, err, scanID)
	return users, wrap("read who has the role "+role, err)
}

// Officers returns the UUIDs of those who hold an office, whether they have left or not: the
// database says which roles are offices.
func (r *Register) Officers(ctx context.Context) ([]string, error) {
	rows, err := r.db.Query(ctx, `SELECT DISTINCT h.user_id FROM access.user_role h JOIN access.role o ON o.name = h.role WHERE o.office ORDER BY 1`)
	users, err := pg.Collect(rows, err, scanID)
	return users, wrap("read who holds an office", err)
}

// RolesOf returns the roles of users, by UUID.
func (r *Register) RolesOf(ctx context.Context, users []string) (map[string][]string, error) {
	rows, err := r.db.Query(ctx, `SELECT user_id, role FROM access.user_role WHERE user_id = ANY ($1::uuid[]) ORDER BY user_id, role`, pg.Array(slices.Concat([]string{}, users)))
	found, err := pg.Collect(rows, err, func(r *pg.Rows) (pair [2]string, err error) {
		err = r.Scan(&pair[0], &pair[1])
		return pair, err
	})
	if err != nil {
		return nil, wrap("read roles", err)
	}
	roles := map[string][]string{}
	for _, pair := range found {
		roles[pair[0]] = append(roles[pair[0]], pair[1])
	}
	return roles, nil
}

func scanID(r *pg.Rows) (id string, err error) {
	err = r.Scan(&id)
	return id, err
}
