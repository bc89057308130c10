package config

import (
	"bytes"
	"crypto/rand"
	"encoding/base64"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"os"
	"path/filepath"
)

const (
	redacted       = "[secret]"
	maxSecretBytes = 4 << 10
)

// Secret is a passphrase or password. It prints, logs and encodes as [secret], and has no
// equality; only Reveal gives its bytes. The zero Secret is none.
type Secret struct{ value []byte }

// NewSecret wraps a copy of value.
func NewSecret(value []byte) Secret { return Secret{bytes.Clone(value)} }

// RandomSecret makes a secret of 256 random bits, in base64url.
func RandomSecret() Secret {
	b := make([]byte, 32)
	rand.Read(b) // never fails: crypto/rand
	return Secret{[]byte(base64.RawURLEncoding.EncodeToString(b))}
}

// ReadSecret reads the secret that a file holds: everything but a line end at its end. The
// file must not be readable by everyone.
func ReadSecret(path string) (Secret, error) {
	info, err := os.Stat(path)
	if err != nil {
		return Secret{}, fmt.Errorf("read secret: %w", err)
	}
	if info.Mode().IsRegular() && info.Mode().Perm()&0o007 != 0 {
		return Secret{}, fmt.Errorf("read secret: %s can be read or written by everyone; run: chmod 600 %s", path, path)
	}
	if info.Size() > maxSecretBytes {
		return Secret{}, fmt.Errorf("read secret: %s is longer than %d bytes", path, maxSecretBytes)
	}
	value, err := os.ReadFile(path)
	if err != nil {
		return Secret{}, fmt.Errorf("read secret: %w", err)
	}
	value = bytes.TrimRight(value, "\r\n")
	if len(value) == 0 {
		return Secret{}, fmt.Errorf("read secret: %s is empty", path)
	}
	return Secret{value}, nil
}

// WriteSecret writes the secret to a new file that only its owner can read: whole, or after
// a crash not at all. A file that is there already is an error, so that no secret is ever
// overwritten.
func WriteSecret(path string, s Secret) error {
	f, err := os.CreateTemp(filepath.Dir(path), ".secret-*") // 0600
	if err != nil {
		return fmt.Errorf("write secret: %w", err)
	}
	defer os.Remove(f.Name())
	_, err = fmt.Fprintf(f, "%s\n", s.value)
	if err = errors.Join(err, f.Sync(), f.Close()); err != nil {
		return fmt.Errorf("write secret: %w", err)
	}
	err = os.Link(f.Name(), path) // unlike a rename, it never replaces a file
	if errors.Is(err, fs.ErrExist) {
		return fmt.Errorf("write secret: %s is there already", path)
	}
	if err != nil {
		return fmt.Errorf("write secret: %w", err)
	}
	return nil
}

// Reveal returns the secret's bytes. The caller does not change or keep them.
func (s Secret) Reveal() []byte { return s.value }

// IsZero reports whether there is no secret.
func (s Secret) IsZero() bool { return len(s.value) == 0 }

// String returns [secret].
func (Secret) String() string { return redacted }

// GoString returns [secret], for %#v.
func (Secret) GoString() string { return redacted }

// Format prints [secret] whatever the verb.
func (Secret) Format(f fmt.State, _ rune) { fmt.Fprint(f, redacted) }

// LogValue returns [secret].
func (Secret) LogValue() slog.Value { return slog.StringValue(redacted) }

// MarshalText returns [secret].
func (Secret) MarshalText() ([]byte, error) { return []byte(redacted), nil }
