package ca

import (
	"context"
	"crypto/rand"
	"crypto/x509"
	"crypto/x509/pkix"
	"errors"
	"fmt"
	"math/big"
	"slices"
	"time"

	"mais/ca/internal/keydir"
	"mais/ca/internal/store"
	"mais/internal/pg"
)

const (
	// listValidity is the time to nextUpdate; a list is made anew once half of it is over.
	listValidity = 24 * time.Hour
	// listTail keeps what has expired on the lists for a while: RFC 5280, 3.3 wants each
	// entry on one list made after its certificate ended.
	listTail = 7 * day
	// longList is the size in bytes, some 1,700 entries, above which a full list is no longer
	// made anew at each change but by timer. The shards, which new certificates name, are.
	longList  = 64 << 10
	listEvery = time.Hour
)

// CRL returns the current full revocation list, in DER, of an issuing CA, such as people-1;
// or, by the name of a series, of the one that issues now; or the root's, which a ceremony
// made. A list is of one issuer (RFC 5280, 5): after a roll-over the older generation's stands
// under its own name alone. It lists what is revoked, held and superseded, whatever list a
// certificate names. It is up to date unless it is long: then it is at most an hour
// behind, but for the certificates from before there were shards, which name it.
//
// The list is signed with crypto/x509 and the issuing key itself: step-ca's generator reads
// a database of its own and knows no hold, and what it calls to sign is this same function.
func (c *CA) CRL(ctx context.Context, name string) ([]byte, error) {
	if name == keydir.Root {
		return slices.Clone(c.rootList.Load().DER), nil
	}
	issuer := c.current[name]
	if issuer == nil {
		var err error
		if issuer, err = c.issuer(name); err != nil {
			return nil, fmt.Errorf("revocation list of %q: %w", name, ErrUnknown)
		}
	}
	return c.list(ctx, store.Scope{Issuer: issuer.ID(), Shard: store.Whole})
}

// CRLShard returns the current revocation list, in DER, of a series' shard: the one that
// certificates name as PLAIN/crl/SERIES/N.crl. It holds every committed change of status. A
// shard that no issuer of the series has is ErrUnknown.
func (c *CA) CRLShard(ctx context.Context, series string, n int) ([]byte, error) {
	for _, i := range c.issuers {
		if keydir.SeriesOf(i.ID()) == series && i.Addresses().HasShard(n) {
			return c.list(ctx, store.Scope{Issuer: i.ID(), Shard: n})
		}
	}
	return nil, fmt.Errorf("revocation list of %q, shard %d: %w", series, n, ErrUnknown)
}

// list returns the list of a scope, made anew if need be.
func (c *CA) list(ctx context.Context, s store.Scope) (der []byte, err error) {
	defer func() {
		if err != nil {
			err = fmt.Errorf("revocation list of %s, shard %d: %w", s.Issuer, s.Shard, err)
		}
	}()
	if err := c.keeper.Closed(); err != nil { // a list of an older database lacks revocations
		return nil, err
	}
	needs := store.Needs{Until: c.now().Add(listValidity / 2), Long: longList, Recent: c.now().Add(listValidity - listEvery)}
	der, err = store.CurrentList(ctx, c.db, s, needs)
	if !errors.Is(err, pg.ErrNoRows) {
		return der, err
	}
	err = c.db.Transact(ctx, func(tx *pg.Tx) error {
		number, err := store.LockList(ctx, tx, s)
		if err != nil {
			return err
		}
		// Another may have made it while we waited for the lock.
		if der, err = store.CurrentList(ctx, tx, s, needs); !errors.Is(err, pg.ErrNoRows) {
			return err
		}
		der, err = c.makeList(ctx, tx, s, number+1)
		return err
	})
	return der, err
}

// makeList signs and keeps the next list. The counter is read before the certificates: a
// change that comes between is in the list, and only has it made again.
func (c *CA) makeList(ctx context.Context, tx *pg.Tx, s store.Scope, number int64) ([]byte, error) {
	issuer, err := c.issuer(s.Issuer)
	if err != nil {
		return nil, err
	}
	status, err := store.StatusNumber(ctx, tx)
	if err != nil {
		return nil, err
	}
	now := c.now().UTC().Truncate(time.Second)
	bad, err := store.BadOf(ctx, tx, s, now.Add(-listTail))
	if err != nil {
		return nil, err
	}
	template := &x509.RevocationList{Number: big.NewInt(number), ThisUpdate: now, NextUpdate: now.Add(listValidity)}
	if template.RevokedCertificateEntries, err = entriesOf(bad); err != nil {
		return nil, err
	}
	if s.Shard != store.Whole {
		point, err := issuingDistributionPoint(issuer.Addresses().Shard(s.Shard))
		if err != nil {
			return nil, err
		}
		template.ExtraExtensions = []pkix.Extension{point}
	}
	der, err := x509.CreateRevocationList(rand.Reader, template, issuer.Certificate(), c.signers[issuer.ID()])
	if err != nil {
		return nil, fmt.Errorf("sign: %w", err)
	}
	return der, store.SaveList(ctx, tx, s, store.List{Number: number, StatusNumber: status, NextUpdate: template.NextUpdate, DER: der})
}

func entriesOf(bad []store.Bad) ([]x509.RevocationListEntry, error) {
	entries := make([]x509.RevocationListEntry, 0, len(bad))
	for _, b := range bad {
		serial, ok := new(big.Int).SetString(b.Serial, 16)
		if !ok {
			return nil, fmt.Errorf("serial %q", b.Serial)
		}
		entry := x509.RevocationListEntry{SerialNumber: serial, RevocationTime: b.At.UTC().Truncate(time.Second), ReasonCode: b.Reason}
		if b.Since.Valid {
			extension, err := invalidityDate(b.Since.Time)
			if err != nil {
				return nil, err
			}
			entry.ExtraExtensions = []pkix.Extension{extension}
		}
		entries = append(entries, entry)
	}
	return entries, nil
}
