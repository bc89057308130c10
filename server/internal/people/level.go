package people

import (
	"context"
	"errors"
	"fmt"

	"mais/internal/pg"
	"mais/server/internal/audit"
)

// Role is a role and the level of token that it demands of whoever has it.
type Role struct {
	Name        string
	Description string
	Level       string // of package certs: software, card or attested
}

// Roles are the roles, by those who may change them: db is logged in as pg.Migrator, since
// none of the roles that the service answers requests with can lower what a role demands.
type Roles struct{ db *pg.DB }

// NewRoles takes the database; it stays the caller's to close.
func NewRoles(db *pg.DB) Roles { return Roles{db} }

// List returns every role, by name.
func (r Roles) List(ctx context.Context) ([]Role, error) {
	rows, err := r.db.Query(ctx, `SELECT name, description, level FROM access.role ORDER BY name`)
	roles, err := pg.Collect(rows, err, func(r *pg.Rows) (found Role, err error) {
		return found, r.Scan(&found.Name, &found.Description, &found.Level)
	})
	return roles, wrap("read roles", err)
}

// SetLevel changes what a role demands, and returns what it demanded. Nodes judge every session
// and connection anew from their next request on, since the generation of access goes up. A
// role that is not there is ErrNoRole; the same level changes nothing and records nothing. What
// unlocks the CA is not asked for here, and so the service writes into the journal that it was raised,
// as soon as it looks.
func (r Roles) SetLevel(ctx context.Context, name, level string, by audit.Event) (was string, err error) {
	err = r.db.Transact(ctx, func(tx *pg.Tx) error {
		if err := tx.QueryRow(ctx, `SELECT level FROM access.role WHERE name = $1 FOR UPDATE`, name).Scan(&was); err != nil || was == level {
			return err
		}
		if _, err := tx.Exec(ctx, `UPDATE access.role SET level = $2 WHERE name = $1`, name, level); err != nil {
			return err
		}
		by.Act, by.Outcome, by.Detail = "role.level", audit.Allowed, map[string]string{"role": name, "from": was, "to": level}
		return audit.AppendIn(ctx, tx, by)
	})
	if errors.Is(err, pg.ErrNoRows) {
		return "", fmt.Errorf("set what %s demands: %w", name, ErrNoRole)
	}
	return was, wrap("set what "+name+" demands", err)
}

// DemandsCard reports whether one of these roles demands a key on a smart card, attested or not.
func (r *Register) DemandsCard(ctx context.Context, roles []string) (demands bool, err error) {
	err = r.db.QueryRow(ctx, `SELECT EXISTS (SELECT FROM access.role WHERE name = ANY ($1) AND level <> 'software')`, roles).Scan(&demands)
	return demands, wrap("read what the roles demand", err)
}

// Levels returns the levels that the roles demand, by name, each once.
func (r *Register) Levels(ctx context.Context) ([]string, error) {
	rows, err := r.db.Query(ctx, `SELECT DISTINCT level FROM access.role ORDER BY level`)
	levels, err := pg.Collect(rows, err, scanID)
	return levels, wrap("read what the roles demand", err)
}
