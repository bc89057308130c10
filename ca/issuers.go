package ca

import (
	"bytes"
	"context"
	"crypto/x509"
	"errors"
	"fmt"
	"slices"

	"mais/ca/internal/issuance"
	"mais/ca/internal/keydir"
	"mais/ca/internal/keys"
	"mais/ca/internal/store"
	"mais/certs"
	"mais/internal/pg"
)

// loadRoot reads the root and the newest of its revocation lists, from the directory or the
// database.
func (c *CA) loadRoot(ctx context.Context) (err error) {
	if c.root, err = keydir.ReadCertificate(c.dir, keydir.Root); err != nil {
		return err
	}
	if err := keydir.CheckAuthority(keydir.Root, c.root, c.root); err != nil {
		return fmt.Errorf("%w: %w", ErrDirectory, err)
	}
	list, err := keydir.ReadRootList(c.dir, c.root)
	if err != nil {
		return err
	}
	if err := c.register(ctx, keydir.Root, c.root); err != nil {
		return err
	}
	c.rootList.Store(&list)
	if err := store.AddRootList(ctx, c.db, list.Number, list.DER, "the directory of this node"); err != nil {
		return err
	}
	return c.refreshRootList(ctx)
}

// refreshRootList takes a newer list of the root's from the database, and keeps it in the
// directory as well: a database that is restored does not bring back what the root revoked.
func (c *CA) refreshRootList(ctx context.Context) error {
	der, err := store.RootList(ctx, c.db, c.rootList.Load().Number)
	if errors.Is(err, pg.ErrNoRows) {
		return nil
	}
	if err != nil {
		return err
	}
	return c.takeRootList(der)
}

func (c *CA) takeRootList(der []byte) error {
	list, err := keydir.ParseRootList(der, c.root)
	if err != nil {
		return fmt.Errorf("take the root's revocation list: %w", err)
	}
	if list.Number <= c.rootList.Load().Number {
		return nil
	}
	if err := keydir.Replace(c.dir, keydir.RootListFile, list.PEM()); err != nil {
		return fmt.Errorf("take the root's revocation list: %w", err)
	}
	c.rootList.Store(&list)
	c.log.Info("the root's revocation list is another", "number", list.Number, "revoked", len(list.Revoked), "until", list.Next)
	c.forgetResponders()
	return nil
}

// revokedByRoot reports whether the root has revoked an issuing CA: nothing below it is
// accepted then, and its key signs nothing more.
func (c *CA) revokedByRoot(issuing *x509.Certificate) bool {
	_, revoked := c.rootList.Load().Revoked[certs.SerialHex(issuing.SerialNumber)]
	return revoked
}

// forgetResponders takes the keys that answer OCSP from the issuing CAs that are revoked.
func (c *CA) forgetResponders() {
	for _, r := range c.responders {
		if c.revokedByRoot(r.issuer.Certificate()) {
			r.now.Store(nil)
		}
	}
}

// authority is an issuing CA as directory and database know it.
type authority struct {
	id     string
	cert   *x509.Certificate
	known  bool // to the database
	active bool // it has been activated, and issues unless a later one has been as well
	held   keydir.Holding
}

// loadIssuers reads every generation of the issuing CAs, and chooses who issues.
func (c *CA) loadIssuers(ctx context.Context) error {
	all, err := c.authorities(ctx)
	if err != nil {
		return err
	}
	active := map[string]int{}
	for _, a := range all {
		if a.active {
			active[keydir.SeriesOf(a.id)] = keydir.GenerationOf(a.id)
		}
	}
	for _, a := range all {
		if err := c.loadIssuer(ctx, a, active[keydir.SeriesOf(a.id)] > keydir.GenerationOf(a.id)); err != nil {
			return err
		}
	}
	return c.choose(ctx)
}

// authorities brings together what the directory and the database hold, the oldest first.
func (c *CA) authorities(ctx context.Context) ([]authority, error) {
	recorded, err := store.Issuers(ctx, c.db)
	if err != nil {
		return nil, err
	}
	held, err := keydir.Holdings(c.dir)
	if err != nil {
		return nil, err
	}
	byID := map[string]authority{}
	for id, h := range held {
		if id != keydir.Root && h.Certificate {
			cert, err := keydir.ReadCertificate(c.dir, id)
			if err != nil {
				return nil, err
			}
			byID[id] = authority{id: id, cert: cert, held: h}
		}
	}
	for _, r := range recorded {
		if r.ID == keydir.Root {
			continue
		}
		a, here := byID[r.ID]
		if here && !bytes.Equal(a.cert.Raw, r.Certificate) {
			return nil, c.mismatch(r.ID)
		}
		if a.cert, err = x509.ParseCertificate(r.Certificate); err != nil {
			return nil, fmt.Errorf("issuer %s in the database: %w", r.ID, err)
		}
		a.id, a.known, a.active, a.held = r.ID, true, r.ActivatedAt.Valid, held[r.ID]
		byID[r.ID] = a
	}
	return sorted(byID), nil
}

func sorted(byID map[string]authority) (all []authority) {
	var ids []string
	for id := range byID {
		ids = append(ids, id)
	}
	keydir.SortIDs(ids)
	for _, id := range ids {
		all = append(all, byID[id])
	}
	return all
}

