// Package people keeps the register of who may come in and from where: agencies, their
// sites and subnets, and the users with their sites and roles. It is the part of the
// report's userManager below the pages. Call [Open], then [Register.Propose], Confirm, Approve to
// change something and Users, Sites and the like to read; each change commits together with its
// audit event. A [Host] is the register as commands at the host have it, who write in person.
//
// It decides nothing about access: authn reads the same tables to say who is calling,
// authz to say what a role permits. Its login role, mais_register, can change none of the tables
// that decide: the database's own functions do, and demand a second person where one is needed.
// The role that authn answers requests with cannot change anything here.
package people

import (
	"context"
	"errors"
	"fmt"

	"mais/internal/pg"
	"mais/server/internal/audit"
	"mais/server/internal/withdrawal"
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
type Register struct {
	db      *pg.DB
	journal withdrawal.Journal
}

// Open logs in to the database; the caller closes the register. What it takes away is in the journal
// before it is committed.
func Open(ctx context.Context, source pg.Source, journal withdrawal.Journal) (*Register, error) {
	db, err := source.Open(ctx, pg.Register)
	if err != nil {
		return nil, err
	}
	return &Register{db, journal}, nil
}

// Close closes the database pool.
func (r *Register) Close() error { return r.db.Close() }

// change runs something that the register may write itself, and its event, in one transaction.
func (r *Register) change(ctx context.Context, by audit.Event, do func(*pg.Tx) error) error {
	by.Outcome = audit.Allowed
	return r.acting(ctx, func(tx *pg.Tx) (audit.Event, error) { return by, do(tx) })
}

func wrap(act string, err error) error {
	for _, unique := range []string{"agency_name_key", "site_agency_name_key", "user_account_email_key", "role_pkey"} {
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
