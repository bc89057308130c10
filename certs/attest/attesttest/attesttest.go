// Package attesttest makes attestations for tests: those that a genuine card of a maker gives,
// and, by adjusting one, those that none would. Call [NewMaker], and [Maker.Attest] for a key.
//
// Its makers carry the extension [attest.TestMaker], so no program for officers trusts them.
package attesttest

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/asn1"
	"math/big"
	"testing"
	"time"

	"mais/certs/attest"
)

// The extensions of a statement.
var (
	Firmware = asn1.ObjectIdentifier{1, 3, 6, 1, 4, 1, 41482, 3, 3}
	Serial   = asn1.ObjectIdentifier{1, 3, 6, 1, 4, 1, 41482, 3, 7}
	Policy   = asn1.ObjectIdentifier{1, 3, 6, 1, 4, 1, 41482, 3, 8}
	Form     = asn1.ObjectIdentifier{1, 3, 6, 1, 4, 1, 41482, 3, 9}
)

// begin and end are the dates of everything: no card has a clock.
var (
	begin = time.Date(2016, 3, 14, 0, 0, 0, 0, time.UTC)
	end   = time.Date(2052, 4, 17, 0, 0, 0, 0, time.UTC)
)

// Signer is a key and its certificate.
type Signer struct {
	Certificate *x509.Certificate
	Key         *ecdsa.PrivateKey
}

// Maker makes cards.
type Maker struct {
	Signer
}

// NewMaker returns a maker with a root of that name.
func NewMaker(tb testing.TB, name string) Maker {
	tb.Helper()
	return Maker{Certify(tb, CA(name), Signer{})}
}

// CA returns what a maker's root is certified as.
func CA(name string) *x509.Certificate {
	return &x509.Certificate{
		SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: name}, NotBefore: begin, NotAfter: end,
		IsCA: true, BasicConstraintsValid: true, KeyUsage: x509.KeyUsageCertSign,
		ExtraExtensions: []pkix.Extension{{Id: attest.TestMaker, Value: []byte{0x05, 0x00}}},
	}
}

// Roots trusts the maker alone.
func (m Maker) Roots(tb testing.TB) *attest.Roots {
	tb.Helper()
	roots, err := attest.NewRoots(m.Certificate)
	if err != nil {
		tb.Fatal(err)
	}
	return roots
}

// Certify has by certify a new key as the template says; the zero Signer: the key itself.
func Certify(tb testing.TB, template *x509.Certificate, by Signer) Signer {
	tb.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		tb.Fatal(err)
	}
	return Signer{CertifyKey(tb, template, key.Public(), by, key), key}
}

// CertifyKey is Certify for a key that is there; own signs where by is zero.
func CertifyKey(tb testing.TB, template *x509.Certificate, key crypto.PublicKey, by Signer, own *ecdsa.PrivateKey) *x509.Certificate {
	tb.Helper()
	parent, with := by.Certificate, by.Key
	if parent == nil {
		parent, with = template, own
	}
	der, err := x509.CreateCertificate(rand.Reader, template, parent, key, with)
	if err != nil {
		tb.Fatal(err)
	}
	cert, err := x509.ParseCertificate(der)
	if err != nil {
		tb.Fatal(err)
	}
	return cert
}

// Card is a card of a maker's: what its key F9 signs with.
type Card struct {
	Signer
	Says attest.Statement // of each of its keys, unless adjusted
}

// Card makes a card with a serial: a good one, whose keys want the PIN once a session.
func (m Maker) Card(tb testing.TB, serial uint32, adjust ...func(*attest.Statement)) Card {
	tb.Helper()
	says := attest.Statement{
		Serial: serial, Firmware: attest.Version{Major: 5, Minor: 7, Patch: 4}, Slot: 0x9a,
		PIN: attest.PINOnce, Touch: attest.TouchNever, Form: 3,
	}
	for _, f := range adjust {
		f(&says)
	}
	template := &x509.Certificate{
		SerialNumber: big.NewInt(int64(serial) + 2), Subject: pkix.Name{CommonName: "Yubico PIV Attestation"}, NotBefore: begin, NotAfter: end,
		IsCA: true, BasicConstraintsValid: true, MaxPathLenZero: true,
		ExtraExtensions: []pkix.Extension{{Id: Firmware, Value: version(says.Firmware)}},
	}
	return Card{Certify(tb, template, m.Signer), says}
}

// Attest returns what the card says of a key, and its own certificate, as adjusted.
func (c Card) Attest(tb testing.TB, key crypto.PublicKey, adjust ...func(*x509.Certificate)) []*x509.Certificate {
	tb.Helper()
	template := Statement(tb, c.Says)
	for _, f := range adjust {
		f(template)
	}
	return []*x509.Certificate{CertifyKey(tb, template, key, c.Signer, nil), c.Certificate}
}

// DER is Attest as it is sent.
func (c Card) DER(tb testing.TB, key crypto.PublicKey, adjust ...func(*x509.Certificate)) (ders [][]byte) {
	tb.Helper()
	for _, cert := range c.Attest(tb, key, adjust...) {
		ders = append(ders, cert.Raw)
	}
	return ders
}

// Statement returns what a card certifies a key as.
func Statement(tb testing.TB, s attest.Statement) *x509.Certificate {
	tb.Helper()
	template := &x509.Certificate{
		SerialNumber: big.NewInt(7), NotBefore: begin, NotAfter: end,
		Subject: pkix.Name{CommonName: "YubiKey PIV Attestation " + hex(s.Slot)},
		ExtraExtensions: []pkix.Extension{
			{Id: Firmware, Value: version(s.Firmware)}, {Id: Policy, Value: []byte{byte(s.PIN), byte(s.Touch)}},
		},
	}
	if s.Serial > 0 {
		value, err := asn1.Marshal(int64(s.Serial))
		if err != nil {
			tb.Fatal(err)
		}
		template.ExtraExtensions = append(template.ExtraExtensions, pkix.Extension{Id: Serial, Value: value})
	}
	if s.Form > 0 {
		template.ExtraExtensions = append(template.ExtraExtensions, pkix.Extension{Id: Form, Value: []byte{byte(s.Form)}})
	}
	return template
}

// Extension makes a statement say value of id, or, with a nil value, nothing.
func Extension(id asn1.ObjectIdentifier, value []byte) func(*x509.Certificate) {
	return func(template *x509.Certificate) {
		var all []pkix.Extension
		for _, e := range template.ExtraExtensions {
			if !e.Id.Equal(id) {
				all = append(all, e)
			}
		}
		if value != nil {
			all = append(all, pkix.Extension{Id: id, Value: value})
		}
		template.ExtraExtensions = all
	}
}

func version(v attest.Version) []byte { return []byte{v.Major, v.Minor, v.Patch} }

func hex(b byte) string { return string("0123456789abcdef"[b>>4]) + string("0123456789abcdef"[b&15]) }
