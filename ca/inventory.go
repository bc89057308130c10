package ca

import (
	"context"
	"errors"
	"time"

	"mais/ca/internal/store"
	"mais/certs"
	"mais/internal/pg"
)

// Entry is a certificate of the inventory.
type Entry struct {
	Ref       certs.Ref
	Identity  certs.Identity
	Profile   certs.Profile
	Level     certs.Level
	Holder    string
	Name      string
	DNSNames  []string
	Status    certs.Status
	Reason    string // of RFC 5280, where it is not active
	StatusAt  time.Time
	StatusBy  string
	RaisedAt  time.Time // when StatusBy made keyCompromise the reason of what somebody had revoked for less
	NotBefore time.Time
	NotAfter  time.Time
	IssuedAt  time.Time
	IssuedBy  string
	Replaces  certs.Ref // the certificate that it renewed, if any
	Since     time.Time // of what was revoked: when its key was compromised, if that was said
	Destroyed time.Time // when its token was, if it was
	Card      *CardKey  // that holds its key; nil: it is in a file, as far as anybody said
}

// Live reports whether the certificate is good at now.
func (e Entry) Live(now time.Time) bool {
	return e.Status == certs.Active && now.Before(e.NotAfter) && !now.Before(e.NotBefore)
}

// Find returns the certificates with a serial, as certs.ParseSerial gives it: at most one
// of each issuer.
func (c *CA) Find(ctx context.Context, serial string) ([]Entry, error) {
	return c.read(ctx)(store.BySerial(ctx, c.db, serial))
}

// FindIdentity returns all certificates ever issued to an identity, newest first.
func (c *CA) FindIdentity(ctx context.Context, id certs.Identity) ([]Entry, error) {
	return c.read(ctx)(store.ByIdentity(ctx, c.db, id.String()))
}

// List returns the certificates issued last, newest first: at most limit of them.
func (c *CA) List(ctx context.Context, limit int) ([]Entry, error) {
	return c.read(ctx)(store.Newest(ctx, c.db, limit))
}

// Get returns one certificate, or ErrUnknown.
func (c *CA) Get(ctx context.Context, ref certs.Ref) (Entry, error) {
	found, err := store.Read(ctx, c.db, ref)
	if err != nil {
		return Entry{}, unknownIfNone(err)
	}
	one, err := c.read(ctx)([]store.Certificate{found}, nil)
	if err != nil {
		return Entry{}, err
	}
	return one[0], nil
}

func unknownIfNone(err error) error {
	if errors.Is(err, pg.ErrNoRows) {
		return ErrUnknown
	}
	return err
}

// read turns rows into entries, with the cards of their keys.
func (c *CA) read(ctx context.Context) func([]store.Certificate, error) ([]Entry, error) {
	return func(found []store.Certificate, err error) ([]Entry, error) {
		all, err := entries(found, err)
		return c.withCards(ctx, all, err)
	}
}

func entries(found []store.Certificate, err error) ([]Entry, error) {
	if err != nil {
		return nil, err
	}
	var out []Entry
	for _, f := range found {
		e, err := entry(f)
		if err != nil {
			return nil, err
		}
		out = append(out, e)
	}
	return out, nil
}

func entry(f store.Certificate) (Entry, error) {
	identity, err := certs.ParseIdentity(f.Identity)
	e := Entry{
		Ref: f.Ref, Identity: identity, Profile: certs.Profile(f.Profile), Holder: f.Holder, Name: f.Name, DNSNames: f.DNSNames,
		Status: certs.Status(f.Status), StatusAt: f.StatusAt, StatusBy: f.StatusBy,
		NotBefore: f.NotBefore, NotAfter: f.NotAfter, IssuedAt: f.IssuedAt, IssuedBy: f.IssuedBy, Replaces: f.Replaces,
		Since: f.InvalidityAt.Time, Destroyed: f.DestroyedAt.Time, RaisedAt: f.RaisedAt.Time,
	}
	if r, ok := certs.RulesOf(e.Profile); ok {
		e.Level = r.Level
	}
	if f.Reason.Valid {
		e.Reason = Reason(f.Reason.Int16).String()
	}
	return e, err
}
