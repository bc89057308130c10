package certs

import (
	"bytes"
	"crypto"
	"crypto/ecdsa"
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"encoding/pem"
	"errors"
	"fmt"

	"go.step.sm/crypto/pemutil"
	"software.sslmate.com/src/go-pkcs12"
)

// ErrPassphrase is returned when a passphrase does not open a key file.
var ErrPassphrase = errors.New("certs: wrong passphrase")

const (
	certificateBlock = "CERTIFICATE"
	requestBlock     = "CERTIFICATE REQUEST"
	keyBlock         = "PRIVATE KEY"
	encryptedBlock   = "ENCRYPTED PRIVATE KEY"

	maxPEMBytes = 256 << 10

	// iterations of PBKDF2-HMAC-SHA-256, as OWASP asks for; pemutil takes the same number
	// for PKCS#8. NSS reads such a PKCS#12.
	iterations = 600_000
)

// EncodeCertificates returns certificates as PEM (RFC 7468), one after another.
func EncodeCertificates(certificates ...*x509.Certificate) []byte {
	var out bytes.Buffer
	for _, cert := range certificates {
		pem.Encode(&out, &pem.Block{Type: certificateBlock, Bytes: cert.Raw})
	}
	return out.Bytes()
}

// ParseCertificates reads PEM that holds certificates and nothing else, at least one.
func ParseCertificates(text []byte) ([]*x509.Certificate, error) {
	var out []*x509.Certificate
	err := eachBlock(text, func(block *pem.Block) error {
		if block.Type != certificateBlock {
			return fmt.Errorf("a PEM block %q among certificates", block.Type)
		}
		cert, err := x509.ParseCertificate(block.Bytes)
		if err != nil {
			return fmt.Errorf("parse certificate %d: %w", len(out)+1, err)
		}
		out = append(out, cert)
		return nil
	})
	if err == nil && len(out) == 0 {
		err = errors.New("certs: no certificate found")
	}
	return out, err
}

// EncodeRequest returns a DER certificate signing request as PEM.
func EncodeRequest(der []byte) []byte {
	return pem.EncodeToMemory(&pem.Block{Type: requestBlock, Bytes: der})
}

// DecodeRequest returns the DER of the one certificate signing request in text; it does
// not parse it.
func DecodeRequest(text []byte) (der []byte, err error) {
	err = eachBlock(text, func(block *pem.Block) error {
		if block.Type != requestBlock || der != nil {
			return errors.New("certs: want one PEM block of type " + requestBlock)
		}
		der = block.Bytes
		return nil
	})
	if err == nil && der == nil {
		err = errors.New("certs: want one PEM block of type " + requestBlock)
	}
	return der, err
}

func eachBlock(text []byte, visit func(*pem.Block) error) error {
	if len(text) > maxPEMBytes {
		return fmt.Errorf("certs: %d bytes of PEM, at most %d", len(text), maxPEMBytes)
	}
	for {
		var block *pem.Block
		if block, text = pem.Decode(text); block == nil {
			return nil
		}
		if err := visit(block); err != nil {
			return err
		}
	}
}

// EncodeKey returns a private key as PEM, PKCS#8: encrypted with the passphrase (RFC 8018,
// PBES2 with AES-256 and PBKDF2), or in the clear when passphrase is nil, which is for the
// unattended keys of servers and sites in files that only their owner can read.
func EncodeKey(key crypto.Signer, passphrase []byte) ([]byte, error) {
	der, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		return nil, fmt.Errorf("encode key: %w", err)
	}
	if passphrase == nil {
		return pem.EncodeToMemory(&pem.Block{Type: keyBlock, Bytes: der}), nil
	}
	block, err := pemutil.EncryptPKCS8PrivateKey(rand.Reader, der, passphrase, x509.PEMCipherAES256)
	if err != nil {
		return nil, fmt.Errorf("encrypt key: %w", err)
	}
	return pem.EncodeToMemory(block), nil
}

// ParseKey reads a private key that EncodeKey wrote. An encrypted key with the wrong
// passphrase, or with none, gives ErrPassphrase.
func ParseKey(text, passphrase []byte) (crypto.Signer, error) {
	if len(text) > maxPEMBytes {
		return nil, fmt.Errorf("certs: %d bytes of PEM, at most %d", len(text), maxPEMBytes)
	}
	block, _ := pem.Decode(text)
	if block == nil {
		return nil, errors.New("certs: no private key found")
	}
	der := block.Bytes
	switch block.Type {
	case keyBlock:
	case encryptedBlock:
		var err error
		if der, err = decrypt(der, passphrase); err != nil {
			return nil, err
		}
	default:
		return nil, fmt.Errorf("certs: a PEM block %q, want a private key", block.Type)
	}
	return parsePKCS8(der, block.Type == encryptedBlock)
}

// decrypt opens PBES2. The library panics on a file that was cut short; such a file is an
// answer here.
func decrypt(der, passphrase []byte) (plain []byte, err error) {
	defer func() {
		if recover() != nil {
			err = errors.New("certs: the encrypted key is damaged")
		}
	}()
	plain, err = pemutil.DecryptPKCS8PrivateKey(der, passphrase)
	if err != nil {
		return nil, ErrPassphrase
	}
	return plain, nil
}

func parsePKCS8(der []byte, decrypted bool) (crypto.Signer, error) {
	key, err := x509.ParsePKCS8PrivateKey(der)
	if err != nil {
		if decrypted { // CBC without a MAC: now and then a wrong passphrase unpads well
			return nil, ErrPassphrase
		}
		return nil, fmt.Errorf("parse private key: %w", err)
	}
	switch key := key.(type) {
	case *ecdsa.PrivateKey:
		return key, nil
	case *rsa.PrivateKey:
		return key, nil
	}
	return nil, fmt.Errorf("%w: a private key of type %T", ErrBadKey, key)
}

// EncodePKCS12 returns a PKCS#12 file (RFC 7292) for browsers: the key, its certificate and
// the chain, under the passphrase. NSS reads this form.
func EncodePKCS12(key crypto.Signer, cert *x509.Certificate, chain []*x509.Certificate, passphrase []byte) ([]byte, error) {
	out, err := pkcs12.Modern2023.WithIterations(iterations).Encode(key, cert, chain, string(passphrase))
	if err != nil {
		return nil, fmt.Errorf("encode PKCS#12: %w", err)
	}
	return out, nil
}
