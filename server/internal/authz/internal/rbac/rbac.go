// Package rbac is the SQL of roles and permissions. Make one [Cache] with [New] and ask it
// for the [Table] with [Cache.At]. It decides nothing (package policy does), and what it
// returned last may be old: whoever relies on it names the access generation it must have.
package rbac

import (
	"context"
	"fmt"

	"mais/internal/pg"
	"mais/server/internal/authz/internal/policy"
)

// Table is the permissions in force at an access generation.
type Table struct {
	Generation int64
	Grants     policy.Grants
}

// Cache keeps the last table it read. Its methods may be called concurrently.
type Cache struct {
	db   *pg.DB
	turn chan struct{} // holds one; who takes it may touch last. A mutex would not hear ctx
	last Table
}

// New returns a cache that reads through db, a pool of a login role that reads schema access.
func New(db *pg.DB) *Cache { return &Cache{db: db, turn: make(chan struct{}, 1)} }

// At returns a table of the given generation or a later one; from the database only if the
// last one is older. One reads for all who wait.
func (c *Cache) At(ctx context.Context, generation int64) (Table, error) {
	select {
	case c.turn <- struct{}{}:
		defer func() { <-c.turn }()
	case <-ctx.Done():
		return Table{}, fmt.Errorf("load permissions: %w", ctx.Err())
	}
	if c.last.Generation > 0 && c.last.Generation >= generation {
		return c.last, nil
	}
	t, err := load(ctx, c.db)
	if err != nil {
		return Table{}, err
	}
	if t.Generation < generation {
		return Table{}, fmt.Errorf("load permissions: generation %d of access, wanted %d", t.Generation, generation)
	}
	c.last = t
	return t, nil
}

// Role is a role with what it is for.
type Role struct{ Name, Description string }

// Describe returns those of the named roles that there are, by name, from the database.
func (c *Cache) Describe(ctx context.Context, names []string) ([]Role, error) {
	rows, err := c.db.Query(ctx, `SELECT name, description FROM access.role WHERE name = ANY ($1) ORDER BY name`, pg.Array(names))
	roles, err := pg.Collect(rows, err, func(r *pg.Rows) (role Role, err error) {
		err = r.Scan(&role.Name, &role.Description)
		return role, err
	})
	if err != nil {
		return nil, fmt.Errorf("describe roles: %w", err)
	}
	return roles, nil
}

// load reads the number and the permissions in one statement, so that both are of one snapshot.
// Those of an office count for nothing, however they came there: who administers or reviews
// reads no record.
func load(ctx context.Context, q pg.Querier) (Table, error) {
	var t Table
	rows, err := q.Query(ctx, `
		SELECT g.number, coalesce(p.role, ''), coalesce(p.item, ''), coalesce(p.act, '')
		FROM access.generation g LEFT JOIN (access.permission p JOIN access.role r ON r.name = p.role AND NOT r.office) ON true`)
	permissions, err := pg.Collect(rows, err, func(r *pg.Rows) (p policy.Permission, err error) {
		var act string
		if err := r.Scan(&t.Generation, &p.Role, &p.Item, &act); err != nil {
			return p, err
		}
		p.Act, _ = policy.ParseAct(act) // an unknown act stays none, which grants nothing
		return p, nil
	})
	if err != nil {
		return Table{}, fmt.Errorf("load permissions: %w", err)
	}
	t.Grants = policy.NewGrants(permissions)
	return t, nil
}
