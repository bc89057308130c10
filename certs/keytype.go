package certs

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/rsa"
	"fmt"
)

// KeyType is a sort and size of key, as profiles and settings name it: "P-256", "RSA-2048".
type KeyType string

// The key types that a profile can allow.
const (
	P256    KeyType = "P-256"
	P384    KeyType = "P-384"
	RSA2048 KeyType = "RSA-2048"
	RSA3072 KeyType = "RSA-3072"
	RSA4096 KeyType = "RSA-4096"
)

// AllKeyTypes lists the key types in a fixed order.
var AllKeyTypes = []KeyType{P256, P384, RSA2048, RSA3072, RSA4096}

// KeyTypeOf names the type of a public key, also where no profile can allow it: "P-521",
// "RSA-1024". What is neither ECDSA nor RSA is named by its Go type.
func KeyTypeOf(pub crypto.PublicKey) KeyType {
	switch key := pub.(type) {
	case *ecdsa.PublicKey:
		return KeyType(key.Curve.Params().Name)
	case *rsa.PublicKey:
		return KeyType(fmt.Sprintf("RSA-%d", key.N.BitLen()))
	}
	return KeyType(fmt.Sprintf("%T", pub))
}
