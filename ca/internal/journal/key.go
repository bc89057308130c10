package journal

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/rand"
	"crypto/sha256"
)

// sign signs text, which stands apart from all that the key signs in another domain.
func sign(key crypto.Signer, domain string, text []byte) ([]byte, error) {
	message := append([]byte(domain), text...)
	if _, ok := key.Public().(ed25519.PublicKey); ok {
		return key.Sign(rand.Reader, message, crypto.Hash(0))
	}
	digest := sha256.Sum256(message)
	return key.Sign(rand.Reader, digest[:], crypto.SHA256)
}

// signedBy reports whether signature is one of text. A key of another kind than we make
// verifies nothing.
func signedBy(key crypto.PublicKey, domain string, text, signature []byte) bool {
	message := append([]byte(domain), text...)
	switch key := key.(type) {
	case ed25519.PublicKey:
		return ed25519.Verify(key, message, signature)
	case *ecdsa.PublicKey:
		digest := sha256.Sum256(message)
		return ecdsa.VerifyASN1(key, digest[:], signature)
	}
	return false
}
