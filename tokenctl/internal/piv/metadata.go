package piv

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rsa"
	"fmt"
	"math/big"

	"mais/certs/attest"
)

// metadata is what a YubiKey says of a key or a secret since firmware 5.3 (Yubico's PIV
// extensions, GET METADATA). Saying so costs no try.
type metadata struct {
	algorithm byte
	pin       attest.PINPolicy
	touch     attest.TouchPolicy
	generated bool
	public    crypto.PublicKey // nil: not one that MAIS uses
	factory   bool             // a secret is the factory's still
	left      int              // tries; -1: not told
}

func parseMetadata(answer []byte) (metadata, error) {
	m := metadata{left: -1}
	var public []byte
	for e, err := range elements(answer) {
		if err != nil {
			return metadata{}, err
		}
		switch v := e.value; {
		case e.tag == 1 && len(v) == 1:
			m.algorithm = v[0]
		case e.tag == 2 && len(v) == 2:
			m.pin, m.touch = attest.PINPolicy(v[0]), attest.TouchPolicy(v[1])
		case e.tag == 3 && len(v) == 1:
			m.generated = v[0] == 1
		case e.tag == 4:
			public = v
		case e.tag == 5 && len(v) == 1:
			m.factory = v[0] == 1
		case e.tag == 6 && len(v) == 2:
			m.left = int(v[1])
		}
	}
	m.public = publicKey(m.algorithm, public)
	return m, nil
}

// publicKey decodes a public key as cards write it (SP 800-73-5, part 2, table 11).
func publicKey(algorithm byte, b []byte) crypto.PublicKey {
	switch algorithm {
	case 0x11:
		return pointOn(elliptic.P256(), b)
	case 0x14:
		return pointOn(elliptic.P384(), b)
	case 0x05, 0x06, 0x07, 0x16:
		modulus, _ := find(b, 0x81)
		exponent, _ := find(b, 0x82)
		if len(modulus) == 0 || len(exponent) == 0 || len(exponent) > 4 {
			return nil
		}
		return &rsa.PublicKey{N: new(big.Int).SetBytes(modulus), E: int(new(big.Int).SetBytes(exponent).Int64())}
	}
	return nil
}

func pointOn(curve elliptic.Curve, b []byte) crypto.PublicKey {
	point, _ := find(b, 0x86)
	key, err := ecdsa.ParseUncompressedPublicKey(curve, point)
	if err != nil {
		return nil
	}
	return key
}

// algorithmName names what certs.KeyType cannot: the keys of other uses, and those of the
// management key.
func algorithmName(algorithm byte) string {
	if name, ok := algorithmNames[algorithm]; ok {
		return name
	}
	return fmt.Sprintf("algorithm %02x", algorithm)
}

var algorithmNames = map[byte]string{
	0x03: "3DES", 0x08: "AES-128", 0x0a: "AES-192", 0x0c: "AES-256",
	0x05: "RSA-3072", 0x06: "RSA-1024", 0x07: "RSA-2048", 0x16: "RSA-4096",
	0x11: "P-256", 0x14: "P-384", 0xe0: "Ed25519", 0xe1: "X25519",
}
