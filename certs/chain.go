package certs

import (
	"crypto/x509"
	"errors"
	"fmt"
	"slices"
	"time"
)

// Bounds on what a peer may present, held before any signature is checked: Go's own
// verifier was seen to take a chain of 601 certificates.
const (
	maxChain      = 4
	maxChainBytes = 32 << 10
)

// Errors of CheckChain and CheckLeaf. A caller tells the person which it is; they are
// disjoint.
var (
	ErrNoCertificate = errors.New("certs: no certificate presented")
	ErrForeign       = errors.New("certs: not issued by this service")
	ErrProfile       = errors.New("certs: does not fit its profile")
	ErrExpired       = errors.New("certs: expired or not yet valid")
)

// CheckChain says whether the leaf of presented was issued directly by one of issuers, the
// certificates of our issuing CAs, fits the profile that it claims, and is valid at now.
// It returns the leaf's issuer and rules. Certificates behind the leaf are counted against
// the bounds and otherwise ignored: the chain goes straight to our issuers, so that no
// intermediate of a stranger's making takes part.
//
// Possession of the key is the caller's to know: call it after the TLS handshake has
// finished, never from VerifyConnection. ErrExpired is returned only for a certificate
// that is ours in every other way, together with its issuer and rules.
func CheckChain(presented, issuers []*x509.Certificate, now time.Time) (issuer *x509.Certificate, r Rules, err error) {
	if len(presented) == 0 {
		return nil, Rules{}, ErrNoCertificate
	}
	if err := checkBounds(presented); err != nil {
		return nil, Rules{}, err
	}
	leaf := presented[0]
	if err := checkStrength(leaf.PublicKey); err != nil {
		return nil, Rules{}, fmt.Errorf("%w: %v", ErrProfile, err)
	}
	issuer = issuerOf(leaf, issuers)
	if issuer == nil {
		return nil, Rules{}, ErrForeign
	}
	if r, err = CheckLeaf(leaf); err != nil {
		return nil, Rules{}, err
	}
	if err := checkByIssuer(leaf, issuer, now); err != nil {
		return nil, Rules{}, err
	}
	if now.Before(leaf.NotBefore) || now.After(leaf.NotAfter) || now.After(issuer.NotAfter) {
		return issuer, r, ErrExpired
	}
	return issuer, r, nil
}

func checkBounds(presented []*x509.Certificate) error {
	if len(presented) > maxChain {
		return fmt.Errorf("%w: %d certificates presented, at most %d", ErrProfile, len(presented), maxChain)
	}
	size := 0
	for _, cert := range presented {
		size += len(cert.Raw)
	}
	if size > maxChainBytes {
		return fmt.Errorf("%w: %d bytes of certificates presented, at most %d", ErrProfile, size, maxChainBytes)
	}
	return nil
}

func issuerOf(leaf *x509.Certificate, issuers []*x509.Certificate) *x509.Certificate {
	for _, candidate := range issuers {
		if slices.Equal(leaf.RawIssuer, candidate.RawSubject) && leaf.CheckSignatureFrom(candidate) == nil {
			return candidate
		}
	}
	return nil
}

// checkByIssuer lets Go's verifier apply what RFC 5280, 6.1 asks of a path of two: name
// constraints, EKU nesting, critical extensions. The time is set inside the validity, since
// expiry is an answer of its own.
func checkByIssuer(leaf, issuer *x509.Certificate, now time.Time) error {
	at := now
	if at.After(leaf.NotAfter) {
		at = leaf.NotAfter
	}
	if at.Before(leaf.NotBefore) {
		at = leaf.NotBefore
	}
	roots := x509.NewCertPool()
	roots.AddCert(issuer)
	_, err := verifiable(leaf).Verify(x509.VerifyOptions{Roots: roots, CurrentTime: at, KeyUsages: []x509.ExtKeyUsage{x509.ExtKeyUsageAny}})
	if err != nil {
		return fmt.Errorf("%w: %v", ErrProfile, err)
	}
	return nil
}

