package ca

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"

	"mais/ca/ceremony"
	"mais/ca/internal/keydir"
	"mais/ca/internal/keys"
	"mais/ca/internal/store"
	"mais/certs"
	"mais/internal/pg"
)

// A roll-over brings in the next generation of a series beside the present one, in steps that
// can each be run again:
//
//	Request    here: makes the key of people-2, and a request for the root to sign
//	Sign       where the root is, in package ceremony: makes its certificate, and the root's next revocation list
//	Install    here: records both. Nodes that are restarted with the key then accept people-2
//	Activate   here: from then on people-2 issues, on nodes that are restarted
//
// WithdrawRequest takes a request back that the root has not signed.
//
// What people-1 issued stays good, and its lists and answers are made, until it ends.

// Request makes the key of the next generation of a series, in a file or in the key manager
// whose address template is given, and returns what the root has to sign, as PEM. Where that
// has been made before and not been installed it is returned as it is.
func (c *CA) Request(ctx context.Context, series, manager string) ([]byte, error) {
	text, err := c.request(ctx, series, manager)
	if err != nil {
		return nil, fmt.Errorf("request the next generation of %s: %w", series, err)
	}
	return text, nil
}

func (c *CA) request(ctx context.Context, series, manager string) ([]byte, error) {
	id, err := c.nextID(ctx, series)
	if err != nil {
		return nil, err
	}
	held, err := keydir.Holdings(c.dir)
	if err != nil {
		return nil, err
	}
	if held[id].Request {
		return c.readRequest(id)
	}
	if h := held[id]; h.Key || h.Address {
		return nil, fmt.Errorf("%w %s holds a key of %s that nothing was requested for, left by an interruption: withdraw it and run this again",
			ErrDirectory, c.dir, id)
	}
	next := ceremony.Next{Dir: c.dir, ID: id, Manager: manager, Unlock: c.unlock, Root: c.root, PlainURL: c.plainURL}
	if err := next.Request(ctx); err != nil {
		return nil, err
	}
	return c.readRequest(id)
}

// readRequest returns a request with the root's present list, whose number the next exceeds.
func (c *CA) readRequest(id string) ([]byte, error) {
	text, err := os.ReadFile(filepath.Join(c.dir, keydir.RequestFile(id)))
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrDirectory, err)
	}
	return append(text, c.rootList.Load().PEM()...), nil
}

// nextID returns the id after the last that the directory or the database knows.
func (c *CA) nextID(ctx context.Context, series string) (string, error) {
	all, err := c.authorities(ctx)
	if err != nil {
		return "", err
	}
	last := 0
	for _, a := range all {
		if keydir.SeriesOf(a.id) == series {
			last = max(last, keydir.GenerationOf(a.id))
		}
	}
	if last == 0 || last >= keydir.MaxGeneration {
		return "", fmt.Errorf("%q: %w: want people or sites", series, ErrUnknown)
	}
	return keydir.ID(series, last+1), nil
}

// Install brings in what Sign made: an issuing CA, whose key must be here, and the root's
// list. It returns the CA's id. by says who did it.
func (c *CA) Install(ctx context.Context, signed []byte, by string) (id string, err error) {
	s, err := ceremony.ParseSigned(signed, c.root)
	if err == nil && s.ID == "" {
		err = errors.New("there is no issuing CA in it")
	}
	if err == nil {
		err = c.install(ctx, s, by)
	}
	if err != nil {
		return "", fmt.Errorf("install an issuing CA: %w", err)
	}
	return s.ID, nil
}

func (c *CA) install(ctx context.Context, s ceremony.Signed, by string) error {
	if err := c.fitsHere(ctx, s); err != nil {
		return err
	}
	err := keydir.WriteNew(c.dir, keydir.CertificateFile(s.ID), certs.EncodeCertificates(s.Certificate))
	if have, readErr := keydir.ReadCertificate(c.dir, s.ID); readErr == nil && bytes.Equal(have.Raw, s.Certificate.Raw) {
		err = nil // it was written before
	}
	if err != nil {
		return err
	}
	err = c.db.Transact(ctx, func(tx *pg.Tx) error {
		recorded, err := store.RegisterIssuer(ctx, tx, s.ID, keydir.SeriesOf(s.ID), s.Certificate.Raw)
		if err == nil && !bytes.Equal(recorded, s.Certificate.Raw) {
			err = c.mismatch(s.ID)
		}
		if err == nil {
			err = store.AddRootList(ctx, tx, s.List.Number, s.List.DER, by)
		}
		if err != nil {
			return err
		}
		return c.report(ctx, tx, Act{What: "install-ca", Name: s.ID, By: by, Fingerprint: certs.FingerprintOf(s.Certificate.Raw), NotAfter: s.Certificate.NotAfter})
	})
	if err != nil {
		return err
	}
	if err := os.Remove(filepath.Join(c.dir, keydir.RequestFile(s.ID))); err != nil && !errors.Is(err, os.ErrNotExist) {
		return err
	}
	return c.takeRootList(s.List.DER)
}

// fitsHere says why an issuing CA cannot be installed: it is not the next, its key is not
// here, or the root's list that came with it is older than the one that is known.
func (c *CA) fitsHere(ctx context.Context, s ceremony.Signed) error {
	all, err := c.authorities(ctx)
	if err != nil {
		return err
	}
	for _, a := range all {
		if a.id == s.ID && !bytes.Equal(a.cert.Raw, s.Certificate.Raw) {
			return fmt.Errorf("%w: there is another %s already", ErrNotAllowed, s.ID)
		}
		if keydir.SeriesOf(a.id) == keydir.SeriesOf(s.ID) && keydir.GenerationOf(a.id) > keydir.GenerationOf(s.ID) {
			return fmt.Errorf("%w: %s is later than %s", ErrNotAllowed, a.id, s.ID)
		}
	}
	known := c.rootList.Load()
	if s.List.Number < known.Number || s.List.Number == known.Number && !bytes.Equal(s.List.DER, known.DER) {
		return fmt.Errorf("%w: the root's list that came with %s is number %d, and number %d is known: sign it anew from a new request",
			ErrNotAllowed, s.ID, s.List.Number, known.Number)
	}
	if _, revoked := s.List.Revoked[certs.SerialHex(s.Certificate.SerialNumber)]; revoked {
		return fmt.Errorf("%w: the root has revoked %s", ErrNotAllowed, s.ID)
	}
	held, err := keydir.Holdings(c.dir)
	if err != nil {
		return err
	}
	if h := held[s.ID]; !h.Key && !h.Address {
		return fmt.Errorf("%w %s holds no key of %s: install it where it was requested", ErrDirectory, c.dir, s.ID)
	}
	key, err := keydir.OpenKey(ctx, c.dir, s.ID, held[s.ID], s.Certificate.PublicKey, c.unlock)
	if err != nil {
		return err
	}
	if !certs.SameKey(key.Public(), s.Certificate.PublicKey) {
		return fmt.Errorf("%w: the key of %s here is not its certificate's: it was signed for another request", ErrNotAllowed, s.ID)
	}
	return keys.Probe(key)
}
