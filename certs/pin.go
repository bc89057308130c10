package certs

import (
	"crypto"
	"crypto/sha256"
	"crypto/subtle"
	"crypto/x509"
	"encoding/hex"
	"fmt"
	"strings"
)

// Fingerprint is the SHA-256 of a certificate's DER, written sha256:HEX. The zero
// Fingerprint matches nothing.
type Fingerprint struct{ digest }

// Pin is the SHA-256 of a certificate's SubjectPublicKeyInfo (RFC 7469, 2.4), written
// sha256:HEX: it outlives the renewal of a certificate that keeps its key. The zero Pin
// matches nothing.
type Pin struct{ digest }

type digest struct {
	set bool
	sum [sha256.Size]byte
}

// FingerprintOf returns the fingerprint of a certificate's DER.
func FingerprintOf(der []byte) Fingerprint { return Fingerprint{digest{true, sha256.Sum256(der)}} }

// PinOf returns the pin of a certificate's key.
func PinOf(cert *x509.Certificate) Pin {
	return Pin{digest{true, sha256.Sum256(cert.RawSubjectPublicKeyInfo)}}
}

// PinOfKey returns the pin of a public key.
func PinOfKey(key crypto.PublicKey) (Pin, error) {
	spki, err := x509.MarshalPKIXPublicKey(key)
	if err != nil {
		return Pin{}, fmt.Errorf("pin a key: %w", err)
	}
	return Pin{digest{true, sha256.Sum256(spki)}}, nil
}

// ParseFingerprint parses sha256:HEX, or HEX as openssl prints it; all 64 digits: a shortened fingerprint is refused,
// because a prefix can be forged.
func ParseFingerprint(s string) (Fingerprint, error) {
	d, err := parseDigest(s)
	return Fingerprint{d}, err
}

// Matches reports whether der is the certificate that the fingerprint names.
func (f Fingerprint) Matches(der []byte) bool { return f.equal(FingerprintOf(der).digest) }

// Matches reports whether cert holds the pinned key.
func (p Pin) Matches(cert *x509.Certificate) bool { return p.equal(PinOf(cert).digest) }

func (d digest) equal(other digest) bool {
	return d.set && other.set && subtle.ConstantTimeCompare(d.sum[:], other.sum[:]) == 1
}

// IsZero reports whether nothing is pinned.
func (d digest) IsZero() bool { return !d.set }

// String returns sha256:HEX, or "" for the zero value.
func (d digest) String() string {
	if !d.set {
		return ""
	}
	return "sha256:" + hex.EncodeToString(d.sum[:])
}

// MarshalText returns String's form.
func (d digest) MarshalText() ([]byte, error) { return []byte(d.String()), nil }

// UnmarshalText parses sha256:HEX; the empty text gives the zero value.
func (d *digest) UnmarshalText(text []byte) error {
	if len(text) == 0 {
		*d = digest{}
		return nil
	}
	parsed, err := parseDigest(string(text))
	if err == nil {
		*d = parsed
	}
	return err
}

func parseDigest(s string) (d digest, err error) {
	text := strings.TrimPrefix(strings.ToLower(strings.TrimSpace(s)), "sha256:")
	text = strings.ReplaceAll(text, ":", "") // as openssl prints it
	if len(text) != 2*sha256.Size {
		return digest{}, fmt.Errorf("certs: want sha256: and %d hexadecimal digits", 2*sha256.Size)
	}
	if _, err := hex.Decode(d.sum[:], []byte(text)); err != nil {
		return digest{}, fmt.Errorf("certs: want sha256: and %d hexadecimal digits", 2*sha256.Size)
	}
	d.set = true
	return d, nil
}
