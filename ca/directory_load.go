package ca

import (
	"bytes"
	"context"
	"crypto"
	"crypto/x509"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"mais/ca/internal/issuance"
	"mais/ca/internal/keys"
	"mais/ca/internal/store"
	"mais/internal/pg"
)

// loadRoot reads the root and the newest of its revocation lists, from the directory or the
// database.
func (c *CA) loadRoot(ctx context.Context) (err error) {
	if c.root, err = readCertificate(c.dir, rootID); err != nil {
		return err
	}
	if err := checkAuthority(rootID, c.root, c.root); err != nil {
		return fmt.Errorf("%w: %w", ErrDirectory, err)
	}
	list, err := readRootList(c.dir, c.root)
	if err != nil {
		return err
	}
	if err := c.register(ctx, rootID, c.root); err != nil {
		return err
	}
	c.rootList.Store(&list)
	if err := store.AddRootList(ctx, c.db, list.number, list.der, "the directory of this node"); err != nil {
		return err
	}
	return c.refreshRootList(ctx)
}

// refreshRootList takes a newer list of the root's from the database, and keeps it in the
// directory as well: a database that is restored does not bring back what the root revoked.
func (c *CA) refreshRootList(ctx context.Context) error {
	der, err := store.RootList(ctx, c.db, c.rootList.Load().number)
	if errors.Is(err, pg.ErrNoRows) {
		return nil
	}
	if err != nil {
		return err
	}
	return c.takeRootList(der)
}

func (c *CA) takeRootList(der []byte) error {
	list, err := parseRootList(der, c.root)
	if err != nil {
		return fmt.Errorf("take the root's revocation list: %w", err)
	}
	if list.number <= c.rootList.Load().number {
		return nil
	}
	if err := replace(c.dir, rootListFile, list.pem()); err != nil {
		return fmt.Errorf("take the root's revocation list: %w", err)
	}
	c.rootList.Store(&list)
	c.log.Info("the root's revocation list is another", "number", list.number, "revoked", len(list.revoked), "until", list.next)
	c.forgetResponders()
	return nil
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
	held   holding
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
			active[seriesOf(a.id)] = generationOf(a.id)
		}
	}
	for _, a := range all {
		if err := c.loadIssuer(ctx, a, active[seriesOf(a.id)] > generationOf(a.id)); err != nil {
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
	held, err := holdings(c.dir)
	if err != nil {
		return nil, err
	}
	byID := map[string]authority{}
	for id, h := range held {
		if id != rootID && h.certificate {
			cert, err := readCertificate(c.dir, id)
			if err != nil {
				return nil, err
			}
			byID[id] = authority{id: id, cert: cert, held: h}
		}
	}
	for _, r := range recorded {
		if r.ID == rootID {
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
	sortIDs(ids)
	for _, id := range ids {
		all = append(all, byID[id])
	}
	return all
}

// loadIssuer makes an issuing CA ready to sign. One is left out whose certificates have all
// ended and that has a successor; and one whose key is not here, as long as it need not be.
func (c *CA) loadIssuer(ctx context.Context, a authority, successor bool) error {
	if err := checkAuthority(a.id, a.cert, c.root); err != nil {
		return fmt.Errorf("%w: %w", ErrDirectory, err)
	}
	here, over := a.held.key || a.held.address, c.now().After(a.cert.NotAfter.Add(listTail))
	switch {
	case over && successor, !here && (over || c.revokedByRoot(a.cert)):
		return nil
	case !here && a.active:
		return fmt.Errorf("%w %s lacks %s, and the database knows %s as active: copy the key, as %s or %s, from another node or a backup",
			ErrDirectory, c.dir, keyFile(a.id), a.id, keyFile(a.id), addressFile(a.id))
	case !here:
		c.log.WarnContext(ctx, "an issuing CA waits for its key; it cannot be activated before this node has it", "issuer", a.id)
		return nil
	}
	key, err := c.openKey(ctx, a)
	if err != nil {
		return err
	}
	issuer, err := issuance.NewIssuer(a.id, c.root, a.cert, key, issuance.AddressesOf(c.plainURL, seriesOf(a.id), a.id))
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
	if a.held.key && a.held.address {
		return nil, fmt.Errorf("%w %s holds %s and %s: one of them must go", ErrDirectory, c.dir, keyFile(a.id), addressFile(a.id))
	}
	signer, err := readKey(ctx, c.dir, a.id, a.held, a.cert.PublicKey, c)
	if err != nil {
		return nil, err
	}
	key := &issuingKey{Signer: signer, id: a.id, log: c.log, revoked: func() bool { return c.revokedByRoot(a.cert) }}
	if err := keys.Probe(key); err != nil && !unreachable(err) && !c.revokedByRoot(a.cert) {
		return nil, fmt.Errorf("try the key of %s: %w", a.id, err)
	}
	return key, nil
}

// readKey opens a key in a file, or finds the address of one in a key manager; whether that
// answers is not asked.
func readKey(ctx context.Context, dir, id string, h holding, public crypto.PublicKey, c *CA) (crypto.Signer, error) {
	if h.address {
		text, err := os.ReadFile(filepath.Join(dir, addressFile(id)))
		if err != nil {
			return nil, fmt.Errorf("%w: %w", ErrDirectory, err)
		}
		key, err := keys.OpenKept(strings.TrimRight(string(text), "\r\n"), public)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", addressFile(id), err)
		}
		return key, nil
	}
	sealed, err := os.ReadFile(filepath.Join(dir, keyFile(id)))
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrDirectory, err)
	}
	signer, err := keys.Open(ctx, sealed, c.unlock)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", keyFile(id), err)
	}
	return signer, nil
}

// register records a CA in the database, and refuses one whose name another one has there.
func (c *CA) register(ctx context.Context, id string, cert *x509.Certificate) error {
	recorded, err := store.RegisterIssuer(ctx, c.db, id, seriesOf(id), cert.Raw)
	if err == nil && !bytes.Equal(recorded, cert.Raw) {
		err = c.mismatch(id)
	}
	if err == nil && id != rootID {
		err = store.ActivateFirst(ctx, c.db, id, seriesOf(id))
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
	for _, series := range seriesNames {
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
		if r.ActivatedAt.Valid && generationOf(r.ID) > generationOf(active[r.Series]) {
			active[r.Series] = r.ID
		}
	}
	return active, nil
}
