package ca

import (
	"crypto"
	"time"

	"mais/ca/internal/issuance"
)

// ParseCode and NewCode are for the tests of codes.
var (
	ParseCode = parseCode
	NewCode   = newCode
)

// Made tells whether a directory holds a ceremony's files.
var Made = made

// CeremonyFiles lists what a ceremony writes, in order.
var CeremonyFiles = ceremonyFiles

// SetNow replaces the CA's clock.
func (c *CA) SetNow(now func() time.Time) { c.now = now }

// WrapSigner puts something between a series' issuing key and step-ca.
func (c *CA) WrapSigner(series, plainURL string, wrap func(crypto.Signer) crypto.Signer) error {
	old := c.current[series]
	i, err := issuance.NewIssuer(old.ID(), c.root, old.Certificate(), wrap(c.signers[old.ID()]), issuance.AddressesOf(plainURL, series, old.ID()))
	if err == nil {
		c.current[series] = i
	}
	return err
}
