package ca

import (
	"bytes"
	"context"
	"crypto"
	_ "crypto/sha1" // names issuers and keys in OCSP; it protects nothing there
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/asn1"
	"errors"
	"fmt"

	"mais/ca/internal/issuance"
	"mais/ca/internal/ocsp"
	"mais/certs"
)

// errNotReady: no answer can be signed just now, which is tryLater to whoever asks.
var errNotReady = errors.New("ca: the OCSP responder is not ready")

// responder answers for one issuing CA, which alone may name who does: by a certificate of
// its own making with the usage OCSPSigning (RFC 6960, 4.2.2.2).
type responder struct {
	*keyholder
	names map[crypto.Hash]issuerNames
}

// issuerNames is what a CertID says about an issuer.
type issuerNames struct{ name, key []byte }

func newResponder(i *issuance.Issuer) (*responder, error) {
	r := &responder{newKeyholder(i, certs.OCSPSigner), map[crypto.Hash]issuerNames{}}
	for _, hash := range []crypto.Hash{crypto.SHA1, crypto.SHA256} {
		key, err := hashOfKey(hash, i.Certificate())
		if err != nil {
			return nil, err
		}
		r.names[hash] = issuerNames{sum(hash, i.Certificate().RawSubject), key}
	}
	return r, nil
}

// hashOfKey hashes the key's BIT STRING without tag, length and count of unused bits (RFC
// 6960, 4.1.1 and 4.2.1).
func hashOfKey(hash crypto.Hash, cert *x509.Certificate) ([]byte, error) {
	var spki struct {
		Algorithm pkix.AlgorithmIdentifier
		Key       asn1.BitString
	}
	if _, err := asn1.Unmarshal(cert.RawSubjectPublicKeyInfo, &spki); err != nil {
		return nil, fmt.Errorf("read the key of %s: %w", cert.Subject, err)
	}
	return sum(hash, spki.Key.Bytes), nil
}

func sum(hash crypto.Hash, b []byte) []byte {
	h := hash.New()
	h.Write(b)
	return h.Sum(nil)
}

// named reports whether a CertID means the responder's issuer.
func (r *responder) named(id ocsp.CertID) bool {
	n, ok := r.names[id.Hash]
	return ok && bytes.Equal(id.NameHash, n.name) && bytes.Equal(id.KeyHash, n.key)
}

// Respond makes this process answer OCSP, and sign receipts, as node, whose server identity
// stands in the inventory for the keys that sign: of OCSP one for each issuing CA, made now and with each renewal,
// kept in memory alone, and renewed by itself at two thirds of its certificate's life when
// something is asked. Before Respond every answer is tryLater; after an error of it the
// certificates are sought again as questions come.
func (c *CA) Respond(ctx context.Context, node certs.Identity) error {
	if node.Kind() != certs.Server {
		return fmt.Errorf("answer OCSP as %s: not a server", node)
	}
	c.node.Store(&node)
	var faults []error
	for _, r := range c.responders {
		if _, err := c.credential(ctx, r.keyholder); err != nil {
			faults = append(faults, err)
		}
	}
	if err := errors.Join(faults...); err != nil {
		return fmt.Errorf("answer OCSP as %s: %w", node, err)
	}
	return nil
}
