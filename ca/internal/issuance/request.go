package issuance

import (
	"crypto"
	"crypto/sha256"
	"crypto/x509"
	"errors"
	"fmt"

	"mais/certs"
)

// maxRequest bounds a certificate signing request. An honest one, RSA-4096 included, is
// below 2 KiB; the bound is generous because whatever else it carries is dropped anyway.
const maxRequest = 128 << 10

// ErrRequest is returned for a certificate signing request that is not accepted.
var ErrRequest = errors.New("issuance: certificate request not accepted")

// Request is all that is taken from a certificate signing request (PKCS#10, RFC 2986): a
// public key, and the proof that the requester holds its private half. Names and extensions
// asked for do not get past ParseRequest. The proof is checked when a certificate is issued
// for it, by step-ca; whoever answers a request in any other way calls CheckProof first. The
// zero Request is none.
type Request struct {
	key   crypto.PublicKey
	spki  [sha256.Size]byte
	proof *x509.CertificateRequest
}

// ParseRequest reads a request in DER and judges its key. Errors wrap ErrRequest.
func ParseRequest(der []byte) (Request, error) {
	if len(der) > maxRequest {
		return Request{}, fmt.Errorf("%w: %d bytes, at most %d", ErrRequest, len(der), maxRequest)
	}
	csr, err := x509.ParseCertificateRequest(der)
	if err != nil {
		return Request{}, fmt.Errorf("%w: %v", ErrRequest, err)
	}
	if err := certs.CheckKey(csr.PublicKey); err != nil {
		return Request{}, fmt.Errorf("%w: %w", ErrRequest, err)
	}
	// Hash Go's own encoding of the key, not the request's, so that one key has one hash.
	spki, err := x509.MarshalPKIXPublicKey(csr.PublicKey)
	if err != nil {
		return Request{}, fmt.Errorf("%w: %v", ErrRequest, err)
	}
	return Request{
		key:  csr.PublicKey,
		spki: sha256.Sum256(spki),
		proof: &x509.CertificateRequest{
			RawTBSCertificateRequest: csr.RawTBSCertificateRequest,
			Signature:                csr.Signature,
			SignatureAlgorithm:       csr.SignatureAlgorithm,
			PublicKeyAlgorithm:       csr.PublicKeyAlgorithm,
			PublicKey:                csr.PublicKey,
		},
	}, nil
}

// Key returns the public key.
func (r Request) Key() crypto.PublicKey { return r.key }

// KeyHash returns the SHA-256 of the key's SubjectPublicKeyInfo.
func (r Request) KeyHash() []byte { return r.spki[:] }

// CheckProof says whether the request proves possession of its key (RFC 2986, 4.2). The
// error wraps ErrRequest.
func (r Request) CheckProof() error {
	if r.proof == nil {
		return fmt.Errorf("%w: there is none", ErrRequest)
	}
	if err := r.proof.CheckSignature(); err != nil {
		return fmt.Errorf("%w: it does not prove possession of its key: %v", ErrRequest, err)
	}
	return nil
}

// keyID returns the key's identifier: the leftmost 160 bits of its hash, here of the whole
// SubjectPublicKeyInfo (RFC 7093, 2 (4)).
func (r Request) keyID() []byte { return r.spki[:20] }
