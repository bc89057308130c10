package ca

import (
	"context"
	"crypto/rand"
	"crypto/x509"
	"errors"
	"fmt"
	"math/big"
	"slices"
	"time"

	"mais/ca/internal/issuance"
	"mais/ca/internal/store"
	"mais/internal/pg"
)

const (
	// listValidity is the time to nextUpdate; a list is made anew once half of it is over,
	// or any status has changed.
	listValidity = 24 * time.Hour
	// listTail keeps what has expired on the lists for a while: RFC 5280, 3.3 wants each
	// entry on one list made after its certificate ended.
	listTail = 7 * day
)

// CRL returns the current revocation list, in DER, of a series: people or sites; or the
// root's, which the ceremony made. It lists what is revoked, held and superseded.
//
// The list is signed with crypto/x509 and the issuing key itself: step-ca's generator reads
// a database of its own and knows no hold, and what it calls to sign is this same function.
func (c *CA) CRL(ctx context.Context, series string) ([]byte, error) {
	if series == rootID {
		return slices.Clone(c.rootList), nil
	}
	issuer := c.current[series]
	if issuer == nil {
		return nil, fmt.Errorf("revocation list of %q: %w", series, ErrUnknown)
	}
	der, err := c.list(ctx, issuer)
	if err != nil {
		return nil, fmt.Errorf("revocation list of %s: %w", issuer.ID(), err)
	}
	return der, nil
}

func (c *CA) list(ctx context.Context, issuer *issuance.Issuer) ([]byte, error) {
	goodUntil := c.now().Add(listValidity / 2)
	der, err := store.CurrentList(ctx, c.db, issuer.ID(), goodUntil)
	if !errors.Is(err, pg.ErrNoRows) {
		return der, err
	}
	err = c.db.Transact(ctx, func(tx *pg.Tx) error {
		number, err := store.LockList(ctx, tx, issuer.ID())
		if err != nil {
			return err
		}
		// Another may have made it while we waited for the lock.
		if der, err = store.CurrentList(ctx, tx, issuer.ID(), goodUntil); !errors.Is(err, pg.ErrNoRows) {
			return err
		}
		der, err = c.makeList(ctx, tx, issuer, number+1)
		return err
	})
	return der, err
}

// makeList signs and keeps the next list. The counter is read before the certificates: a
// change that comes between is in the list, and only has it made again.
func (c *CA) makeList(ctx context.Context, tx *pg.Tx, issuer *issuance.Issuer, number int64) ([]byte, error) {
	status, err := store.StatusNumber(ctx, tx)
	if err != nil {
		return nil, err
	}
	now := c.now().UTC().Truncate(time.Second)
	bad, err := store.BadOf(ctx, tx, issuer.ID(), now.Add(-listTail))
	if err != nil {
		return nil, err
	}
	template := &x509.RevocationList{Number: big.NewInt(number), ThisUpdate: now, NextUpdate: now.Add(listValidity)}
	for _, b := range bad {
		serial, ok := new(big.Int).SetString(b.Serial, 16)
		if !ok {
			return nil, fmt.Errorf("serial %q", b.Serial)
		}
		template.RevokedCertificateEntries = append(template.RevokedCertificateEntries, x509.RevocationListEntry{
			SerialNumber: serial, RevocationTime: b.At.UTC().Truncate(time.Second), ReasonCode: b.Reason,
		})
	}
	der, err := x509.CreateRevocationList(rand.Reader, template, issuer.Certificate(), c.signers[issuer.ID()])
	if err != nil {
		return nil, fmt.Errorf("sign: %w", err)
	}
	return der, store.SaveList(ctx, tx, issuer.ID(), store.List{Number: number, StatusNumber: status, NextUpdate: template.NextUpdate, DER: der})
}
