package attest

import (
	"bytes"
	"crypto"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/asn1"
	"slices"
	"time"
)

// Bounds of what is presented, held before any signature is checked.
const (
	MaxCertificates = 4
	MaxBytes        = 16 << 10 // of DER
)

// Parse reads a chain in DER, within the bounds.
func Parse(ders [][]byte) ([]*x509.Certificate, error) {
	size := 0
	for _, der := range ders {
		size += len(der)
	}
	if len(ders) > MaxCertificates || size > MaxBytes {
		return nil, refuse(Malformed, "An attestation has at most %d certificates and %d bytes; this has %d and %d.", MaxCertificates, MaxBytes, len(ders), size)
	}
	var chain []*x509.Certificate
	for n, der := range ders {
		cert, err := x509.ParseCertificate(der)
		if err != nil {
			return nil, refuse(Malformed, "Certificate %d of the attestation cannot be read.", n+1)
		}
		chain = append(chain, cert)
	}
	return chain, nil
}

// Verify returns what a trusted maker says of key. The chain is the statement and then the
// card's own certificate, which one of the makers' CAs must have signed itself: what stands
// behind the two is counted against the bounds and otherwise ignored, so that no CA of a
// stranger's making takes part, and no key on a genuine card can pose as one. Every other
// chain is ErrAttestation, as an [*Error] that says why.
//
// The path is walked here, and not by x509.Certificate.Verify, for cards that were certified
// before 2018: theirs carries no basic constraints, under a root that allows no CA below it.
// Makers date their CAs, their cards and so all statements decades ahead (Yubico's until
// 2050, 2052 and 9999); where a date has passed the chain is refused all the same.
func (r *Roots) Verify(chain []*x509.Certificate, key crypto.PublicKey, now time.Time) (Statement, error) {
	if err := checkBounds(chain); err != nil {
		return Statement{}, err
	}
	statement, card := chain[0], chain[1]
	by, err := r.signerOf(card)
	if err != nil {
		return Statement{}, err
	}
	if err := checkCard(card); err != nil {
		return Statement{}, err
	}
	if err := checkStatement(statement, card); err != nil {
		return Statement{}, err
	}
	for _, cert := range append([]*x509.Certificate{statement, card}, by.path...) {
		if now.Before(cert.NotBefore) || now.After(cert.NotAfter) {
			return Statement{}, refuse(Expired, "A certificate of the attestation is not valid at this time.")
		}
	}
	s, err := read(statement)
	if err != nil {
		return Statement{}, err
	}
	if err := sameFirmware(card, s.Firmware); err != nil {
		return Statement{}, err
	}
	s.Maker, s.MakerID = by.maker, by.id
	if !sameKey(s.Key, key) {
		return Statement{}, refuse(OtherKey, "The attestation is of another key than the one to be certified.")
	}
	return s, nil
}

func checkBounds(chain []*x509.Certificate) error {
	size := 0
	for _, cert := range chain {
		size += len(cert.Raw)
	}
	if len(chain) < 2 || len(chain) > MaxCertificates || size > MaxBytes {
		return refuse(Malformed, "An attestation is the maker's statement and the card's own certificate; this has %d certificates and %d bytes.", len(chain), size)
	}
	return nil
}

// signerOf finds the CA that signed a card's certificate.
func (r *Roots) signerOf(card *x509.Certificate) (by signer, err error) {
	err = refuse(Untrusted, "The card's own certificate is not by a maker whose cards are trusted here.")
	if r == nil {
		return signer{}, err
	}
	for _, s := range r.signers {
		if !bytes.Equal(card.RawIssuer, s.path[0].RawSubject) {
			continue
		}
		if s.path[0].CheckSignature(card.SignatureAlgorithm, card.RawTBSCertificate, card.Signature) == nil {
			return s, nil
		}
		err = refuse(Forged, "The card's own certificate is not signed by the maker that it names.")
	}
	return signer{}, err
}

// checkCard looks at the certificate of a card, which a maker's CA has signed: it signs
// statements and is none.
func checkCard(card *x509.Certificate) error {
	switch {
	case slices.ContainsFunc(card.Extensions, idIs(extPolicy)):
		return refuse(Malformed, "The card's own certificate is itself a statement on a key.")
	case card.BasicConstraintsValid && !card.IsCA,
		// Some of before 2018 carry no constraints, and are known by their firmware: what else
		// their root certified, for U2F, has none of either.
		!card.BasicConstraintsValid && !slices.ContainsFunc(card.Extensions, idIs(extFirmware)),
		card.KeyUsage != 0 && card.KeyUsage&x509.KeyUsageCertSign == 0,
		len(card.UnhandledCriticalExtensions) > 0:
		return refuse(Malformed, "The card's own certificate is not one that signs statements.")
	}
	return nil
}

// checkStatement looks at who signed a statement.
func checkStatement(statement, card *x509.Certificate) error {
	switch {
	case !bytes.Equal(statement.RawIssuer, card.RawSubject),
		card.CheckSignature(statement.SignatureAlgorithm, statement.RawTBSCertificate, statement.Signature) != nil:
		return refuse(Forged, "The statement is not signed by the card whose certificate came with it.")
	case statement.IsCA, statement.KeyUsage&x509.KeyUsageCertSign != 0, len(statement.UnhandledCriticalExtensions) > 0:
		return refuse(Malformed, "The statement is not of the form that cards give it.")
	}
	return nil
}

func sameKey(a, b crypto.PublicKey) bool {
	key, ok := a.(interface{ Equal(crypto.PublicKey) bool })
	return ok && key.Equal(b)
}

func idIs(id asn1.ObjectIdentifier) func(pkix.Extension) bool {
	return func(e pkix.Extension) bool { return e.Id.Equal(id) }
}
