package people

import (
	"context"
	"strings"

	"mais/internal/pg"
	"mais/server/api"
)

// Described returns every role with all that is said of it, by name. Who has left holds none.
func (r *Register) Described(ctx context.Context) ([]api.Role, error) {
	roles, err := r.described(ctx, "")
	return roles, wrap("read roles", err)
}

// DescribedRole returns one, or ErrNoRole.
func (r *Register) DescribedRole(ctx context.Context, name string) (api.Role, error) {
	roles, err := r.described(ctx, name)
	if err == nil && len(roles) == 0 {
		err = ErrNoRole
	}
	if err != nil {
		return api.Role{}, wrap("read the role "+name, err)
	}
	return roles[0], nil
}

// described reads the roles, or with a name that one.
func (r *Register) described(ctx context.Context, name string) ([]api.Role, error) {
	rows, err := r.db.Query(ctx, `SELECT r.name, r.description, r.level, r.passwords, r.totp, r.office, r.built_in, r.version,
			(SELECT count(*) FROM access.user_role h JOIN access.user_account u ON u.id = h.user_id
				WHERE h.role = r.name AND (u.left_at IS NULL OR u.left_at > now())),
			ARRAY(SELECT p.item || ' ' || p.act FROM access.permission p WHERE p.role = r.name ORDER BY p.item, p.act)
		FROM access.role r WHERE $1 IN ('', r.name) ORDER BY r.name`, name)
	return pg.Collect(rows, err, func(r *pg.Rows) (role api.Role, err error) {
		var pairs []string
		err = r.Scan(&role.Name, &role.Description, &role.Level, &role.Passwords, &role.TOTP, &role.Office, &role.BuiltIn, &role.Version,
			&role.Holders, pg.Array(&pairs))
		role.Permissions = permissions(pairs)
		return role, err
	})
}

// Permissions returns what each role permits, by its name. An office permits nothing.
func (r *Register) Permissions(ctx context.Context) (map[string][]api.Permission, error) {
	rows, err := r.db.Query(ctx, `SELECT r.name, ARRAY(SELECT p.item || ' ' || p.act FROM access.permission p WHERE p.role = r.name ORDER BY p.item, p.act)
		FROM access.role r WHERE NOT r.office`)
	all := map[string][]api.Permission{}
	_, err = pg.Collect(rows, err, func(r *pg.Rows) (_ struct{}, err error) {
		var name string
		var pairs []string
		err = r.Scan(&name, pg.Array(&pairs))
		all[name] = permissions(pairs)
		return struct{}{}, err
	})
	return all, wrap("read permissions", err)
}

// permissions are those that stand as "item act".
func permissions(pairs []string) []api.Permission {
	all := make([]api.Permission, 0, len(pairs))
	for _, pair := range pairs {
		item, act, _ := strings.Cut(pair, " ")
		all = append(all, api.Permission{Item: item, Act: act})
	}
	return all
}

// Holder is somebody who has a role, with what of them a change of it can touch.
type Holder struct {
	ID, Name, Email string
	Agency          string // name
	AgencyPasswords string // how far the agency lets passwords go
	Roles           []string
}

// HoldersOf returns who has a role and has not left, by name.
func (r *Register) HoldersOf(ctx context.Context, role string) ([]Holder, error) {
	rows, err := r.db.Query(ctx, `SELECT u.id, u.name, u.email, a.name, a.passwords, ARRAY(SELECT o.role FROM access.user_role o WHERE o.user_id = u.id ORDER BY o.role)
		FROM access.user_role h JOIN access.user_account u ON u.id = h.user_id JOIN access.agency a ON a.id = u.agency
		WHERE h.role = $1 AND (u.left_at IS NULL OR u.left_at > now()) ORDER BY u.name, u.email`, role)
	holders, err := pg.Collect(rows, err, func(r *pg.Rows) (h Holder, err error) {
		return h, r.Scan(&h.ID, &h.Name, &h.Email, &h.Agency, &h.AgencyPasswords, pg.Array(&h.Roles))
	})
	return holders, wrap("read who has the role "+role, err)
}
