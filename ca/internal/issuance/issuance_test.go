package issuance

import (
	"cmp"
	"context"
	"crypto"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"crypto/x509/pkix"
	"errors"
	"net"
	"net/netip"
	"strings"
	"testing"
	"time"

	"mais/certs"
)

var now = time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)

// testIssuer returns an issuer of a series below a throwaway root.
func testIssuer(t testing.TB, series string) *Issuer {
	t.Helper()
	rootKey, key := newKey(t), newKey(t)
	root := signCA(t, "root", nil, rootKey, rootKey)
	cert := signCA(t, series+"-1", root, rootKey, key)
	i, err := NewIssuer(series+"-1", root, cert, key, AddressesOf("http://pki.example.org/", series, series+"-1"))
	if err != nil {
		t.Fatal(err)
	}
	return i
}

func newKey(t testing.TB) *ecdsa.PrivateKey {
	t.Helper()
	key, err := certs.NewKey()
	if err != nil {
		t.Fatal(err)
	}
	return key
}

func signCA(t testing.TB, name string, parent *x509.Certificate, parentKey, key *ecdsa.PrivateKey) *x509.Certificate {
	t.Helper()
	template := &x509.Certificate{
		SerialNumber: certs.NewSerial(), Subject: pkix.Name{CommonName: name},
		NotBefore: now.Add(-time.Hour), NotAfter: now.AddDate(5, 0, 0), IsCA: true, BasicConstraintsValid: true,
		KeyUsage: x509.KeyUsageCertSign | x509.KeyUsageCRLSign, SubjectKeyId: []byte(name),
		PermittedDNSDomainsCritical: true, PermittedDNSDomains: []string{"example.org"},
		PermittedIPRanges: []*net.IPNet{{IP: net.IP{192, 0, 2, 0}, Mask: net.CIDRMask(24, 32)}},
	}
	if parent == nil {
		parent = template
	}
	der, err := x509.CreateCertificate(rand.Reader, template, parent, key.Public(), parentKey)
	if err != nil {
		t.Fatal(err)
	}
	cert, err := x509.ParseCertificate(der)
	if err != nil {
		t.Fatal(err)
	}
	return cert
}

func testRequest(t testing.TB, template *x509.CertificateRequest, key crypto.Signer) Request {
	t.Helper()
	der, err := x509.CreateCertificateRequest(rand.Reader, template, key)
	if err != nil {
		t.Fatal(err)
	}
	r, err := ParseRequest(der)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

func testSubject(t testing.TB, profile certs.Profile) Subject {
	t.Helper()
	rules, ok := certs.RulesOf(profile)
	if !ok {
		t.Fatalf("no profile %q", profile)
	}
	id, err := certs.NewIdentity(rules.Kind, "6f1c9a30-52f5-4f0e-9a43-2b1d7c3e8a11")
	if err != nil {
		t.Fatal(err)
	}
	s := Subject{Identity: id, Name: "Máire O’Neill", Rules: rules, Validity: rules.Validity, Keys: rules.Keys}
	if rules.Names {
		s.DNSNames, s.Addresses = []string{"mais.example.org"}, []netip.Addr{netip.MustParseAddr("192.0.2.7")}
	}
	return s
}

// testPrepared returns a certificate of a profile, ready to be linted or spoilt.
func testPrepared(t testing.TB, profile certs.Profile) Prepared {
	t.Helper()
	s := testSubject(t, profile)
	p, err := testIssuer(t, cmp.Or(s.Rules.Issuer, "people")).Prepare(s, testRequest(t, &x509.CertificateRequest{}, newKey(t)), now)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

func TestEveryProfileIsIssued(t *testing.T) {
	for _, r := range certs.AllRules {
		t.Run(string(r.Profile), func(t *testing.T) {
			p := testPrepared(t, r.Profile)
			linted, err := p.Lint()
			if err != nil {
				t.Fatal(err)
			}
			issued, err := linted.Issue(context.Background())
			if err != nil {
				t.Fatal(err)
			}
			cert := issued.Certificate()
			if got, err := certs.CheckLeaf(cert); err != nil || got.Profile != r.Profile {
				t.Errorf("CheckLeaf = %v, %v, want profile %s", got.Profile, err, r.Profile)
			}
			if from, until := now.Add(-time.Minute), now.Add(r.Validity); !cert.NotBefore.Equal(from) || !cert.NotAfter.Equal(until) {
				t.Errorf("valid from %s to %s, want %s to %s", cert.NotBefore, cert.NotAfter, from, until)
			}
			if got, want := issued.Ref(), (certs.Ref{Issuer: cmp.Or(r.Issuer, "people") + "-1", Serial: certs.SerialHex(cert.SerialNumber)}); got != want {
				t.Errorf("Ref() = %v, want %v", got, want)
			}
		})
	}
}

// zlint panics on nothing that we know; if it ever does, nothing is signed.
func TestLintFailsClosed(t *testing.T) {
	if faults := zlintFaults(&x509.Certificate{Raw: []byte("not a certificate")}); len(faults) == 0 {
		t.Error("zlintFaults(garbage) = none, want a fault")
	}
	if _, err := (Prepared{}).Lint(); err == nil {
		t.Error("Lint of nothing = nil, want an error")
	}
}

func TestPrepareRefuses(t *testing.T) {
	i := testIssuer(t, "people")
	request := testRequest(t, &x509.CertificateRequest{}, newKey(t))
	tests := []struct {
		name    string
		adjust  func(s *Subject)
		request Request
		at      time.Time
	}{
		{"no name", func(s *Subject) { s.Name = "" }, request, now},
		{"a long name", func(s *Subject) { s.Name = strings.Repeat("é", 65) }, request, now},
		{"a NUL in the name", func(s *Subject) { s.Name = "a\x00b" }, request, now},
		{"a name that turns the reading direction", func(s *Subject) { s.Name = "a\u202eb" }, request, now},
		{"broken UTF-8", func(s *Subject) { s.Name = "a\xffb" }, request, now},
		{"space around the name", func(s *Subject) { s.Name = " a" }, request, now},
		{"nobody", func(s *Subject) { s.Identity = certs.Identity{} }, request, now},
		{"another kind", func(s *Subject) { s.Rules.Kind = certs.Site }, request, now},
		{"host names of a person", func(s *Subject) { s.DNSNames = []string{"a.example.org"} }, request, now},
		{"no request", func(*Subject) {}, Request{}, now},
		{"no validity", func(s *Subject) { s.Validity = 0 }, request, now},
		{"an issuer that ended", func(*Subject) {}, request, i.cert.NotAfter},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			s := testSubject(t, certs.PersonSoftware)
			test.adjust(&s)
			if _, err := i.Prepare(s, test.request, test.at); err == nil {
				t.Error("Prepare = nil error, want one")
			}
		})
	}
}

