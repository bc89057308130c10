package ca

import (
	"bytes"
	"context"
	"crypto/rand"
	"crypto/x509"
	"crypto/x509/pkix"
	"errors"
	"fmt"
	"net/url"
	"os"
	"path/filepath"

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
//	Sign       where the root is: makes its certificate, and the root's next revocation list
//	Install    here: records both. Nodes that are restarted with the key then accept people-2
//	Activate   here: from then on people-2 issues, on nodes that are restarted
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
		return nil, fmt.Errorf("%w %s holds a key of %s that nothing was requested for, left by an interruption: remove %s or %s and run this again",
			ErrDirectory, c.dir, id, keydir.KeyFile(id), keydir.AddressFile(id))
	}
	signer, name, text, err := makeIssuingKey(ctx, id, manager, c.unlock)
	if err != nil {
		return nil, err
	}
	plain, err := url.Parse(c.plainURL)
	if err != nil {
		return nil, err
	}
	der, err := x509.CreateCertificateRequest(rand.Reader, &x509.CertificateRequest{
		Subject: pkix.Name{CommonName: nameOf(c.root) + " CA " + id}, URIs: []*url.URL{plain},
	}, signer)
	if err != nil {
		return nil, err
	}
	if err := keydir.WriteNew(c.dir, name, text); err != nil {
		return nil, err
	}
	if err := keydir.WriteNew(c.dir, keydir.RequestFile(id), certs.EncodeRequest(der)); err != nil {
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

// nameOf returns the deployment's name, as its root has it.
func nameOf(root *x509.Certificate) string {
	if len(root.Subject.Organization) != 1 {
		return ""
	}
	return root.Subject.Organization[0]
}

// Install brings in what Sign made: an issuing CA, whose key must be here, and the root's
// list. It returns the CA's id. by says who did it.
func (c *CA) Install(ctx context.Context, signed []byte, by string) (id string, err error) {
	b, err := parseBundle(signed, c.root)
	if err == nil && b.id == "" {
		err = errors.New("there is no issuing CA in it")
	}
	if err == nil {
		err = c.install(ctx, b, by)
	}
	if err != nil {
		return "", fmt.Errorf("install an issuing CA: %w", err)
	}
	return b.id, nil
}

func (c *CA) install(ctx context.Context, b bundle, by string) error {
	if err := c.fitsHere(ctx, b); err != nil {
		return err
	}
	err := keydir.WriteNew(c.dir, keydir.CertificateFile(b.id), certs.EncodeCertificates(b.cert))
	if have, readErr := keydir.ReadCertificate(c.dir, b.id); readErr == nil && bytes.Equal(have.Raw, b.cert.Raw) {
		err = nil // it was written before
	}
	if err != nil {
		return err
	}
	err = c.db.Transact(ctx, func(tx *pg.Tx) error {
		recorded, err := store.RegisterIssuer(ctx, tx, b.id, keydir.SeriesOf(b.id), b.cert.Raw)
		if err == nil && !bytes.Equal(recorded, b.cert.Raw) {
			err = c.mismatch(b.id)
		}
		if err == nil {
			err = store.AddRootList(ctx, tx, b.list.Number, b.list.DER, by)
		}
		if err != nil {
			return err
		}
		return c.report(ctx, tx, Act{What: "install-ca", Name: b.id, By: by, Fingerprint: certs.FingerprintOf(b.cert.Raw), NotAfter: b.cert.NotAfter})
	})
	if err != nil {
		return err
	}
	if err := os.Remove(filepath.Join(c.dir, keydir.RequestFile(b.id))); err != nil && !errors.Is(err, os.ErrNotExist) {
		return err
	}
	return c.takeRootList(b.list.DER)
}

// fitsHere says why an issuing CA cannot be installed: it is not the next, its key is not
// here, or the root's list that came with it is older than the one that is known.
func (c *CA) fitsHere(ctx context.Context, b bundle) error {
	all, err := c.authorities(ctx)
	if err != nil {
		return err
	}
	for _, a := range all {
		if a.id == b.id && !bytes.Equal(a.cert.Raw, b.cert.Raw) {
			return fmt.Errorf("%w: there is another %s already", ErrNotAllowed, b.id)
		}
		if keydir.SeriesOf(a.id) == keydir.SeriesOf(b.id) && keydir.GenerationOf(a.id) > keydir.GenerationOf(b.id) {
			return fmt.Errorf("%w: %s is later than %s", ErrNotAllowed, a.id, b.id)
		}
	}
	known := c.rootList.Load()
	if b.list.Number < known.Number || b.list.Number == known.Number && !bytes.Equal(b.list.DER, known.DER) {
		return fmt.Errorf("%w: the root's list that came with %s is number %d, and number %d is known: sign it anew from a new request",
			ErrNotAllowed, b.id, b.list.Number, known.Number)
	}
	if _, revoked := b.list.Revoked[certs.SerialHex(b.cert.SerialNumber)]; revoked {
		return fmt.Errorf("%w: the root has revoked %s", ErrNotAllowed, b.id)
	}
	held, err := keydir.Holdings(c.dir)
	if err != nil {
		return err
	}
	if h := held[b.id]; !h.Key && !h.Address {
		return fmt.Errorf("%w %s holds no key of %s: install it where it was requested", ErrDirectory, c.dir, b.id)
	}
	key, err := keydir.OpenKey(ctx, c.dir, b.id, held[b.id], b.cert.PublicKey, c.unlock)
	if err != nil {
		return err
	}
	if !certs.SameKey(key.Public(), b.cert.PublicKey) {
		return fmt.Errorf("%w: the key of %s here is not its certificate's: it was signed for another request", ErrNotAllowed, b.id)
	}
	return keys.Probe(key)
}
