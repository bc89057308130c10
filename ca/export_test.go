package ca

import (
	"crypto"
	"time"

	"mais/ca/internal/issuance"
	"mais/certs"
)

// ParseCode and NewCode are for the tests of codes.
var (
	ParseCode = parseCode
	NewCode   = newCode
)

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

// SetLive sets how many answers are signed for one request alone: rate a second after the
// first burst.
func (c *CA) SetLive(rate, burst float64) {
	c.answers.live = bucket{rate: rate, burst: burst, tokens: burst, at: time.Now()}
}

// ForgetAnswers empties the cache of OCSP answers.
func (c *CA) ForgetAnswers() { clear(c.answers.kept) }

// ResponderRef returns the name of the certificate that answers for an issuer.
func (c *CA) ResponderRef(issuer string) certs.Ref {
	for _, r := range c.responders {
		if have := r.now.Load(); have != nil && r.issuer.ID() == issuer {
			return have.ref
		}
	}
	return certs.Ref{}
}
