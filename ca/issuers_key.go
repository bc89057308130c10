package ca

import (
	"crypto"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"sync/atomic"

	"mais/ca/internal/keys"
)

// issuingKey is the key of an issuing CA. It signs nothing once the root has revoked the CA,
// and when it cannot sign it says so aloud, once, and once more when it can again.
type issuingKey struct {
	crypto.Signer
	id      string
	log     *slog.Logger
	revoked func() bool
	faulty  atomic.Bool
}

// Sign implements crypto.Signer. Its errors are ErrKey.
func (k *issuingKey) Sign(random io.Reader, digest []byte, opts crypto.SignerOpts) ([]byte, error) {
	if k.revoked() {
		return nil, fmt.Errorf("%w: the root has revoked %s", ErrKey, k.id)
	}
	signature, err := k.Signer.Sign(random, digest, opts)
	if err != nil {
		if !k.faulty.Swap(true) {
			k.log.Error("an issuing key cannot be used: nothing is issued with it and its revocation lists grow old", "issuer", k.id, "error", err)
		}
		return nil, fmt.Errorf("%w: %s: %w", ErrKey, k.id, err)
	}
	if k.faulty.Swap(false) {
		k.log.Info("an issuing key can be used again", "issuer", k.id)
	}
	return signature, nil
}

// unreachable reports whether err is of a key manager that does not answer.
func unreachable(err error) bool { return errors.Is(err, keys.ErrUnavailable) }