// verifiable returns leaf as Go's verifier can take it. Since Go 1.26 that refuses, below a
// CA with name constraints of any sort, every leaf with a URI that has no host, as a URN
// never has; RFC 5280, 4.2.1.10 asks for that only where URIs are constrained, and ours
// are not. So our own identity, which CheckLeaf reads from the certificate itself, is
// hidden from it; a leaf with any other URI is given as it is.
func verifiable(leaf *x509.Certificate) *x509.Certificate {
	if _, err := IdentityOf(leaf); err != nil {
		return leaf
	}
	without := *leaf
	without.URIs = nil
	return &without
}

// CheckLeaf says whether a certificate fits the profile that its policy OID claims: not a
// CA, digitalSignature and nothing else, exactly the profile's extended key usages, one
// identity of the profile's kind (in a server's none), names only where the profile has
// them. Go's verifier alone takes a CA's certificate, a leaf without extended key usage, one
// with anyExtendedKeyUsage, and one for key encipherment only.
func CheckLeaf(leaf *x509.Certificate) (Rules, error) {
	r, ok := ProfileOf(leaf)
	if !ok {
		return Rules{}, fmt.Errorf("%w: not exactly one policy, or none of ours", ErrProfile)
	}
	identity, err := IdentityOf(leaf)
	if !r.URI {
		identity, err = Identity{kind: r.Kind}, nil
	}
	faults := []struct {
		found bool
		what  string
	}{
		{leaf.Version != 3, "not a version 3 certificate"},
		{leaf.IsCA || !leaf.BasicConstraintsValid, "basic constraints do not say that it is no CA"},
		{leaf.KeyUsage != x509.KeyUsageDigitalSignature, "key usage is not digitalSignature alone"},
		{!r.HasUsages(leaf), "extended key usage is not the profile's"},
		{err != nil || identity.Kind() != r.Kind, "identity is not of the profile's kind"},
		{!r.URI && len(leaf.URIs) > 0, "carries an identity"},
		{!r.Names && len(leaf.DNSNames)+len(leaf.IPAddresses) > 0, "carries host names"},
		{len(leaf.EmailAddresses) > 0, "carries mail addresses"},
		{len(leaf.UnhandledCriticalExtensions) > 0, "has a critical extension that is not understood"},
	}
	for _, f := range faults {
		if f.found {
			return Rules{}, fmt.Errorf("%w %s: %s", ErrProfile, r.Profile, f.what)
		}
	}
	return r, nil
}

// CheckServer says whether the chain that a server presented leads to root, holds host, and
// carries the server's own policy, so that a site's certificate, good for the same name,
// cannot stand in for the service. tokenctl and sites call it from VerifyConnection.
//
// A client that knows no more than the root and the name verifies the server as usual: so
// that Go's verifier lets it, a server's certificate carries no URI.
func CheckServer(presented []*x509.Certificate, root *x509.Certificate, host string, now time.Time) error {
	if len(presented) == 0 {
		return ErrNoCertificate
	}
	if err := checkBounds(presented); err != nil {
		return err
	}
	roots, between := x509.NewCertPool(), x509.NewCertPool()
	roots.AddCert(root)
	for _, cert := range presented[1:] {
		between.AddCert(cert)
	}
	leaf := presented[0]
	_, err := verifiable(leaf).Verify(x509.VerifyOptions{
		Roots: roots, Intermediates: between, DNSName: host, CurrentTime: now,
		KeyUsages: []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth},
	})
	if err != nil {
		return fmt.Errorf("verify the server's certificate: %w", err)
	}
	r, err := CheckLeaf(leaf)
	if err != nil {
		return err
	}
	if r.Profile != ServerNode {
		return fmt.Errorf("%w: the peer holds a certificate of profile %s, not the server's", ErrProfile, r.Profile)
	}
	return nil
}
