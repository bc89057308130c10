package catest

import (
	"bytes"
	"crypto/aes"
	"crypto/cipher"
	"crypto/pbkdf2"
	"crypto/rand"
	"crypto/sha256"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/asn1"
	"encoding/pem"

	"mais/certs"
	"mais/config"
)

// rounds is few: every test opens the keys anew, and 600,000 rounds, which is what the
// ceremony makes, cost a second each under the race detector.
const rounds = 1000

// sealLightly encrypts a key of the ceremony once more with the same passphrase, as PKCS#8
// with PBES2 (RFC 8018, A.4) like before, but with few rounds of PBKDF2.
func sealLightly(sealed []byte, passphrase config.Secret) ([]byte, error) {
	key, err := certs.ParseKey(sealed, passphrase.Reveal())
	if err != nil {
		return nil, err
	}
	plain, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		return nil, err
	}
	salt, iv := make([]byte, 16), make([]byte, aes.BlockSize)
	rand.Read(salt)
	rand.Read(iv)
	derived, err := pbkdf2.Key(sha256.New, string(passphrase.Reveal()), salt, rounds, 32)
	if err != nil {
		return nil, err
	}
	block, err := aes.NewCipher(derived)
	if err != nil {
		return nil, err
	}
	padding := aes.BlockSize - len(plain)%aes.BlockSize // RFC 8018, 6.1.1
	plain = append(plain, bytes.Repeat([]byte{byte(padding)}, padding)...)
	cipher.NewCBCEncrypter(block, iv).CryptBlocks(plain, plain)
	return encodePBES2(salt, iv, plain)
}

// algorithm is an AlgorithmIdentifier with parameters of any type.
type algorithm struct {
	Algorithm  asn1.ObjectIdentifier
	Parameters any
}

func encodePBES2(salt, iv, encrypted []byte) ([]byte, error) {
	type kdf struct {
		Salt   []byte
		Rounds int
		PRF    pkix.AlgorithmIdentifier
	}
	type pbes2 struct{ KDF, Cipher algorithm }
	der, err := asn1.Marshal(struct {
		Encryption algorithm
		Data       []byte
	}{
		algorithm{asn1.ObjectIdentifier{1, 2, 840, 113549, 1, 5, 13}, pbes2{
			algorithm{asn1.ObjectIdentifier{1, 2, 840, 113549, 1, 5, 12}, kdf{salt, rounds, pkix.AlgorithmIdentifier{
				Algorithm: asn1.ObjectIdentifier{1, 2, 840, 113549, 2, 9}, Parameters: asn1.NullRawValue, // HMAC with SHA-256
			}}},
			algorithm{asn1.ObjectIdentifier{2, 16, 840, 1, 101, 3, 4, 1, 42}, iv}, // AES-256 in CBC
		}},
		encrypted,
	})
	if err != nil {
		return nil, err
	}
	return pem.EncodeToMemory(&pem.Block{Type: "ENCRYPTED PRIVATE KEY", Bytes: der}), nil
}
