// Package keys makes, seals and opens the private keys of our certificate authorities,
// through the key managers of go.step.sm/crypto: in an encrypted file, or in hardware.
//
// For files start with [New] in a ceremony and with [Open] at start-up: a key at rest is
// PKCS#8 encrypted with PBES2 (RFC 8018); the package never writes a file and never keeps a
// passphrase. For hardware start with [NewKept] and [OpenKept]: a key there has an address,
// which is no secret, and never leaves. PKCS #11 is there in programs built with cgo and the
// tag pkcs11. [Probe] tells whether a key works.
//
// It does not promise that a key leaves memory when it is no longer used.
package keys

import (
	"context"
	"crypto"
	"errors"
	"fmt"

	"go.step.sm/crypto/kms"
	"go.step.sm/crypto/kms/apiv1"

	"mais/certs"
	"mais/config"
)

// Algorithm is the kind of key that a CA signs with.
type Algorithm uint8

// The algorithms, named by their curve. The zero Algorithm is none.
const (
	P256 Algorithm = iota + 1
	P384
)

var signatures = map[Algorithm]apiv1.SignatureAlgorithm{
	P256: apiv1.ECDSAWithSHA256,
	P384: apiv1.ECDSAWithSHA384,
}

// ErrNoPassphrase is returned when a key would be sealed, or opened, with nothing.
var ErrNoPassphrase = errors.New("keys: the passphrase is empty")

// New makes a key in memory and returns its signer and the PEM in which it rests, sealed
// with passphrase.
func New(ctx context.Context, algorithm Algorithm, passphrase config.Secret) (signer crypto.Signer, sealed []byte, err error) {
	if passphrase.IsZero() {
		return nil, nil, ErrNoPassphrase
	}
	manager, err := files(ctx)
	if err != nil {
		return nil, nil, err
	}
	defer manager.Close()
	made, err := manager.CreateKey(&apiv1.CreateKeyRequest{SignatureAlgorithm: signatures[algorithm]})
	if err != nil {
		return nil, nil, fmt.Errorf("make key: %w", err)
	}
	if signer, err = manager.CreateSigner(&made.CreateSignerRequest); err != nil {
		return nil, nil, fmt.Errorf("make signer: %w", err)
	}
	sealed, err = certs.EncodeKey(signer, passphrase.Reveal())
	return signer, sealed, err
}

// Open returns the signer for a key that New sealed. A wrong passphrase and a damaged file
// cannot always be told apart (PBES2 with CBC carries no checksum), and both are one error.
func Open(ctx context.Context, sealed []byte, passphrase config.Secret) (signer crypto.Signer, err error) {
	if passphrase.IsZero() {
		return nil, ErrNoPassphrase
	}
	manager, err := files(ctx)
	if err != nil {
		return nil, err
	}
	defer manager.Close()
	defer func() { // the library panics on a file that was cut short
		if recover() != nil {
			signer, err = nil, errors.New("open key: the file is damaged")
		}
	}()
	signer, err = manager.CreateSigner(&apiv1.CreateSignerRequest{SigningKeyPEM: sealed, Password: passphrase.Reveal()})
	if err != nil {
		return nil, fmt.Errorf("open key: wrong passphrase, or the file is damaged: %w", err)
	}
	return signer, nil
}

// files is the key manager of keys in memory and in files.
func files(ctx context.Context) (apiv1.KeyManager, error) {
	manager, err := kms.New(ctx, apiv1.Options{Type: apiv1.SoftKMS})
	if err != nil {
		return nil, fmt.Errorf("open key manager: %w", err)
	}
	return manager, nil
}
