// Package clienttest stands in for the service where the real one cannot be brought to
// misbehave: another root, another key, garbage, answers cut off after the work was done.
//
// Start with [New]: its [Service] has a small PKI, both listeners, one person and one site,
// and writes down every byte that a client sent. It enforces nothing, and so says nothing of
// how the service decides; that is tested against the service.
package clienttest

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"net"
	"net/url"
	"testing"
	"time"

	"mais/certs"
)

// authority is a CA with its key.
type authority struct {
	cert *x509.Certificate
	key  *ecdsa.PrivateKey
}

// PKI is a root and the two issuing CAs under it.
type PKI struct {
	root, people, sites authority
}

// NewPKI makes one.
func NewPKI(tb testing.TB) *PKI {
	tb.Helper()
	root := newAuthority(tb, "Test root", nil)
	return &PKI{root, newAuthority(tb, "Test people", &root), newAuthority(tb, "Test sites", &root)}
}

// Root returns the root's certificate.
func (p *PKI) Root() *x509.Certificate { return p.root.cert }

func newAuthority(tb testing.TB, name string, parent *authority) authority {
	tb.Helper()
	key := newKey(tb)
	template := &x509.Certificate{
		SerialNumber: certs.NewSerial(), Subject: pkix.Name{CommonName: name},
		NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(1000 * time.Hour),
		IsCA: true, BasicConstraintsValid: true, KeyUsage: x509.KeyUsageCertSign | x509.KeyUsageCRLSign,
	}
	if parent == nil {
		parent = &authority{template, key}
	}
	return authority{sign(tb, template, *parent, key.Public()), key}
}

// Life is when a certificate holds; the zero Life is from an hour ago to 90 days on.
type Life struct{ From, To time.Time }

// Issue certifies a key under a profile, from the issuing CA that the profile names.
func (p *PKI) Issue(tb testing.TB, profile certs.Profile, id string, pub crypto.PublicKey, life Life) *x509.Certificate {
	tb.Helper()
	rules, ok := certs.RulesOf(profile)
	if !ok {
		tb.Fatalf("no profile %q", profile)
	}
	identity, err := certs.NewIdentity(rules.Kind, id)
	if err != nil {
		tb.Fatal(err)
	}
	if life == (Life{}) {
		life = Life{time.Now().Add(-time.Hour), time.Now().Add(90 * 24 * time.Hour)}
	}
	template := &x509.Certificate{
		SerialNumber: certs.NewSerial(), Subject: pkix.Name{CommonName: "somebody"},
		NotBefore: life.From, NotAfter: life.To, BasicConstraintsValid: true,
		KeyUsage: x509.KeyUsageDigitalSignature, ExtKeyUsage: rules.Usages, UnknownExtKeyUsage: rules.Own,
		Policies: []x509.OID{rules.Policy},
	}
	if rules.URI {
		template.URIs = []*url.URL{identity.URI()}
	}
	if rules.Names {
		template.IPAddresses, template.DNSNames = []net.IP{net.IPv4(127, 0, 0, 1)}, []string{"localhost"}
	}
	return sign(tb, template, *p.issuer(rules), pub)
}

// Issuer returns the CA that issues under a profile.
func (p *PKI) Issuer(tb testing.TB, profile certs.Profile) *x509.Certificate {
	tb.Helper()
	rules, ok := certs.RulesOf(profile)
	if !ok {
		tb.Fatalf("no profile %q", profile)
	}
	return p.issuer(rules).cert
}

func (p *PKI) issuer(rules certs.Rules) *authority {
	if rules.Issuer == "people" {
		return &p.people
	}
	return &p.sites
}

// ServerToken makes a key and a certificate of the profile for 127.0.0.1, ready for TLS.
func (p *PKI) ServerToken(tb testing.TB, profile certs.Profile) tls.Certificate {
	tb.Helper()
	key := newKey(tb)
	leaf := p.Issue(tb, profile, "0b6e2c52-9f53-4d5b-8a64-5b1d3a1f0c77", key.Public(), Life{})
	return tls.Certificate{PrivateKey: key, Leaf: leaf, Certificate: [][]byte{leaf.Raw, p.sites.cert.Raw}}
}

func sign(tb testing.TB, template *x509.Certificate, by authority, pub crypto.PublicKey) *x509.Certificate {
	tb.Helper()
	der, err := x509.CreateCertificate(rand.Reader, template, by.cert, pub, by.key)
	if err != nil {
		tb.Fatal(err)
	}
	cert, err := x509.ParseCertificate(der)
	if err != nil {
		tb.Fatal(err)
	}
	return cert
}

func newKey(tb testing.TB) *ecdsa.PrivateKey {
	tb.Helper()
	key, err := certs.NewKey()
	if err != nil {
		tb.Fatal(err)
	}
	return key
}
