package ca

import (
	"context"
	"crypto/x509"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"mais/ca/internal/keydir"
	"mais/ca/internal/store"
	"mais/certs"
	"mais/internal/pg"
)

// rootReasons are why a root revokes an issuing CA (RFC 5280, 5.3.1).
var rootReasons = map[string]int{"unspecified": 0, "keyCompromise": 1, "cACompromise": 2, "superseded": 4, "cessationOfOperation": 5}

// RootReasons returns the reasons that NextRootList takes.
func RootReasons() []string {
	var names []string
	for name := range rootReasons {
		names = append(names, name)
	}
	slices.Sort(names)
	return names
}

// Revocation is an issuing CA that the root is to revoke, by id.
type Revocation struct {
	ID     string
	Reason string // one of RootReasons
}

// NextRootList makes the root's next revocation list and returns it as PEM, for
// InstallRootList. It is for the root's machine, needs no database, and leaves the list in the
// root's directory as well. current is the list that the service has, as PEM, if it is at hand.
// revoke is an issuing CA whose certificate lies in the root's directory, or the zero value.
// What was revoked once stays on the list.
func NextRootList(ctx context.Context, k RootKey, current []byte, revoke Revocation) ([]byte, error) {
	list, err := nextRootList(ctx, k, current, revoke)
	if err != nil {
		return nil, fmt.Errorf("make the root's revocation list: %w", err)
	}
	return list.PEM(), nil
}

func nextRootList(ctx context.Context, k RootKey, current []byte, revoke Revocation) (keydir.RootList, error) {
	root, err := k.open(ctx)
	if err != nil {
		return keydir.RootList{}, err
	}
	blocks, err := blocksOf(current)
	if err != nil {
		return keydir.RootList{}, err
	}
	known, err := one(blocks, keydir.ListBlock, false)
	if err != nil {
		return keydir.RootList{}, err
	}
	now := time.Now()
	if revoke == (Revocation{}) {
		return root.nextList(known, nil, now)
	}
	reason, ok := rootReasons[revoke.Reason]
	if !ok {
		return keydir.RootList{}, fmt.Errorf("%w: reason %q: want one of %s", ErrNotAllowed, revoke.Reason, strings.Join(RootReasons(), ", "))
	}
	if keydir.GenerationOf(revoke.ID) == 0 {
		return keydir.RootList{}, fmt.Errorf("%w: %q is no issuing CA", ErrUnknown, revoke.ID)
	}
	cert, err := keydir.ReadCertificate(k.Dir, revoke.ID)
	if err != nil {
		return keydir.RootList{}, err
	}
	if err := keydir.CheckAuthority(revoke.ID, cert, root.cert); err != nil {
		return keydir.RootList{}, fmt.Errorf("%w: %w", ErrDirectory, err)
	}
	return root.nextList(known, &x509.RevocationListEntry{
		SerialNumber: cert.SerialNumber, RevocationTime: now.UTC().Truncate(time.Second), ReasonCode: reason,
	}, now)
}

// nextList makes the list after the root's own and the one that the service knows, with all
// that either has revoked, and keeps it in the root's directory.
func (o root) nextList(known []byte, revoke *x509.RevocationListEntry, now time.Time) (keydir.RootList, error) {
	revoked, number := o.list.Revoked, o.list.Number
	if known != nil {
		theirs, err := keydir.ParseRootList(known, o.cert)
		if err != nil {
			return keydir.RootList{}, fmt.Errorf("the list that the service has: %w", err)
		}
		number = max(number, theirs.Number)
		for serial, entry := range theirs.Revoked {
			if _, ours := revoked[serial]; !ours {
				revoked[serial] = entry
			}
		}
	}
	if revoke != nil {
		if _, before := revoked[certs.SerialHex(revoke.SerialNumber)]; !before {
			revoked[certs.SerialHex(revoke.SerialNumber)] = *revoke
		}
	}
	var entries []x509.RevocationListEntry
	for _, entry := range revoked {
		entries = append(entries, x509.RevocationListEntry{SerialNumber: entry.SerialNumber, RevocationTime: entry.RevocationTime, ReasonCode: entry.ReasonCode})
	}
	slices.SortFunc(entries, func(a, b x509.RevocationListEntry) int { return a.SerialNumber.Cmp(b.SerialNumber) })
	list, err := makeRootList(o.cert, o.key, number+1, entries, now)
	if err != nil {
		return keydir.RootList{}, err
	}
	return list, keydir.Replace(o.dir, keydir.RootListFile, list.PEM())
}

