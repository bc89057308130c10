package issuance

import (
	"crypto"
	"crypto/rand"
	"crypto/x509"
	"errors"
	"fmt"
	"io"

	"golang.org/x/crypto/cryptobyte"
	der "golang.org/x/crypto/cryptobyte/asn1"
)

// errKept is how a keeper ends the making of a certificate.
var errKept = errors.New("issuance: kept, not signed")

// keeper passes for an issuer's key, keeps what it is to sign, and has no signature to give.
type keeper struct {
	public crypto.PublicKey
	tbs    []byte
}

func (k *keeper) Public() crypto.PublicKey { return k.public }

func (k *keeper) Sign(io.Reader, []byte, crypto.SignerOpts) ([]byte, error) { return nil, errKept }

// SignMessage implements [crypto.MessageSigner].
func (k *keeper) SignMessage(_ io.Reader, tbs []byte, _ crypto.SignerOpts) ([]byte, error) {
	k.tbs = tbs
	return nil, errKept
}

// twin returns the certificate as it will be but for its signature. crypto/x509 makes the
// TBSCertificate under the issuer's own certificate as it will once more for step-ca, and
// gives it to a keeper; nothing is signed, by any key.
func (p Prepared) twin() (*x509.Certificate, error) {
	if p.issuer == nil {
		return nil, errors.New("nothing is prepared")
	}
	k := &keeper{public: p.issuer.cert.PublicKey}
	_, err := x509.CreateCertificate(rand.Reader, p.template, p.issuer.cert, p.request.key, k)
	if !errors.Is(err, errKept) || k.tbs == nil {
		return nil, fmt.Errorf("make the twin: %w", err)
	}
	unsigned, err := withoutSignature(k.tbs)
	if err != nil {
		return nil, fmt.Errorf("make the twin: %w", err)
	}
	return x509.ParseCertificate(unsigned)
}

// noSignature has the form of a signature of ECDSA (RFC 3279, 2.2.3) and is none, of no key:
// both numbers are 1.
var noSignature = []byte{0x30, 6, 2, 1, 1, 2, 1, 1}

// withoutSignature makes a certificate of tbs: its own algorithm once more behind it, as RFC
// 5280, 4.1.1.2 demands, and where the signature belongs, none.
func withoutSignature(tbs []byte) ([]byte, error) {
	var body, algorithm cryptobyte.String
	outer := cryptobyte.String(tbs)
	if !outer.ReadASN1(&body, der.SEQUENCE) ||
		!body.SkipOptionalASN1(der.Tag(0).ContextSpecific().Constructed()) || // version
		!body.SkipASN1(der.INTEGER) || // serial number
		!body.ReadASN1Element(&algorithm, der.SEQUENCE) {
		return nil, errors.New("a TBSCertificate without algorithm")
	}
	var b cryptobyte.Builder
	b.AddASN1(der.SEQUENCE, func(b *cryptobyte.Builder) {
		b.AddBytes(tbs)
		b.AddBytes(algorithm)
		b.AddASN1BitString(noSignature)
	})
	return b.Bytes()
}
