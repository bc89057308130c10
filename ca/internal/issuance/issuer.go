// Package issuance turns what our side decided about a certificate into a signed one, in
// three steps that the types keep in order: [Issuer.Prepare] fixes every field, serial
// number and dates included; [Prepared.Lint] signs a twin with a throwaway key under a
// look-alike of the issuer and examines it; [Linted.Issue] has step-ca sign the real one and
// refuses it unless, but for the signature, it is the twin to the last byte. What was not
// linted cannot be signed, and what was not issued here cannot be recorded, because an
// [Issued] comes from nowhere else.
//
// It asks nobody whether the subject may have a certificate, and keeps nothing: that is
// package ca's.
package issuance

import (
	"context"
	"crypto"
	"crypto/ecdsa"
	"crypto/rand"
	"crypto/x509"
	"fmt"

	"mais/ca/internal/stepca"
	"mais/certs"
)

// Issuer is one issuing CA: its certificate, its signer behind step-ca, and the addresses
// that it writes into what it issues. It is safe for concurrent use.
type Issuer struct {
	id        string
	cert      *x509.Certificate
	addresses Addresses
	sign      func(ctx context.Context, proof *x509.CertificateRequest, template *x509.Certificate) (*x509.Certificate, error)

	// lookalike has the issuer's names but the throwaway key's public half.
	lookalike *x509.Certificate
	throwaway crypto.Signer
}

// NewIssuer makes the issuer named id, such as people-1, whose certificate root signed.
// The signer holds the certificate's key.
func NewIssuer(id string, root, cert *x509.Certificate, signer crypto.Signer, addresses Addresses) (*Issuer, error) {
	if !certs.SameKey(cert.PublicKey, signer.Public()) {
		return nil, fmt.Errorf("issuer %s: the key is not its certificate's", id)
	}
	authority, err := stepca.New(root, cert, signer)
	if err != nil {
		return nil, fmt.Errorf("issuer %s: %w", id, err)
	}
	key, ok := cert.PublicKey.(*ecdsa.PublicKey)
	if !ok {
		return nil, fmt.Errorf("issuer %s: its key is a %T, want ECDSA", id, cert.PublicKey)
	}
	throwaway, err := ecdsa.GenerateKey(key.Curve, rand.Reader)
	if err != nil {
		return nil, fmt.Errorf("issuer %s: make throwaway key: %w", id, err)
	}
	lookalike := *cert
	lookalike.PublicKey = throwaway.Public()
	return &Issuer{
		id: id, cert: cert, addresses: addresses, sign: authority.Sign,
		lookalike: &lookalike, throwaway: throwaway,
	}, nil
}

// ID returns our name of the issuer, such as people-1.
func (i *Issuer) ID() string { return i.id }

// Certificate returns the issuer's own certificate.
func (i *Issuer) Certificate() *x509.Certificate { return i.cert }

// Addresses returns where relying parties find what belongs to the issuer.
func (i *Issuer) Addresses() Addresses { return i.addresses }