// RootListPEM returns the root's newest revocation list that is known here.
func (c *CA) RootListPEM() []byte { return c.rootList.Load().PEM() }

// RevokedIn returns which of the issuing CAs that are accepted now a list of the root's, PEM,
// would revoke. It refuses what the root did not sign, and what is older than what is known.
func (c *CA) RevokedIn(text []byte) ([]string, error) {
	b, err := c.newerList(text)
	if err != nil {
		return nil, fmt.Errorf("read the root's revocation list: %w", err)
	}
	var ids []string
	for _, i := range c.issuers {
		if _, revoked := b.list.Revoked[certs.SerialHex(i.Certificate().SerialNumber)]; revoked && !c.revokedByRoot(i.Certificate()) {
			ids = append(ids, i.ID())
		}
	}
	return ids, nil
}

func (c *CA) newerList(text []byte) (bundle, error) {
	b, err := parseBundle(text, c.root)
	if err != nil {
		return bundle{}, err
	}
	if known := c.rootList.Load().Number; b.list.Number < known {
		return bundle{}, fmt.Errorf("%w: it is number %d, and number %d is known", ErrNotAllowed, b.list.Number, known)
	}
	return b, nil
}

// InstallRootList brings in a list of the root's. Every node takes it over by itself within
// some seconds. For the certificates of an issuing CA that it revokes, call EndBelow first.
func (c *CA) InstallRootList(ctx context.Context, text []byte, by string) error {
	b, err := c.newerList(text)
	if err == nil {
		err = c.db.Transact(ctx, func(tx *pg.Tx) error {
			if err := store.AddRootList(ctx, tx, b.list.Number, b.list.DER, by); err != nil {
				return err
			}
			return c.report(ctx, tx, Act{What: "root-list", Name: fmt.Sprintf("number %d", b.list.Number), By: by, NotAfter: b.list.Next})
		})
	}
	if err == nil {
		err = c.takeRootList(b.list.DER)
	}
	if err != nil {
		return fmt.Errorf("install the root's revocation list: %w", err)
	}
	return nil
}

// endBatch is how many certificates EndBelow reads at a time.
const endBatch = 100

// EndBelow revokes every certificate of an issuing CA that is good or held, one after another,
// and says how many; done is told how far it has come. What is interrupted goes on when it is
// called again.
func (c *CA) EndBelow(ctx context.Context, id, by string, done func(int)) (ended int, err error) {
	for {
		refs, err := store.LiveOf(ctx, c.db, id, c.now(), endBatch)
		if err != nil || len(refs) == 0 {
			return ended, err
		}
		for _, ref := range refs {
			// A line ends together: another of it may have ended this one.
			if err := c.Revoke(ctx, ref, CessationOfOperation, by); err != nil && !errors.Is(err, ErrAlready) {
				return ended, fmt.Errorf("end what is below %s: %w", id, err)
			}
			ended++
			done(ended)
		}
	}
}

// followEvery is how often a node asks for the root's list and for who is active.
const followEvery = 5 * time.Second

// FollowRoot takes over newer lists of the root's until ctx ends, and says aloud when this
// node issues from another CA than the one that is active, which takes a restart.
func (c *CA) FollowRoot(ctx context.Context) error {
	tick := time.NewTicker(followEvery)
	defer tick.Stop()
	said, fault := map[string]string{}, ""
	for {
		select {
		case <-ctx.Done():
			return nil
		case <-tick.C:
		}
		err := errors.Join(c.refreshRootList(ctx), c.compareActive(ctx, said))
		if err != nil && ctx.Err() == nil && err.Error() != fault {
			c.log.ErrorContext(ctx, "cannot follow the root's revocation list", "error", err)
		}
		fault = ""
		if err != nil {
			fault = err.Error()
		}
	}
}

func (c *CA) compareActive(ctx context.Context, said map[string]string) error {
	active, err := c.activeIDs(ctx)
	if err != nil {
		return err
	}
	for series, id := range active {
		if c.current[series].ID() != id && said[series] != id {
			said[series] = id
			c.log.WarnContext(ctx, "another issuing CA is active: restart this node to issue from it", "active", id, "issues here", c.current[series].ID())
		}
	}
	return nil
}
