//go:build !cgo

package piv

import (
	"context"
	"crypto"
	"crypto/x509"
	"io"

	"mais/config"
	"mais/tokenctl/internal/fault"
)

// Card is an open card. This tokenctl opens none.
type Card struct{}

func without() error {
	return fault.New(fault.NoCardSupport, "install libpcsclite-dev (Debian), gcc and pkg-config, and build tokenctl with CGO_ENABLED=1",
		"this tokenctl was built without smart cards (without cgo)")
}

// List fails: this tokenctl was built without cgo. So do all of these.
func List(context.Context) ([]Reader, error) { return nil, without() }

// Open fails.
func Open(context.Context, Choice, func()) (*Card, error) { return nil, without() }

// Close fails.
func (*Card) Close() error { return without() }

// Kind returns nothing.
func (*Card) Kind() string { return "" }

// Summary fails.
func (*Card) Summary() (Summary, error) { return Summary{}, without() }

// GUID fails.
func (*Card) GUID() (string, error) { return "", without() }

// PINTries fails.
func (*Card) PINTries() (int, error) { return 0, without() }

// VerifyPIN fails.
func (*Card) VerifyPIN(config.Secret) error { return without() }

// ChangePIN fails.
func (*Card) ChangePIN(_, _ config.Secret) error { return without() }

// ChangePUK fails.
func (*Card) ChangePUK(_, _ config.Secret) error { return without() }

// Unblock fails.
func (*Card) Unblock(_, _ config.Secret) error { return without() }

// SetTries fails.
func (*Card) SetTries(_, _ config.Secret, _, _ int) error { return without() }

// Personalise fails.
func (*Card) Personalise(Setup) (Personalised, error) { return Personalised{}, without() }

// FactoryPUK fails.
func (*Card) FactoryPUK() (factory, spent bool, err error) { return false, false, without() }

// Generate fails.
func (*Card) Generate(config.Secret, KeySpec) (crypto.PublicKey, error) { return nil, without() }

// Attest fails.
func (*Card) Attest(string) ([]*x509.Certificate, error) { return nil, without() }

// Signer fails.
func (*Card) Signer(string, crypto.PublicKey, config.Secret, func()) (crypto.Signer, error) {
	return nil, without()
}

// Store fails.
func (*Card) Store(config.Secret, string, *x509.Certificate) error { return without() }

// Reset fails.
func (*Card) Reset() error { return without() }

// Sign fails.
func (*Key) Sign(io.Reader, []byte, crypto.SignerOpts) ([]byte, error) { return nil, without() }
