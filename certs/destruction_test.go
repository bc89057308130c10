package certs_test

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha256"
	"crypto/x509"
	"errors"
	"fmt"
	"testing"
	"time"

	"mais/certs"
)

func selfSigned(t testing.TB, key crypto.Signer) *x509.Certificate {
	t.Helper()
	template := &x509.Certificate{SerialNumber: certs.NewSerial(), NotAfter: time.Now().Add(time.Hour)}
	der, err := x509.CreateCertificate(rand.Reader, template, template, key.Public(), key)
	if err != nil {
		t.Fatal(err)
	}
	cert, err := x509.ParseCertificate(der)
	if err != nil {
		t.Fatal(err)
	}
	return cert
}

func TestDestruction(t *testing.T) {
	p256, err := certs.NewKey()
	if err != nil {
		t.Fatal(err)
	}
	p384, err := ecdsa.GenerateKey(elliptic.P384(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	rsa2048, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		t.Fatal(err)
	}
	at := time.Date(2026, 3, 12, 9, 30, 5, 999, time.FixedZone("", 3600))
	for name, key := range map[string]crypto.Signer{"P-256": p256, "P-384": p384, "RSA": rsa2048} {
		cert, another := selfSigned(t, key), selfSigned(t, key)
		signature, err := certs.SignDestruction(key, cert, at)
		if err != nil {
			t.Fatal(err)
		}
		if err := certs.VerifyDestruction(cert, at.Truncate(time.Second), signature); err != nil {
			t.Errorf("%s: VerifyDestruction = %v", name, err)
		}
		for what, err := range map[string]error{
			"another certificate of the key": certs.VerifyDestruction(another, at, signature),
			"another time":                   certs.VerifyDestruction(cert, at.Add(time.Second), signature),
			"no signature":                   certs.VerifyDestruction(cert, at, nil),
			"a signature cut short":          certs.VerifyDestruction(cert, at, signature[:len(signature)-1]),
		} {
			if !errors.Is(err, certs.ErrDestruction) {
				t.Errorf("%s, %s: VerifyDestruction = %v, want %v", name, what, err, certs.ErrDestruction)
			}
		}
	}
}

// The message is part of what must stay: tokens that are out there sign it.
func TestDestructionMessage(t *testing.T) {
	key, err := certs.NewKey()
	if err != nil {
		t.Fatal(err)
	}
	cert := selfSigned(t, key)
	want := fmt.Sprintf("MAIS token destroyed, version 1\nsha256:%x\n2026-03-12T08:30:05Z\n", sha256.Sum256(cert.Raw))
	if got := certs.DestructionMessage(cert, time.Date(2026, 3, 12, 9, 30, 5, 7, time.FixedZone("", 3600))); string(got) != want {
		t.Errorf("DestructionMessage = %q, want %q", got, want)
	}
}

// TestDestructionOfAKeyOfNobodys: before anything costs time, the key must be one that we certify.
func TestDestructionOfAKeyOfNobodys(t *testing.T) {
	key, at := rsaKey(t, 1024), time.Now()
	cert := selfSigned(t, key)
	signature, err := certs.SignDestruction(key, cert, at)
	if err != nil {
		t.Fatal(err)
	}
	if err := certs.VerifyDestruction(cert, at, signature); !errors.Is(err, certs.ErrDestruction) {
		t.Errorf("VerifyDestruction by a key that we never certify = %v, want ErrDestruction", err)
	}
}
