package pivtest

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/asn1"
	"encoding/json"
	"encoding/pem"
	"fmt"
	"math/big"
	"time"

	"mais/certs/attest"
)

// The names that Yubico's cards have in their certificates.
const (
	attesterName    = "Yubico PIV Attestation"
	attestationName = "YubiKey PIV Attestation %02x"
)

// The extensions of Yubico's attestations.
var (
	extFirmware = asn1.ObjectIdentifier{1, 3, 6, 1, 4, 1, 41482, 3, 3}
	extSerial   = asn1.ObjectIdentifier{1, 3, 6, 1, 4, 1, 41482, 3, 7}
	extPolicy   = asn1.ObjectIdentifier{1, 3, 6, 1, 4, 1, 41482, 3, 8}
	extForm     = asn1.ObjectIdentifier{1, 3, 6, 1, 4, 1, 41482, 3, 9}
)

// Makers certify for as long as Yubico does.
var (
	madeFrom  = time.Date(2016, 3, 14, 0, 0, 0, 0, time.UTC)
	madeUntil = time.Date(2052, 4, 17, 0, 0, 0, 0, time.UTC)
)

// Maker makes cards: its root certifies each card's attestation key. It is made to be trusted by
// tests, and can lie as a forger with a maker's key could (see Attest).
type Maker struct {
	private crypto.Signer
	root    *x509.Certificate
}

// NewMaker makes a maker whose root has this common name and attest.TestMaker, so that a release
// build does not trust it. Two makers of one name are a maker and somebody who forges its chains.
func NewMaker(name string) (*Maker, error) {
	return newMaker(name, pkix.Extension{Id: attest.TestMaker, Value: []byte{5, 0}})
}

// NewUnmarkedMaker makes one whose root does not say that it is a test's.
func NewUnmarkedMaker(name string) (*Maker, error) { return newMaker(name) }

func newMaker(name string, marks ...pkix.Extension) (*Maker, error) {
	private, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return nil, fmt.Errorf("make a maker: %w", err)
	}
	root, err := certificate(&x509.Certificate{
		Subject: pkix.Name{CommonName: name}, Issuer: pkix.Name{CommonName: name}, KeyUsage: x509.KeyUsageCertSign | x509.KeyUsageCRLSign,
		BasicConstraintsValid: true, IsCA: true, MaxPathLen: 1, ExtraExtensions: marks,
	}, nil, private.Public(), private)
	if err != nil {
		return nil, fmt.Errorf("make a maker: %w", err)
	}
	return &Maker{private, root}, nil
}

// Root is the certificate that is to be trusted.
func (m *Maker) Root() *x509.Certificate { return m.root }

// RootPEM is the root as a file of [attestation] roots has it.
func (m *Maker) RootPEM() []byte {
	return pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: m.root.Raw})
}

// certify is what a factory does for each card.
func (m *Maker) certify(card crypto.PublicKey) (*x509.Certificate, error) {
	return certificate(&x509.Certificate{
		Subject: pkix.Name{CommonName: attesterName}, BasicConstraintsValid: true, IsCA: true, MaxPathLenZero: true, KeyUsage: x509.KeyUsageCertSign,
	}, m.root, card, m.private)
}

// Claim is what an attestation says of a key.
type Claim struct {
	Key      crypto.PublicKey
	Slot     byte
	PIN      attest.PINPolicy
	Touch    attest.TouchPolicy
	Serial   uint32
	Firmware attest.Version
	Form     attest.FormFactor
}

// Attest makes a chain that claims anything, as no card would: the attestation and the
// certificate of a card that never was. The chain leads to the maker's root.
func (m *Maker) Attest(claim Claim) ([]*x509.Certificate, error) {
	private, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return nil, fmt.Errorf("make a card's key: %w", err)
	}
	card, err := m.certify(private.Public())
	if err != nil {
		return nil, err
	}
	der, err := attestation(claim, private)
	if err != nil {
		return nil, err
	}
	cert, err := x509.ParseCertificate(der)
	return []*x509.Certificate{cert, card}, err
}

// Forge lets the card answer for a slot with another attestation: chain[0], and chain[1], if there
// is one, in place of its own certificate. An empty chain ends it.
func (c *Card) Forge(slot byte, chain ...*x509.Certificate) {
	c.mu.Lock()
	defer c.mu.Unlock()
	delete(c.forged, slot)
	if len(chain) > 0 {
		if c.forged == nil {
			c.forged = map[byte][]byte{}
		}
		c.forged[slot] = chain[0].Raw
	}
	if len(chain) > 1 {
		c.state.Objects[objectAttestation] = certificateObject(chain[1].Raw)
	}
}

// attestation is the certificate that a card makes for a key.
func attestation(claim Claim, card crypto.Signer) ([]byte, error) {
	serial, err := asn1.Marshal(int64(claim.Serial))
	if err != nil {
		return nil, err
	}
	v := claim.Firmware
	issuer := &x509.Certificate{Subject: pkix.Name{CommonName: attesterName}}
	cert, err := certificate(&x509.Certificate{
		Subject: pkix.Name{CommonName: fmt.Sprintf(attestationName, claim.Slot)},
		ExtraExtensions: []pkix.Extension{
			{Id: extFirmware, Value: []byte{v.Major, v.Minor, v.Patch}},
			{Id: extSerial, Value: serial},
			{Id: extPolicy, Value: []byte{byte(claim.PIN), byte(claim.Touch)}},
			{Id: extForm, Value: []byte{byte(claim.Form)}},
		},
	}, issuer, claim.Key, card)
	if err != nil {
		return nil, fmt.Errorf("attest: %w", err)
	}
	return cert.Raw, nil
}

// certificate fills in what all have in common. No issuer is the certificate itself.
func certificate(template, issuer *x509.Certificate, public crypto.PublicKey, by crypto.Signer) (*x509.Certificate, error) {
	serial, err := rand.Int(rand.Reader, new(big.Int).Lsh(big.NewInt(1), 127))
	if err != nil {
		return nil, err
	}
	template.SerialNumber, template.NotBefore, template.NotAfter = serial, madeFrom, madeUntil
	if issuer == nil {
		issuer = template
	}
	der, err := x509.CreateCertificate(rand.Reader, template, issuer, public, by)
	if err != nil {
		return nil, err
	}
	return x509.ParseCertificate(der)
}

// makerFile is a maker in a card's file.
type makerFile struct{ PKCS8, Root []byte }

// MarshalJSON writes the private key too.
func (m *Maker) MarshalJSON() ([]byte, error) {
	der, err := x509.MarshalPKCS8PrivateKey(m.private)
	if err != nil {
		return nil, err
	}
	return json.Marshal(makerFile{der, m.root.Raw})
}

// UnmarshalJSON reads what MarshalJSON wrote.
func (m *Maker) UnmarshalJSON(text []byte) (err error) {
	var f makerFile
	if err := json.Unmarshal(text, &f); err != nil {
		return err
	}
	if m.private, err = parseSigner(f.PKCS8); err != nil {
		return err
	}
	m.root, err = x509.ParseCertificate(f.Root)
	return err
}