func TestNoLeafOutlivesItsIssuer(t *testing.T) {
	i := testIssuer(t, "people")
	p, err := i.Prepare(testSubject(t, certs.PersonSoftware), testRequest(t, &x509.CertificateRequest{}, newKey(t)), i.cert.NotAfter.Add(-24*time.Hour))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := p.Lint(); err != nil {
		t.Fatal(err)
	}
	if !p.template.NotAfter.Equal(i.cert.NotAfter) {
		t.Errorf("a leaf ends at %s, want %s with its issuer", p.template.NotAfter, i.cert.NotAfter)
	}
}

func TestSecondsOfValidity(t *testing.T) {
	s := testSubject(t, certs.ServerNode)
	s.Validity = 2 * time.Second
	p, err := testIssuer(t, "sites").Prepare(s, testRequest(t, &x509.CertificateRequest{}, newKey(t)), now)
	if err != nil {
		t.Fatal(err)
	}
	linted, err := p.Lint()
	if err != nil {
		t.Fatal(err)
	}
	issued, err := linted.Issue(context.Background())
	if err != nil {
		t.Fatal(err)
	}
	if got, want := issued.Certificate().NotAfter, now.Add(2*time.Second); !got.Equal(want) {
		t.Errorf("ends at %s, want %s", got, want)
	}
}

func TestIssueSignsOnce(t *testing.T) {
	p := testPrepared(t, certs.PersonSoftware)
	signed, sign := 0, p.issuer.sign
	p.issuer.sign = func(ctx context.Context, proof *x509.CertificateRequest, template *x509.Certificate) (*x509.Certificate, error) {
		signed++
		return sign(ctx, proof, template)
	}
	linted, err := p.Lint()
	if err != nil {
		t.Fatal(err)
	}
	for range 3 {
		if _, err := linted.Issue(context.Background()); err != nil {
			t.Fatal(err)
		}
	}
	if signed != 1 {
		t.Errorf("signed %d times, want once", signed)
	}
}

func TestNewIssuerWantsItsOwnKey(t *testing.T) {
	rootKey := newKey(t)
	root := signCA(t, "root", nil, rootKey, rootKey)
	cert := signCA(t, "people-1", root, rootKey, newKey(t))
	if _, err := NewIssuer("people-1", root, cert, newKey(t), Addresses{}); err == nil {
		t.Error("NewIssuer with another's key = nil error, want one")
	}
}

func TestWeakKeysAreRefused(t *testing.T) {
	p224, _ := ecdsa.GenerateKey(elliptic.P224(), rand.Reader)
	p521, _ := ecdsa.GenerateKey(elliptic.P521(), rand.Reader)
	rsa1024, _ := rsa.GenerateKey(rand.Reader, 1024)
	for name, key := range map[string]crypto.Signer{"P-224": p224, "P-521": p521, "RSA-1024": rsa1024} {
		der, err := x509.CreateCertificateRequest(rand.Reader, &x509.CertificateRequest{}, key)
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		if _, err := ParseRequest(der); !errors.Is(err, ErrRequest) || !errors.Is(err, certs.ErrBadKey) {
			t.Errorf("ParseRequest(%s) = %v, want %v", name, err, certs.ErrBadKey)
		}
	}
}
