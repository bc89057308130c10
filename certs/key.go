package certs

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha256"
	"crypto/x509"
	"encoding/hex"
	"errors"
	"fmt"
)

// ErrBadKey is returned for a public key that MAIS does not certify or accept.
var ErrBadKey = errors.New("certs: key not accepted")

const (
	minRSABits, maxRSABits = 2048, 4096
	minRSAExponent         = 65537
)

// publishedKeys are SHA-256 sums of SubjectPublicKeyInfo whose private halves are printed
// in standards, so that anybody holds them.
var publishedKeys = map[string]string{
	"b2b04340cfaee616ec9c2c62d261b208e54bb197498df52e8cadede23ac0ba5e": "RFC 9500, 2.3",
	"8fb6bad671cfe698393c453357da61b56d757ab8c0f3fb9c87f2849e63131878": "RFC 9500, 2.1",
}

// CheckKey accepts P-256, P-384 and RSA of 2048 to 4096 bits with a public exponent of at
// least 65537 (NIST SP 800-78-4, table 3-1; SP 800-57), and refuses keys published as
// examples and RSA keys that are known to be made so that they can be factored. The error wraps [ErrBadKey] and says which rule failed.
func CheckKey(pub crypto.PublicKey) error {
	if err := checkStrength(pub); err != nil {
		return err
	}
	spki, err := x509.MarshalPKIXPublicKey(pub)
	if err != nil {
		return fmt.Errorf("%w: %v", ErrBadKey, err)
	}
	sum := sha256.Sum256(spki)
	if where, ok := publishedKeys[hex.EncodeToString(sum[:])]; ok {
		return fmt.Errorf("%w: its private half is published in %s", ErrBadKey, where)
	}
	return nil
}

func checkStrength(pub crypto.PublicKey) error {
	switch key := pub.(type) {
	case *ecdsa.PublicKey:
		if key.Curve != elliptic.P256() && key.Curve != elliptic.P384() {
			return fmt.Errorf("%w: want the curve P-256 or P-384", ErrBadKey)
		}
		if _, err := key.ECDH(); err != nil { // refuses points off the curve
			return fmt.Errorf("%w: %v", ErrBadKey, err)
		}
	case *rsa.PublicKey:
		if bits := key.N.BitLen(); bits < minRSABits || bits > maxRSABits {
			return fmt.Errorf("%w: RSA of %d bits, want %d to %d", ErrBadKey, bits, minRSABits, maxRSABits)
		}
		if key.E < minRSAExponent || key.E%2 == 0 {
			return fmt.Errorf("%w: RSA public exponent %d, want an odd one of at least %d", ErrBadKey, key.E, minRSAExponent)
		}
		if factorable(key.N) {
			return fmt.Errorf("%w: RSA of a card or library that makes keys which can be factored (CVE-2017-15361)", ErrBadKey)
		}
	default:
		return fmt.Errorf("%w: want ECDSA or RSA, not %T", ErrBadKey, pub)
	}
	return nil
}

// NewKey makes a P-256 key, the default of every profile.
func NewKey() (*ecdsa.PrivateKey, error) { return ecdsa.GenerateKey(elliptic.P256(), rand.Reader) }

// NewRequest makes a certificate signing request (PKCS#10, DER) that proves possession of
// the key and asks for nothing: every field of a certificate comes from the CA.
func NewRequest(key crypto.Signer) ([]byte, error) {
	return x509.CreateCertificateRequest(rand.Reader, &x509.CertificateRequest{}, key)
}

// SameKey reports whether two public keys are equal.
func SameKey(a, b crypto.PublicKey) bool {
	key, ok := a.(interface{ Equal(crypto.PublicKey) bool })
	return ok && key.Equal(b)
}
