package people

import (
	"context"
	"errors"
	"fmt"
	"net/netip"
	"strings"
	"sync"
	"unicode"

	"mais/internal/pg"
	"mais/server/internal/audit"
	"mais/server/internal/withdrawal"
)

// Host is the register for commands on the service's own machine and for its first start, when
// there is nobody yet who could approve anything. It writes logged in as pg.Migrator, which the
// service that answers requests is not; who may run such a command is the operating system's to say.
type Host struct {
	*Register
	open func(context.Context) (*pg.DB, func() error, error)

	mu    sync.Mutex
	db    *pg.DB // logged in as pg.Migrator; nil before the first change
	close []func() error
}

// NewHost takes a register, which stays the caller's to close, and what opens the database as
// pg.Migrator. It is called before the first change: reading needs no such right.
func NewHost(r *Register, open func(context.Context) (db *pg.DB, stop func() error, err error)) *Host {
	return &Host{Register: r, open: open}
}

// Close closes what the host has opened.
func (h *Host) Close() error {
	h.mu.Lock()
	defer h.mu.Unlock()
	var errs []error
	for len(h.close) > 0 {
		last := len(h.close) - 1
		errs = append(errs, h.close[last]())
		h.close = h.close[:last]
	}
	return errors.Join(errs...)
}

// owner is the database as pg.Migrator.
func (h *Host) owner(ctx context.Context) (*pg.DB, error) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.db != nil {
		return h.db, nil
	}
	db, stop, err := h.open(ctx)
	if err != nil {
		return nil, fmt.Errorf("write the register: %w", err)
	}
	h.db, h.close = db, append(h.close, stop, db.Close)
	return db, nil
}

// AddAgency registers an agency and returns its UUID. A name in use gives ErrTaken.
func (h *Host) AddAgency(ctx context.Context, name, kind string, by audit.Event) (id string, err error) {
	by.Act, by.Detail = "agency.add", map[string]string{"agency": name, "kind": kind}
	err = h.write(ctx, by, func(tx *pg.Tx) error {
		row := tx.QueryRow(ctx, `INSERT INTO access.agency (name, kind) VALUES ($1, $2) RETURNING id`, name, kind)
		return row.Scan(&id)
	})
	return id, wrap("register agency "+name, err)
}

// AddSite registers a site of the agency with this UUID and returns the site's own.
func (h *Host) AddSite(ctx context.Context, agency, name string, by audit.Event) (id string, err error) {
	by.Act, by.Detail = "site.add", map[string]string{"site": name, "agency_id": agency}
	err = h.write(ctx, by, func(tx *pg.Tx) error {
		row := tx.QueryRow(ctx, `INSERT INTO access.site (agency, name) VALUES ($1, $2) RETURNING id`, agency, name)
		return row.Scan(&id)
	})
	return id, wrap("register site "+name, err)
}

// EnsureSite returns the UUID of an agency's site by their names, and registers whichever
// of the two is missing; it goes on where an interruption stopped it.
func (h *Host) EnsureSite(ctx context.Context, agency, kind, site string, by audit.Event) (id string, err error) {
	sites, err := h.Sites(ctx)
	if err != nil {
		return "", err
	}
	for _, s := range sites {
		if s.Agency == agency && s.Name == site {
			return s.ID, nil
		}
	}
	agencies, err := h.Agencies(ctx)
	if err != nil {
		return "", err
	}
	for _, a := range agencies {
		if a.Name == agency {
			return h.AddSite(ctx, a.ID, site, by)
		}
	}
	if id, err = h.AddAgency(ctx, agency, kind, by); err != nil {
		return "", err
	}
	return h.AddSite(ctx, id, site, by)
}

// AddSubnet makes callers from prefix recognised as callers from the site. A prefix that
// is recognised already changes nothing.
func (h *Host) AddSubnet(ctx context.Context, site string, prefix netip.Prefix, by audit.Event) error {
	by.Act, by.Detail = "subnet.add", map[string]string{"subnet": prefix.String(), "site_id": site}
	err := h.write(ctx, by, func(tx *pg.Tx) error {
		_, err := tx.Exec(ctx, `INSERT INTO access.subnet (site, cidr) VALUES ($1, $2) ON CONFLICT DO NOTHING`,
			site, prefix.Masked().String())
		return err
	})
	return wrap("recognise "+prefix.String(), err)
}

// AddUser registers a user with sites and roles and returns the user's UUID; u.ID is not
// read. u.Agency is a name. An email address in use gives ErrTaken.
func (h *Host) AddUser(ctx context.Context, u User, by audit.Event) (id string, err error) {
	if strings.ContainsFunc(u.Name+u.Email, unicode.IsControl) {
		return "", errors.New("register user: the name or address holds a control character")
	}
	by.Act, by.Detail = "user.add", map[string]string{"email": u.Email, "agency": u.Agency, "roles": fmt.Sprint(u.Roles)}
	err = h.write(ctx, by, func(tx *pg.Tx) error {
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

// write runs a change and its event in one transaction.
func (h *Host) write(ctx context.Context, by audit.Event, do func(*pg.Tx) error) error {
	by.Outcome = audit.Allowed
	db, err := h.owner(ctx)
	if err != nil {
		return err
	}
	return db.Transact(ctx, func(tx *pg.Tx) error {
		if err := do(tx); err != nil {
			return err
		}
		if err := audit.AppendIn(ctx, tx, by); err != nil {
			return err
		}
		return withdrawal.End(ctx, tx, h.journal, by)
	})
}
