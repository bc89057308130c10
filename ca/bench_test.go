package ca_test

import (
	"context"
	"crypto/rand"
	"crypto/x509"
	"crypto/x509/pkix"
	"testing"
	"time"

	"mais/ca"
	"mais/ca/catest"
	"mais/certs"
)

// BenchmarkCreateCertificate is the unit in which the others are given: C, one P-256
// x509.CreateCertificate of a leaf.
func BenchmarkCreateCertificate(b *testing.B) {
	issuerKey, key := catest.Key(b), catest.Key(b)
	issuer := &x509.Certificate{Subject: pkix.Name{CommonName: "issuer"}, SubjectKeyId: []byte{1}}
	template := &x509.Certificate{
		SerialNumber: certs.NewSerial(), Subject: pkix.Name{CommonName: "leaf"},
		NotBefore: time.Now(), NotAfter: time.Now().Add(time.Hour),
		KeyUsage: x509.KeyUsageDigitalSignature, ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageClientAuth},
	}
	for b.Loop() {
		if _, err := x509.CreateCertificate(rand.Reader, template, issuer, key.Public(), issuerKey); err != nil {
			b.Fatal(err)
		}
	}
}

// BenchmarkIssue measures one certificate from request to commit, durable on PostgreSQL:
// a server certificate, which needs no order before it.
func BenchmarkIssue(b *testing.B) {
	f := newFixture(b)
	node, csr := catest.Identity(b, certs.Server), catest.Request(b, catest.Key(b))
	for b.Loop() {
		if _, err := f.IssueServer(context.Background(), node, csr, []string{catest.DNSName}, nil); err != nil {
			b.Fatal(err)
		}
	}
}

// BenchmarkEnrol measures an invitation and its enrolment.
func BenchmarkEnrol(b *testing.B) {
	f := newFixture(b)
	i, csr := invitation(b), catest.Request(b, catest.Key(b))
	for b.Loop() {
		if _, err := f.ask(f.invite(b, i), csr); err != nil {
			b.Fatal(err)
		}
	}
}

// BenchmarkRenew renews a certificate into the next, seven in a row.
func BenchmarkRenew(b *testing.B) {
	f := newFixture(b)
	i, csr := invitation(b), catest.Request(b, catest.Key(b))
	var ref certs.Ref
	for n := 0; b.Loop(); n++ {
		if n%7 == 0 {
			b.StopTimer()
			ref = f.Enrol(b, i).Ref
			b.StartTimer()
		}
		issued, err := f.Renew(context.Background(), ref, csr, ca.Evidence{})
		if err != nil {
			b.Fatal(err)
		}
		ref = issued.Ref
	}
}

// BenchmarkStatus measures what each request pays for its certificate's status.
func BenchmarkStatus(b *testing.B) {
	f := newFixture(b, func(o *ca.Options) { o.StaleAfter = time.Hour })
	token := f.Person(b, "Jane Doe")
	f.Follow(b)
	for b.Loop() {
		if _, err := statusOf(f.Feed(), token); err != nil {
			b.Fatal(err)
		}
	}
}
