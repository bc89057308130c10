// Package people keeps the register of who may come in and from where: agencies, their
// sites and subnets, and the users with their sites and roles. It is the part of the
// report's userManager below the pages. Call [Open], then Add… to register and Users and
// Sites to read; each change commits together with its audit event.
//
// It decides nothing about access: authn reads the same tables to say who is calling,
// authz to say what a role permits. Its login role, mais_register, cannot change roles or
// permissions; the one that authn answers requests with cannot change anything here.
package people

import (
	"context"
	"errors"
	"fmt"
	"net/netip"
	"strings"
	"unicode"

	"mais/internal/pg"
	"mais/server/internal/audit"
)

// Errors that a caller tells apart.
var (
	ErrTaken   = errors.New("people: registered already")
	ErrUnknown = errors.New("people: not registered")
	ErrNoRole  = errors.New("people: there is no such role")
)

// Agency is an organisation that shares information.
type Agency struct {
	ID   string
	Name string
	Kind string // police, health, prison, probation
}

// Site is a place or a system of an agency.
type Site struct {
	ID     string
	Agency string // name
	Name   string
}

// User is a member of staff.
type User struct {
	ID     string
	Email  string // in lower case
	Name   string
	Agency string   // name
	Sites  []string // UUIDs, where the user works
	Roles  []string
}

// Register is the register's open database.
type Register struct{ db *pg.DB }

// Open logs in to the database; the caller closes the register.
func Open(ctx context.Context, source pg.Source) (*Register, error) {
	db, err := source.Open(ctx, pg.Register)
	if err != nil {
		return nil, err
	}
	return &Register{db}, nil
}

// Close closes the database pool.
func (r *Register) Close() error { return r.db.Close() }

// AddAgency registers an agency and returns its UUID. A name in use gives ErrTaken.
func (r *Register) AddAgency(ctx context.Context, name, kind string, by audit.Event) (id string, err error) {
	by.Act, by.Detail = "agency.add", map[string]string{"agency": name, "kind": kind}
	err = r.change(ctx, by, func(tx *pg.Tx) error {
		row := tx.QueryRow(ctx, `INSERT INTO access.agency (name, kind) VALUES ($1, $2) RETURNING id`, name, kind)
		return row.Scan(&id)
	})
	return id, wrap("register agency "+name, err)
}

// AddSite registers a site of the agency with this UUID and returns the site's own.
func (r *Register) AddSite(ctx context.Context, agency, name string, by audit.Event) (id string, err error) {
	by.Act, by.Detail = "site.add", map[string]string{"site": name, "agency_id": agency}
	err = r.change(ctx, by, func(tx *pg.Tx) error {
		row := tx.QueryRow(ctx, `INSERT INTO access.site (agency, name) VALUES ($1, $2) RETURNING id`, agency, name)
		return row.Scan(&id)
	})
	return id, wrap("register site "+name, err)
}

// EnsureSite returns the UUID of an agency's site by their names, and registers whichever
// of the two is missing; it goes on where an interruption stopped it.
func (r *Register) EnsureSite(ctx context.Context, agency, kind, site string, by audit.Event) (id string, err error) {
	sites, err := r.Sites(ctx)
	if err != nil {
		return "", err
	}
	for _, s := range sites {
		if s.Agency == agency && s.Name == site {
			return s.ID, nil
		}
	}
	agencies, err := r.Agencies(ctx)
	if err != nil {
		return "", err
	}
	for _, a := range agencies {
		if a.Name == agency {
			return r.AddSite(ctx, a.ID, site, by)
		}
	}
	if id, err = r.AddAgency(ctx, agency, kind, by); err != nil {
		return "", err
	}
	return r.AddSite(ctx, id, site, by)
}

// AddSubnet makes callers from prefix recognised as callers from the site. A prefix that
// is recognised already changes nothing.
func (r *Register) AddSubnet(ctx context.Context, site string, prefix netip.Prefix, by audit.Event) error {
	by.Act, by.Detail = "subnet.add", map[string]string{"subnet": prefix.String(), "site_id": site}
	err := r.change(ctx, by, func(tx *pg.Tx) error {
		_, err := tx.Exec(ctx, `INSERT INTO access.subnet (site, cidr) VALUES ($1, $2) ON CONFLICT DO NOTHING`,
			site, prefix.Masked().String())
		return err
	})
	return wrap("recognise "+prefix.String(), err)
}

// AddUser registers a user with sites and roles and returns the user's UUID; u.ID is not
// read. u.Agency is a name. An email address in use gives ErrTaken.
func (r *Register) AddUser(ctx context.Context, u User, by audit.Event) (id string, err error) {
	if strings.ContainsFunc(u.Name+u.Email, unicode.IsControl) {
		return "", errors.New("register user: the name or address holds a control character")
	}
	by.Act, by.Detail = "user.add", map[string]string{"email": u.Email, "agency": u.Agency, "roles": fmt.Sprint(u.Roles)}
	err = r.change(ctx, by, func(tx *pg.Tx) error {
		row := tx.QueryRow(ctx, `INSERT INTO access.user_account (email, name, agency)
			SELECT $1, $2, id FROM access.agency WHERE name = $3 RETURNING id`, u.Email, u.Name, u.Agency)
		if err := row.Scan(&id); err != nil {
			return err
		}
		_, err := tx.Exec(ctx, `INSERT INTO access.user_site (user_id, site) SELECT $1, unnest($2::uuid[])`, id, pg.Array(u.Sites))
		if err != nil {
			return err
		}
		_, err = tx.Exec(ctx, `INSERT INTO access.user_role (user_id, role) SELECT $1, unnest($2::text[])`, id, pg.Array(u.Roles))
		return err
	})
	return id, wrap("register user "+u.Email, err)
}

// change runs a change and its event in one transaction.
func (r *Register) change(ctx context.Context, by audit.Event, do func(*pg.Tx) error) error {
	by.Outcome = audit.Allowed
	return r.db.Transact(ctx, func(tx *pg.Tx) error {
		if err := do(tx); err != nil {
			return err
		}
		return audit.AppendIn(ctx, tx, by)
	})
}

func wrap(act string, err error) error {
	for _, unique := range []string{"agency_name_key", "site_agency_name_key", "user_account_email_key"} {
		if pg.IsUnique(err, unique) {
			return fmt.Errorf("%s: %w", act, ErrTaken)
		}
	}
	if pg.IsForeignKey(err, "user_role_role_fkey") {
		return fmt.Errorf("%s: %w", act, ErrNoRole)
	}
	if errors.Is(err, pg.ErrNoRows) {
		return fmt.Errorf("%s: %w", act, ErrUnknown)
	}
	if err != nil {
		return fmt.Errorf("%s: %w", act, err)
	}
	return nil
}
