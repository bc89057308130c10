package certs

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha256"
	"crypto/x509"
	"errors"
	"fmt"
	"time"
)

// ErrDestruction is returned for a statement that a token was destroyed which its key did not
// sign.
var ErrDestruction = errors.New("certs: not signed by the key of the token that it is about")

// DestructionMessage is what the key of a token signs last: that it is destroyed at a time, in
// whole seconds. Its first line keeps it apart from all else that a key signs: nothing of TLS,
// PKCS#10 or CMS begins so.
//
//	MAIS token destroyed, version 1
//	sha256:HEX of the certificate's DER
//	2006-01-02T15:04:05Z
//
// Each line ends in a line feed.
func DestructionMessage(cert *x509.Certificate, at time.Time) []byte {
	return fmt.Appendf(nil, "MAIS token destroyed, version 1\n%s\n%s\n", FingerprintOf(cert.Raw), at.UTC().Format(time.RFC3339))
}

// SignDestruction signs the message with the token's key: ECDSA in ASN.1, or RSA with PKCS #1
// v1.5, over its SHA-256.
func SignDestruction(key crypto.Signer, cert *x509.Certificate, at time.Time) ([]byte, error) {
	sum := sha256.Sum256(DestructionMessage(cert, at))
	signature, err := key.Sign(rand.Reader, sum[:], crypto.SHA256)
	if err != nil {
		return nil, fmt.Errorf("sign that the token is destroyed: %w", err)
	}
	return signature, nil
}

// VerifyDestruction checks such a signature against the certificate, or returns
// ErrDestruction. It asks nothing about the certificate itself, which is dead, but that its key
// is one that we could have certified: whoever sends it may have made it to cost us time.
func VerifyDestruction(cert *x509.Certificate, at time.Time, signature []byte) error {
	if checkStrength(cert.PublicKey) != nil {
		return ErrDestruction
	}
	sum := sha256.Sum256(DestructionMessage(cert, at))
	switch key := cert.PublicKey.(type) {
	case *ecdsa.PublicKey:
		if ecdsa.VerifyASN1(key, sum[:], signature) {
			return nil
		}
	case *rsa.PublicKey:
		if rsa.VerifyPKCS1v15(key, crypto.SHA256, sum[:], signature) == nil {
			return nil
		}
	}
	return ErrDestruction
}
