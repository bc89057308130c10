// Package receipt encodes and checks signed receipts: what MAIS says, with its signature, of a
// change of a certificate's status. [Sign] makes one from a payload, [Verify] returns the
// payload of a good one; the payload's meaning is server/api's.
//
// A receipt is a JWS in compact form (RFC 7515) with ES256, the certificates of who signed it
// in x5c, and the time of the signature in iat, as JAdES (ETSI TS 119 182-1) has it. It stays
// good after the signer's certificate has ended: what counts is that it was good when it
// signed. Verify asks nobody whether that certificate was revoked since; who wants to know
// finds in it where to ask.
package receipt

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/x509"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/go-jose/go-jose/v4"

	"mais/certs"
)

// Type is the typ of a receipt's header.
const Type = "mais-receipt"

const (
	// maxSize bounds a receipt: one of 100 nodes has some 20 KiB.
	maxSize = 256 << 10
	// maxAhead is how much faster than the reader's the signer's clock may go.
	maxAhead = 5 * time.Minute
)

// ErrInvalid is returned for what is no receipt of ours; the text says why.
var ErrInvalid = errors.New("receipt: not a receipt of this service")

// Signer is a key and the certificates that speak for it.
type Signer struct {
	Key    crypto.Signer // ECDSA over P-256, in this process's memory
	Leaf   *x509.Certificate
	Issuer *x509.Certificate // signed the leaf, and was signed by the root
}

// Sign returns the receipt of a payload, signed at a time.
func (s Signer) Sign(payload []byte, at time.Time) (string, error) {
	return s.sign(Type, payload, at)
}

func (s Signer) sign(typ string, payload []byte, at time.Time) (string, error) {
	chain := []string{base64.StdEncoding.EncodeToString(s.Leaf.Raw), base64.StdEncoding.EncodeToString(s.Issuer.Raw)}
	options := new(jose.SignerOptions).WithType(jose.ContentType(typ)).WithHeader("x5c", chain).WithHeader("iat", at.Unix())
	signer, err := jose.NewSigner(jose.SigningKey{Algorithm: jose.ES256, Key: s.Key}, options)
	if err != nil {
		return "", fmt.Errorf("sign receipt: %w", err)
	}
	signed, err := signer.Sign(payload)
	if err != nil {
		return "", fmt.Errorf("sign receipt: %w", err)
	}
	return signed.CompactSerialize()
}

// Receipt is what a good receipt says and who said it when.
type Receipt struct {
	Payload  []byte
	SignedAt time.Time
	Leaf     *x509.Certificate // its subject's serialNumber names the node
}

// Verify returns what a receipt says, if a signer of the service below root signed it before
// now. Every error is an ErrInvalid.
func Verify(compact string, root *x509.Certificate, now time.Time) (Receipt, error) {
	r, err := verify(Type, strings.TrimSpace(compact), root, now)
	if err != nil {
		return Receipt{}, fmt.Errorf("%w: %w", ErrInvalid, err)
	}
	return r, nil
}

func verify(typ, compact string, root *x509.Certificate, now time.Time) (Receipt, error) {
	head, err := headerOf(typ, compact)
	if err != nil {
		return Receipt{}, err
	}
	at := time.Unix(head.IssuedAt, 0)
	if at.After(now.Add(maxAhead)) {
		return Receipt{}, fmt.Errorf("it was signed at %s, which is yet to come", at.UTC().Format(time.RFC3339))
	}
	leaf, err := head.signer(root, at)
	if err != nil {
		return Receipt{}, err
	}
	key, ok := leaf.PublicKey.(*ecdsa.PublicKey)
	if !ok {
		return Receipt{}, fmt.Errorf("its signer's key is a %T", leaf.PublicKey)
	}
	signed, err := jose.ParseSignedCompact(compact, []jose.SignatureAlgorithm{jose.ES256})
	if err != nil {
		return Receipt{}, err
	}
	payload, err := signed.Verify(key)
	return Receipt{payload, at, leaf}, err
}

// header is the protected header, all of which is signed. There is no other in compact form.
type header struct {
	Algorithm string   `json:"alg"`
	Type      string   `json:"typ"`
	Chain     [][]byte `json:"x5c"` // base64, not base64url (RFC 7515, 4.1.6)
	IssuedAt  int64    `json:"iat"`
}

func headerOf(typ, compact string) (h header, err error) {
	if len(compact) > maxSize {
		return h, fmt.Errorf("%d bytes, at most %d", len(compact), maxSize)
	}
	first, _, ok := strings.Cut(compact, ".")
	if !ok {
		return h, errors.New("it is no JWS in compact form")
	}
	text, err := base64.RawURLEncoding.DecodeString(first)
	if err == nil {
		err = json.Unmarshal(text, &h)
	}
	switch {
	case err != nil:
		return h, fmt.Errorf("its header can't be read: %v", err)
	case h.Algorithm != string(jose.ES256) || h.Type != typ:
		return h, fmt.Errorf("alg %.20q and typ %.20q, want %s and %s", h.Algorithm, h.Type, jose.ES256, typ)
	case len(h.Chain) != 2:
		return h, fmt.Errorf("%d certificates, want the signer's and its issuer's", len(h.Chain))
	}
	return h, nil
}

// signer returns the certificate that signed, if it leads to root, as of a time, and may sign
// receipts. Our issuing CAs were made for other usages than that of receipts; the profile says
// instead what may sign one.
func (h header) signer(root *x509.Certificate, at time.Time) (*x509.Certificate, error) {
	leaf, err := x509.ParseCertificate(h.Chain[0])
	if err != nil {
		return nil, fmt.Errorf("its signer's certificate: %v", err)
	}
	issuer, err := x509.ParseCertificate(h.Chain[1])
	if err != nil {
		return nil, fmt.Errorf("the certificate of its signer's issuer: %v", err)
	}
	// The issuer is judged before it judges: what is not ours decides on no key size.
	if err := issuer.CheckSignatureFrom(root); err != nil {
		return nil, fmt.Errorf("its signer does not lead to the root: %v", err)
	}
	roots, between := x509.NewCertPool(), x509.NewCertPool()
	roots.AddCert(root)
	between.AddCert(issuer)
	_, err = leaf.Verify(x509.VerifyOptions{
		Roots: roots, Intermediates: between, CurrentTime: at, KeyUsages: []x509.ExtKeyUsage{x509.ExtKeyUsageAny},
	})
	if err != nil {
		return nil, fmt.Errorf("its signer does not lead to the root: %v", err)
	}
	rules, err := certs.CheckLeaf(leaf)
	if err == nil && rules.Profile != certs.ReceiptSigner {
		err = fmt.Errorf("profile %s", rules.Profile)
	}
	if err != nil {
		return nil, fmt.Errorf("its signer may not sign receipts: %w", err)
	}
	return leaf, nil
}
