// Package stepca signs certificates with step-ca's embedded authority, one for each CA
// certificate of ours. It is the only importer of github.com/smallstep/certificates.
//
// Start with [New], then [Authority.Sign]. Nothing but signing is asked of step-ca: it does
// not choose a field, and it stores, renews and revokes nothing. What it returns is the
// caller's to compare with what it asked for.
package stepca

import (
	"context"
	"crypto"
	"crypto/x509"
	"errors"
	"fmt"
	"time"

	"github.com/smallstep/certificates/authority"
	"github.com/smallstep/certificates/authority/config"
	"github.com/smallstep/certificates/authority/provisioner"
)

// Authority signs under one CA certificate. It is safe for concurrent use.
type Authority struct{ inner *authority.Authority }

// New returns the authority that signs with signer under issuer, itself issued by root
// (or root itself). step-ca checks the names of what it signs against the name constraints
// of both.
func New(root, issuer *x509.Certificate, signer crypto.Signer) (*Authority, error) {
	chain := []*x509.Certificate{issuer}
	inner, err := authority.NewEmbedded(
		authority.WithConfig(&config.Config{AuthorityConfig: &config.AuthConfig{
			// The lifetime that step-ca derives is never zero then; the dates are ours anyway.
			Backdate: &provisioner.Duration{Duration: time.Duration(0)},
		}}),
		authority.WithX509RootCerts(root),
		authority.WithX509IntermediateCerts(issuer),
		authority.WithX509SignerFunc(func() ([]*x509.Certificate, crypto.Signer, error) { return chain, signer, nil }),
		authority.WithDatabase(noDatabase{}),
		authority.WithQuietInit(),
	)
	if err != nil {
		return nil, fmt.Errorf("start step-ca under %s: %v", issuer.Subject, err)
	}
	return &Authority{inner}, nil
}

// Sign returns a certificate with the fields of template for the key of proof, a request
// whose signature step-ca checks and whose other contents nobody reads. template carries
// every field, serial number and dates included.
func (a *Authority) Sign(ctx context.Context, proof *x509.CertificateRequest, template *x509.Certificate) (*x509.Certificate, error) {
	impose := provisioner.CertificateEnforcerFunc(func(cert *x509.Certificate) error {
		key, algorithm := cert.PublicKey, cert.PublicKeyAlgorithm
		*cert = *template
		cert.PublicKey, cert.PublicKeyAlgorithm = key, algorithm
		return nil
	})
	chain, err := a.inner.SignWithContext(ctx, proof, provisioner.SignOptions{}, impose)
	if err != nil {
		return nil, fmt.Errorf("sign with step-ca: %w", err)
	}
	if len(chain) == 0 || chain[0] == nil {
		return nil, errors.New("sign with step-ca: it returned no certificate")
	}
	return chain[0], nil
}
