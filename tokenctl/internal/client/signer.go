package client

import (
	"crypto"
	"io"
	"sync"
)

// remembering is a key that remembers why it last failed: crypto/tls keeps only the words,
// and a card that was pulled out is another fault than a service that cannot be reached.
type remembering struct {
	crypto.Signer

	mu  sync.Mutex
	err error
}

// Sign implements crypto.Signer.
func (k *remembering) Sign(rand io.Reader, digest []byte, opts crypto.SignerOpts) ([]byte, error) {
	signature, err := k.Signer.Sign(rand, digest, opts)
	k.mu.Lock()
	defer k.mu.Unlock()
	k.err = err
	return signature, err
}

// failed returns, once, the error of the last signature; that of no key is none.
func (k *remembering) failed() error {
	if k == nil {
		return nil
	}
	k.mu.Lock()
	defer k.mu.Unlock()
	err := k.err
	k.err = nil
	return err
}
