package certs_test

import (
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"testing"

	"mais/certs"
)

// Files and pasted text come from outside: reading them may fail, never panic, and what is
// read writes back the same.

func FuzzParseIdentity(f *testing.F) {
	f.Add("urn:mais:user:" + id)
	f.Add("urn:mais:site:")
	f.Fuzz(func(t *testing.T, s string) {
		if got, err := certs.ParseIdentity(s); err == nil && got.String() != s {
			t.Errorf("ParseIdentity(%q) prints as %q", s, got)
		}
	})
}

func FuzzParseSerial(f *testing.F) {
	f.Add("40:aB 01")
	f.Fuzz(func(t *testing.T, s string) {
		got, err := certs.ParseSerial(s)
		if err != nil {
			return
		}
		if again, err := certs.ParseSerial(got); err != nil || again != got {
			t.Errorf("ParseSerial(%q) = %q, then %q, %v", s, got, again, err)
		}
	})
}

func FuzzParseRef(f *testing.F) {
	for _, seed := range []string{"0a", " people-1/7F:00 ", "", "/7f", "a/b/c", "../7f", "٧"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, s string) {
		got, err := certs.ParseRef(s)
		if again, err2 := certs.ParseRef(got.String()); err == nil && (err2 != nil || again != got) || err != nil && got != (certs.Ref{}) {
			t.Errorf("ParseRef(%q) = %q, %v, then %q, %v", s, got, err, again, err2)
		}
	})
}

func FuzzParseKey(f *testing.F) {
	f.Add([]byte("-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n"), []byte(nil))
	f.Add([]byte("-----BEGIN ENCRYPTED PRIVATE KEY-----\nMAAwAA==\n-----END ENCRYPTED PRIVATE KEY-----\n"), []byte("x"))
	f.Fuzz(func(t *testing.T, text, passphrase []byte) { certs.ParseKey(text, passphrase) })
}

func FuzzParseCertificates(f *testing.F) {
	f.Add([]byte("-----BEGIN CERTIFICATE-----\nMAA=\n-----END CERTIFICATE-----\n"))
	f.Fuzz(func(t *testing.T, text []byte) {
		got, err := certs.ParseCertificates(text)
		if err != nil {
			return
		}
		for _, cert := range got {
			certs.CheckLeaf(cert)
		}
	})
}

func FuzzDecodeRequest(f *testing.F) {
	der, _ := x509.CreateCertificateRequest(rand.Reader, &x509.CertificateRequest{}, ecKey(&testing.T{}, elliptic.P256()))
	f.Add(certs.EncodeRequest(der))
	f.Fuzz(func(t *testing.T, text []byte) { certs.DecodeRequest(text) })
}
