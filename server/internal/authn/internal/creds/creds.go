// Package creds is the SQL of authn: users, places and sessions in schema access, as the
// login role mais_creds. Start with [Open]. It decides nothing and caches nothing; what a
// row means is authn's to say.
package creds

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"mais/internal/pg"
	"mais/server/internal/withdrawal"
)

// ErrUnknown is returned for a user or a session that is not there.
var ErrUnknown = errors.New("creds: no such row")

// Store is a pool logged in as mais_creds, and the journal of what is taken away.
type Store struct {
	db      *pg.DB
	journal withdrawal.Journal
}

// Open logs in.
func Open(ctx context.Context, source pg.Source, journal withdrawal.Journal) (*Store, error) {
	db, err := source.Open(ctx, pg.Creds)
	if err != nil {
		return nil, fmt.Errorf("open credentials: %w", err)
	}
	return &Store{db, journal}, nil
}

// Close closes the pool.
func (s *Store) Close() error { return s.db.Close() }

// Generation returns the number of the last committed change of access.
func (s *Store) Generation(ctx context.Context) (n int64, err error) {
	err = s.db.QueryRow(ctx, `SELECT number FROM access.generation`).Scan(&n)
	if err != nil {
		return 0, fmt.Errorf("read access generation: %w", err)
	}
	return n, nil
}

// Site is a site with its agency and its prefixes in CIDR notation.
type Site struct {
	ID, Name, Agency, AgencyID string
	Prefixes                   []string
}

// Sites returns every site that was not closed.
func (s *Store) Sites(ctx context.Context) ([]Site, error) {
	rows, err := s.db.Query(ctx, `
		SELECT s.id::text, s.name, a.name, a.id::text,
		       ARRAY(SELECT n.cidr::text FROM access.subnet n WHERE n.site = s.id ORDER BY n.cidr)
		FROM access.site s JOIN access.agency a ON a.id = s.agency WHERE s.closed_at IS NULL`)
	sites, err := pg.Collect(rows, err, func(rows *pg.Rows) (v Site, err error) {
		err = rows.Scan(&v.ID, &v.Name, &v.Agency, &v.AgencyID, pg.Array(&v.Prefixes))
		return v, err
	})
	if err != nil {
		return nil, fmt.Errorf("read sites: %w", err)
	}
	return sites, nil
}

// User is a member of staff with the ids of their sites, the names of their roles, and the
// names of the levels of token that these demand.
type User struct {
	ID, Email, Name, Agency, AgencyID string
	LeftAt                            time.Time // zero: has not left
	StartsOn, EndsOn                  time.Time // days, UTC: the first and the last; zero: none
	TermsDue                          bool      // accepts the terms before anything else
	Sites, Roles, Levels              []string
	Passwords                         string       // what the agency's policy is
	Policies                          []RolePolicy // of Roles, in their order
}

// RolePolicy is what a role says of passwords.
type RolePolicy struct {
	Role, Passwords, Level string
	TOTP, Office           bool
}

// User returns a user, or ErrUnknown.
func (s *Store) User(ctx context.Context, id string) (User, error) {
	var u User
	var left, starts, ends *time.Time
	var policies []string
	err := s.db.QueryRow(ctx, `
		SELECT u.id::text, u.email, u.name, a.name, a.id::text, u.left_at, u.starts_on, u.ends_on, u.terms_due,
		       ARRAY(SELECT p.site::text FROM access.user_site p WHERE p.user_id = u.id ORDER BY 1),
		       ARRAY(SELECT r.role FROM access.user_role r WHERE r.user_id = u.id ORDER BY 1),
		       ARRAY(SELECT DISTINCT d.level FROM access.user_role r JOIN access.role d ON d.name = r.role WHERE r.user_id = u.id),
		       a.passwords, ARRAY(SELECT concat_ws(' ', d.name, d.passwords, d.level, d.totp::int, d.office::int)
				FROM access.user_role r JOIN access.role d ON d.name = r.role WHERE r.user_id = u.id ORDER BY 1)
		FROM access.user_account u JOIN access.agency a ON a.id = u.agency
		WHERE u.id = $1`, id).
		Scan(&u.ID, &u.Email, &u.Name, &u.Agency, &u.AgencyID, &left, &starts, &ends, &u.TermsDue, pg.Array(&u.Sites), pg.Array(&u.Roles), pg.Array(&u.Levels),
			&u.Passwords, pg.Array(&policies))
	if errors.Is(err, pg.ErrNoRows) {
		return User{}, ErrUnknown
	}
	if err != nil {
		return User{}, fmt.Errorf("read user: %w", err)
	}
	for _, text := range policies {
		u.Policies = append(u.Policies, rolePolicyOf(strings.Fields(text)))
	}
	u.LeftAt, u.StartsOn, u.EndsOn = orZero(left), orZero(starts), orZero(ends)
	return u, nil
}

func orZero(t *time.Time) time.Time {
	if t == nil {
		return time.Time{}
	}
	return *t
}

// rolePolicyOf takes apart what User asks for; no part has a space in it. What is not whole
// forbids.
func rolePolicyOf(parts []string) RolePolicy {
	if len(parts) != 5 {
		return RolePolicy{}
	}
	return RolePolicy{Role: parts[0], Passwords: parts[1], Level: parts[2], TOTP: parts[3] != "0", Office: parts[4] != "0"}
}
