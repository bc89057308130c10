package people

import (
	"context"

	"mais/internal/pg"
)

// Ground is what a list of people is checked against.
type Ground struct {
	Agencies []GroundAgency
	Sites    []GroundSite
	Roles    []GroundRole
}

// GroundAgency is an agency with the domains that its sponsor gave.
type GroundAgency struct {
	ID, Name string
	Domains  []string
}

// GroundSite is a site that is not closed.
type GroundSite struct{ ID, Agency, Name string }

// GroundRole is a role, and whether it is an office or permits anything.
type GroundRole struct {
	Name            string
	Office, Permits bool
}

// Ground returns the agencies with their sites, all of them or with an id that one, and the roles.
func (r *Register) Ground(ctx context.Context, agency string) (g Ground, err error) {
	rows, err := r.db.Query(ctx, `SELECT id, name, domains FROM access.agency WHERE $1 IN ('', id::text) ORDER BY name`, agency)
	g.Agencies, err = pg.Collect(rows, err, func(r *pg.Rows) (a GroundAgency, err error) {
		return a, r.Scan(&a.ID, &a.Name, pg.Array(&a.Domains))
	})
	if err != nil {
		return g, wrap("read agencies", err)
	}
	rows, err = r.db.Query(ctx, `SELECT id, agency, name FROM access.site WHERE $1 IN ('', agency::text) AND closed_at IS NULL ORDER BY name`, agency)
	g.Sites, err = pg.Collect(rows, err, func(r *pg.Rows) (s GroundSite, err error) {
		return s, r.Scan(&s.ID, &s.Agency, &s.Name)
	})
	if err != nil {
		return g, wrap("read sites", err)
	}
	rows, err = r.db.Query(ctx, `SELECT name, office, EXISTS (SELECT FROM access.permission p WHERE p.role = o.name) FROM access.role o ORDER BY name`)
	g.Roles, err = pg.Collect(rows, err, func(r *pg.Rows) (o GroundRole, err error) {
		return o, r.Scan(&o.Name, &o.Office, &o.Permits)
	})
	return g, wrap("read roles", err)
}

// Registered returns which of some addresses, in lower case, somebody of an agency, or with "" of
// any, is registered with.
func (r *Register) Registered(ctx context.Context, agency string, addresses []string) (map[string]bool, error) {
	rows, err := r.db.Query(ctx, `SELECT email FROM access.user_account WHERE email = ANY ($1::text[]) AND $2 IN ('', agency::text)`, pg.Array(addresses), agency)
	found, err := pg.Collect(rows, err, scanID)
	taken := make(map[string]bool, len(found))
	for _, address := range found {
		taken[address] = true
	}
	return taken, wrap("read who is registered", err)
}
