package issuance

import (
	"bytes"
	"context"
	"crypto/rand"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/asn1"
	"errors"
	"net"
	"net/url"
	"slices"
	"strings"
	"testing"

	"mais/certs"
)

// hostileRequests ask for what they must not get, each with a good key and signature.
func hostileRequests(t testing.TB) map[string]*x509.CertificateRequest {
	t.Helper()
	isCA, err := asn1.Marshal(struct{ IsCA bool }{true})
	if err != nil {
		t.Fatal(err)
	}
	other, err := url.Parse("urn:mais:user:00000000-0000-4000-8000-000000000001")
	if err != nil {
		t.Fatal(err)
	}
	common := func(name string) *x509.CertificateRequest {
		return &x509.CertificateRequest{Subject: pkix.Name{CommonName: name}}
	}
	return map[string]*x509.CertificateRequest{
		"CN=admin":   common("admin"),
		"NUL":        common("admin\x00.example.org"),
		"64 KiB DN":  common(strings.Repeat("x", 64<<10)),
		"CA:TRUE":    {ExtraExtensions: []pkix.Extension{{Id: []int{2, 5, 29, 19}, Critical: true, Value: isCA}}},
		"key usage":  {ExtraExtensions: []pkix.Extension{{Id: []int{2, 5, 29, 15}, Critical: true, Value: []byte{3, 2, 1, 6}}}},
		"any usage":  {ExtraExtensions: []pkix.Extension{{Id: []int{2, 5, 29, 37}, Value: []byte{0x30, 6, 6, 4, 0x55, 0x1d, 0x25, 0}}}},
		"policy":     {ExtraExtensions: []pkix.Extension{{Id: []int{2, 5, 29, 32}, Value: []byte{0x30, 0}}}},
		"SAN others": {URIs: []*url.URL{other}, DNSNames: []string{"mais.example.org"}, IPAddresses: []net.IP{{192, 0, 2, 1}}, EmailAddresses: []string{"chief@example.org"}},
	}
}

// Only our values come out, to the byte, whatever is asked for.
func TestOnlyTheKeyOfARequestCounts(t *testing.T) {
	i := testIssuer(t, "people")
	for name, template := range hostileRequests(t) {
		t.Run(name, func(t *testing.T) {
			key := newKey(t)
			p, err := i.Prepare(testSubject(t, certs.PersonSoftware), testRequest(t, template, key), now)
			if err != nil {
				t.Fatal(err)
			}
			honest, err := i.Prepare(testSubject(t, certs.PersonSoftware), testRequest(t, &x509.CertificateRequest{}, key), now)
			if err != nil {
				t.Fatal(err)
			}
			honest.template.SerialNumber = p.template.SerialNumber
			honest.template.CRLDistributionPoints = []string{i.addresses.Shard(i.addresses.shardOf(p.template.SerialNumber))}
			want, err := honest.twin()
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
			if !bytes.Equal(issued.Certificate().RawTBSCertificate, want.RawTBSCertificate) {
				t.Errorf("the certificate differs from the one that an honest request gets")
			}
		})
	}
}

func TestParseRequestRefuses(t *testing.T) {
	good, err := certs.NewRequest(newKey(t))
	if err != nil {
		t.Fatal(err)
	}
	for name, der := range map[string][]byte{
		"nothing":       nil,
		"text":          []byte("-----BEGIN CERTIFICATE REQUEST-----"),
		"cut short":     good[:len(good)-1],
		"trailing data": append(slices.Clone(good), 0),
		"too long":      make([]byte, maxRequest+1),
	} {
		if _, err := ParseRequest(der); !errors.Is(err, ErrRequest) {
			t.Errorf("ParseRequest(%s) = %v, want %v", name, err, ErrRequest)
		}
	}
}

func FuzzParseRequest(f *testing.F) {
	key := newKey(f)
	for _, template := range hostileRequests(f) {
		der, err := x509.CreateCertificateRequest(rand.Reader, template, key)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(der)
	}
	f.Add([]byte{0x30, 0x80})
	f.Fuzz(func(t *testing.T, der []byte) {
		r, err := ParseRequest(der)
		switch {
		case err != nil && !errors.Is(err, ErrRequest):
			t.Errorf("ParseRequest = %v, want it to wrap %v", err, ErrRequest)
		case err == nil && certs.CheckKey(r.key) != nil:
			t.Errorf("ParseRequest took a key that CheckKey refuses")
		case err == nil && len(r.proof.Subject.Names)+len(r.proof.Extensions)+len(r.proof.URIs)+len(r.proof.DNSNames) > 0:
			t.Errorf("ParseRequest let names or extensions past")
		}
	})
}
