package ceremony

import (
	"context"
	"crypto"
	"crypto/rand"
	"crypto/x509"
	"fmt"
	"math/big"
	"slices"
	"strings"
	"time"

	"mais/ca/internal/keydir"
	"mais/certs"
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
// CA.InstallRootList. It is for the root's machine, needs no database, and leaves the list in the
// root's directory as well. current is the list that the service has, as PEM, if it is at hand.
// revoke is an issuing CA whose certificate lies in the root's directory, or the zero value.
// What was revoked once stays on the list, since when it was; only a compromise takes the place of its reason.
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
		for _, entry := range theirs.Revoked {
			add(revoked, entry)
		}
	}
	if revoke != nil {
		add(revoked, *revoke)
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

// add lists an entry. One that is there stays as it is, but that its reason is raised to a compromise:
// the one change that a revocation takes.
func add(revoked map[string]x509.RevocationListEntry, entry x509.RevocationListEntry) {
	serial := certs.SerialHex(entry.SerialNumber)
	before, there := revoked[serial]
	if there && compromised(entry) && !compromised(before) {
		before.ReasonCode = entry.ReasonCode
		entry = before
	} else if there {
		return
	}
	revoked[serial] = entry
}

func compromised(e x509.RevocationListEntry) bool {
	return e.ReasonCode == rootReasons["keyCompromise"] || e.ReasonCode == rootReasons["cACompromise"]
}

// makeRootList makes a revocation list of the root's. Its number is in the list, and its
// entries are never dropped: no CA of ours ends before it was once listed (RFC 5280, 3.3).
func makeRootList(root *x509.Certificate, signer crypto.Signer, number int64, revoked []x509.RevocationListEntry, now time.Time) (keydir.RootList, error) {
	now = now.UTC().Truncate(time.Second)
	from := now
	if number == 1 {
		from = now.Add(-authorityBackdate) // as what it is about
	}
	template := &x509.RevocationList{
		Number: big.NewInt(number), ThisUpdate: from, NextUpdate: now.Add(rootListValidity), RevokedCertificateEntries: revoked,
	}
	if template.NextUpdate.After(root.NotAfter) {
		template.NextUpdate = root.NotAfter
	}
	der, err := x509.CreateRevocationList(rand.Reader, template, root, signer)
	if err != nil {
		return keydir.RootList{}, fmt.Errorf("make the root's revocation list: %w", err)
	}
	return keydir.ParseRootList(der, root)
}
