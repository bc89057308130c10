package attest

import (
	"bytes"
	"crypto/sha256"
	"crypto/x509"
	_ "embed"
	"encoding/asn1"
	"encoding/hex"
	"encoding/pem"
	"errors"
	"fmt"
	"slices"
	"sync"
)

// yubicoPEM are the CAs that lead to PIV attestations of Yubico's: the roots of before 2018
// (some cards were certified by the root for U2F), of 2018, and of 2024 with the
// intermediates A and B. Those for FIDO, OpenPGP and secure domains are left out: what they
// sign says nothing of a PIV key. A test holds them to their published fingerprints.
//
//go:embed yubico.pem
var yubicoPEM []byte

var yubico = sync.OnceValue(func() []*x509.Certificate {
	cas, err := parsePEM(yubicoPEM)
	if err != nil {
		panic(err) // it is a constant
	}
	return cas
})

// Yubico returns Yubico's CAs for PIV attestations, roots and intermediates.
func Yubico() []*x509.Certificate { return slices.Clone(yubico()) }

// TestMaker is the extension by which the CAs of the tests' maker of cards are known. It
// stands in them with any value.
var TestMaker = asn1.ObjectIdentifier{1, 3, 6, 1, 4, 1, 32473, 1803, 200}

// ErrTestMaker is LoadRoots' error for the tests' maker, whose keys anybody can have.
var ErrTestMaker = errors.New("attest: this is the maker of cards that exist in tests only")

// maxRootBytes bounds a file of makers.
const maxRootBytes = 64 << 10

// LoadRoots reads the makers of a file: PEM of CA certificates, each maker's root and, where
// others than it sign cards, the intermediates. It refuses the tests' maker, unless the
// program was built with the tag testcards: see [TestCards].
func LoadRoots(text []byte) ([]*x509.Certificate, error) {
	if len(text) > maxRootBytes {
		return nil, fmt.Errorf("attest: more than %d bytes of makers", maxRootBytes)
	}
	cas, err := parsePEM(text)
	if err != nil {
		return nil, err
	}
	for _, ca := range cas {
		if !TestCards && isTestMaker(ca) {
			return nil, ErrTestMaker
		}
	}
	return cas, nil
}

func isTestMaker(ca *x509.Certificate) bool {
	return slices.ContainsFunc(ca.Extensions, idIs(TestMaker))
}

// parsePEM reads certificates and nothing else; lines between them that begin with # say whose
// they are.
func parsePEM(text []byte) (cas []*x509.Certificate, err error) {
	for rest := text; ; {
		var block *pem.Block
		if block, rest = pem.Decode(rest); block == nil {
			break
		}
		if block.Type != "CERTIFICATE" {
			return nil, fmt.Errorf("attest: a PEM block %.40q among certificates", block.Type)
		}
		ca, err := x509.ParseCertificate(block.Bytes)
		if err != nil {
			return nil, fmt.Errorf("attest: parse certificate %d: %w", len(cas)+1, err)
		}
		cas = append(cas, ca)
	}
	if n := bytes.Count(text, []byte("-----BEGIN")); n != len(cas) || n == 0 {
		return nil, fmt.Errorf("attest: %d certificates can be read of %d", len(cas), n)
	}
	return cas, nil
}

// Roots are the makers that are trusted. The zero Roots, and nil, are none. They can be used
// by several goroutines at once.
type Roots struct{ signers []signer }

// signer is a CA that signs the certificates of cards.
type signer struct {
	path  []*x509.Certificate // itself first, its root last
	maker string
	id    string
}

// NewRoots takes makers: their roots, and the intermediates below these, in any order. Cards
// are believed when one of them that has no other of them below it has signed theirs: a CA
// that signs for CAs signs other things too.
func NewRoots(cas ...*x509.Certificate) (*Roots, error) {
	r := &Roots{}
	for _, ca := range cas {
		if !ca.IsCA || !ca.BasicConstraintsValid {
			return nil, fmt.Errorf("attest: %q is no CA", ca.Subject)
		}
		path, err := pathOf(ca, cas)
		if err != nil {
			return nil, err
		}
		if slices.ContainsFunc(cas, func(below *x509.Certificate) bool { return below != ca && !below.Equal(ca) && signs(ca, below) }) {
			continue
		}
		root := path[len(path)-1]
		if root.Subject.CommonName == "" { // by which people know a maker
			return nil, fmt.Errorf("attest: the root with the serial number %x has no common name", root.SerialNumber)
		}
		r.signers = append(r.signers, signer{path, root.Subject.CommonName, makerID(root)})
	}
	return r, nil
}

// maxPath bounds how many CAs a maker puts above its cards.
const maxPath = 4

// pathOf returns the way from a CA to its root.
func pathOf(ca *x509.Certificate, cas []*x509.Certificate) ([]*x509.Certificate, error) {
	path := []*x509.Certificate{ca}
	for at := ca; !signs(at, at); path = append(path, at) {
		above := slices.IndexFunc(cas, func(c *x509.Certificate) bool { return signs(c, at) })
		if above < 0 || len(path) == maxPath {
			return nil, fmt.Errorf("attest: %q leads to no root of a maker that is there", ca.Subject)
		}
		at = cas[above]
	}
	return path, nil
}

// signs reports whether above signed below, both being CAs.
func signs(above, below *x509.Certificate) bool {
	return bytes.Equal(above.RawSubject, below.RawIssuer) && below.CheckSignatureFrom(above) == nil
}

// makerID names a maker by its root's key: Yubico, whichever of its roots it is, or digits.
func makerID(root *x509.Certificate) string {
	for _, known := range yubico() {
		if bytes.Equal(known.RawSubjectPublicKeyInfo, root.RawSubjectPublicKeyInfo) {
			return "yubico"
		}
	}
	sum := sha256.Sum256(root.RawSubjectPublicKeyInfo)
	return hex.EncodeToString(sum[:8])
}

// Makers returns the common names of the roots, each once.
func (r *Roots) Makers() (names []string) {
	if r == nil {
		return nil
	}
	for _, s := range r.signers {
		if !slices.Contains(names, s.maker) {
			names = append(names, s.maker)
		}
	}
	return names
}
