// Package issuance turns what our side decided about a certificate into a signed one, in
// three steps that the types keep in order: [Issuer.Prepare] fixes every field, serial
// number and dates included; [Prepared.Lint] makes a twin without a signature and examines
// it; [Linted.Issue] has step-ca sign the real one. Before the issuer's key stands a gate,
// which signs what is the twin to the last byte and nothing else. What was not linted cannot
// be signed, and what was not issued here cannot be recorded, because an [Issued] comes from
// nowhere else.
//
// It asks nobody whether the subject may have a certificate, and keeps nothing: that is
// package ca's.
package issuance

import (
	"context"
	"crypto"
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
	gate      *gate
	sign      func(ctx context.Context, proof *x509.CertificateRequest, template *x509.Certificate) (*x509.Certificate, error)
}

// NewIssuer makes the issuer named id, such as people-1, whose certificate root signed.
// The signer holds the certificate's key.
func NewIssuer(id string, root, cert *x509.Certificate, signer crypto.Signer, addresses Addresses) (*Issuer, error) {
	if !certs.SameKey(cert.PublicKey, signer.Public()) {
		return nil, fmt.Errorf("issuer %s: the key is not its certificate's", id)
	}
	g := newGate(signer)
	authority, err := stepca.New(root, cert, g)
	if err != nil {
		return nil, fmt.Errorf("issuer %s: %w", id, err)
	}
	return &Issuer{id: id, cert: cert, addresses: addresses, gate: g, sign: authority.Sign}, nil
}

// ID returns our name of the issuer, such as people-1.
func (i *Issuer) ID() string { return i.id }

// Certificate returns the issuer's own certificate.
func (i *Issuer) Certificate() *x509.Certificate { return i.cert }

// Addresses returns where relying parties find what belongs to the issuer.
func (i *Issuer) Addresses() Addresses { return i.addresses }