// loadIssuer makes an issuing CA ready to sign. One is left out whose certificates have all
// ended and that has a successor; and one whose key is not here, as long as it need not be.
func (c *CA) loadIssuer(ctx context.Context, a authority, successor bool) error {
	if err := keydir.CheckAuthority(a.id, a.cert, c.root); err != nil {
		return fmt.Errorf("%w: %w", ErrDirectory, err)
	}
	here, over := a.held.Key || a.held.Address, c.now().After(a.cert.NotAfter.Add(listTail))
	switch {
	case over && successor, !here && (over || c.revokedByRoot(a.cert)):
		return nil
	case !here && a.active:
		return fmt.Errorf("%w %s lacks %s, and the database knows %s as active: copy the key, as %s or %s, from another node or a backup",
			ErrDirectory, c.dir, keydir.KeyFile(a.id), a.id, keydir.KeyFile(a.id), keydir.AddressFile(a.id))
	case !here:
		c.log.WarnContext(ctx, "an issuing CA waits for its key; it cannot be activated before this node has it", "issuer", a.id)
		return nil
	}
	key, err := c.openKey(ctx, a)
	if err != nil {
		return err
	}
	issuer, err := issuance.NewIssuer(a.id, c.root, a.cert, key, issuance.AddressesOf(c.plainURL, keydir.SeriesOf(a.id), a.id))
	if err != nil {
		return err
	}
	answering, err := newResponder(issuer)
	if err != nil {
		return err
	}
	c.responders = append(c.responders, answering)
	c.issuers = append(c.issuers, issuer)
	c.signers[a.id] = key
	return c.register(ctx, a.id, a.cert)
}

func (c *CA) openKey(ctx context.Context, a authority) (*issuingKey, error) {
	if a.held.Key && a.held.Address {
		return nil, fmt.Errorf("%w %s holds %s and %s: one of them must go", ErrDirectory, c.dir, keydir.KeyFile(a.id), keydir.AddressFile(a.id))
	}
	signer, err := keydir.OpenKey(ctx, c.dir, a.id, a.held, a.cert.PublicKey, c.unlock)
	if err != nil {
		return nil, err
	}
	key := &issuingKey{Signer: signer, id: a.id, log: c.log, revoked: func() bool { return c.revokedByRoot(a.cert) }}
	if err := keys.Probe(key); err != nil && !unreachable(err) && !c.revokedByRoot(a.cert) {
		return nil, fmt.Errorf("try the key of %s: %w", a.id, err)
	}
	return key, nil
}

// register records a CA in the database, and refuses one whose name another one has there.
func (c *CA) register(ctx context.Context, id string, cert *x509.Certificate) error {
	recorded, err := store.RegisterIssuer(ctx, c.db, id, keydir.SeriesOf(id), cert.Raw)
	if err == nil && !bytes.Equal(recorded, cert.Raw) {
		err = c.mismatch(id)
	}
	if err == nil && id != keydir.Root {
		err = store.ActivateFirst(ctx, c.db, id, keydir.SeriesOf(id))
	}
	return err
}

func (c *CA) mismatch(id string) error {
	return fmt.Errorf("%w %s: the database knows another certificate as %s: directory and database do not belong together", ErrDirectory, c.dir, id)
}

// choose finds who issues in each series: the latest that has been activated. One that the
// root has revoked still stands there, and its key refuses, until its successor is active.
func (c *CA) choose(ctx context.Context) error {
	active, err := c.activeIDs(ctx)
	if err != nil {
		return err
	}
	for _, series := range keydir.Series {
		n := slices.IndexFunc(c.issuers, func(i *issuance.Issuer) bool { return i.ID() == active[series] })
		if n < 0 {
			return fmt.Errorf("%w %s: %s is active, and its key is not here: make its successor where it is", ErrDirectory, c.dir, active[series])
		}
		c.current[series] = c.issuers[n]
		if c.revokedByRoot(c.current[series].Certificate()) {
			c.log.ErrorContext(ctx, "nothing can be issued in a series: the root has revoked its issuing CA", "series", series, "issuer", active[series])
		}
	}
	return nil
}

// activeIDs returns, by series, the issuing CA that has been activated last.
func (c *CA) activeIDs(ctx context.Context) (map[string]string, error) {
	recorded, err := store.Issuers(ctx, c.db)
	if err != nil {
		return nil, err
	}
	active := map[string]string{}
	for _, r := range recorded {
		if r.ActivatedAt.Valid && keydir.GenerationOf(r.ID) > keydir.GenerationOf(active[r.Series]) {
			active[r.Series] = r.ID
		}
	}
	return active, nil
}

// IssuerIDs returns the ids of all issuing CAs that there are and were: certificates of one whose
// key is gone are still in the inventory.
func (c *CA) IssuerIDs(ctx context.Context) (ids []string, err error) {
	recorded, err := store.Issuers(ctx, c.db)
	for _, r := range recorded {
		if r.ID != keydir.Root {
			ids = append(ids, r.ID)
		}
	}
	keydir.SortIDs(ids)
	return ids, err
}
