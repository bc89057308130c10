package keys

import (
	"context"
	"crypto"
	"errors"
	"fmt"
	"io"
	"sync/atomic"
	"time"

	"go.step.sm/crypto/kms/apiv1"

	"mais/certs"
)

// patience is how long a key manager may take for a signature.
const patience = 10 * time.Second

// Kept is a key that a key manager keeps: a crypto.Signer that finds its way back when the
// manager was gone and has returned. It is safe for concurrent use. Its errors are
// ErrUnavailable.
type Kept struct {
	address string
	manager string
	public  crypto.PublicKey
	stuck   atomic.Bool // a signature has been waited for in vain

	// The key as the manager's opening number epoch knows it; guarded by the gate.
	signer crypto.Signer
	epoch  uint64
}

// NewKept makes a key in the key manager of a template, which is an address in which {id}
// stands for name, and returns it with its own address. What is made stays there when the
// ceremony fails later.
func NewKept(ctx context.Context, template, name string, algorithm Algorithm) (*Kept, string, error) {
	address, err := addressOf(template, name)
	if err != nil {
		return nil, "", err
	}
	shelf.gate.Lock()
	defer shelf.gate.Unlock()
	s := slotOf(managerOf(address))
	if err := s.open(ctx, address); err != nil {
		return nil, "", err
	}
	made, err := s.manager.CreateKey(&apiv1.CreateKeyRequest{Name: address, SignatureAlgorithm: signatures[algorithm]})
	if err != nil {
		return nil, "", fmt.Errorf("%w: make a key: %w", ErrUnavailable, err)
	}
	if made.CreateSignerRequest.SigningKey != "" {
		address = made.CreateSignerRequest.SigningKey
	}
	k, err := OpenKept(address, made.PublicKey)
	return k, address, err
}

// OpenKept returns the key at an address whose public half is known, from its certificate.
// It asks no manager: whether that answers shows when something is signed, or by Probe.
func OpenKept(address string, public crypto.PublicKey) (*Kept, error) {
	if err := CheckURI(address); err != nil {
		return nil, err
	}
	return &Kept{address: address, manager: managerOf(address), public: public}, nil
}

// Public returns the public half.
func (k *Kept) Public() crypto.PublicKey { return k.public }

// Sign signs, if need be with the manager opened anew, and gives up after ten seconds. While
// an earlier signature hangs in the manager it fails at once.
func (k *Kept) Sign(random io.Reader, digest []byte, opts crypto.SignerOpts) ([]byte, error) {
	if k.stuck.Load() {
		return nil, fmt.Errorf("%w: it has not answered for more than %s", ErrUnavailable, patience)
	}
	type answer struct {
		signature []byte
		err       error
	}
	answered := make(chan answer, 1)
	go func() {
		signature, err := k.sign(random, digest, opts)
		answered <- answer{signature, err}
		k.stuck.Store(false)
	}()
	late := time.NewTimer(patience)
	defer late.Stop()
	select {
	case a := <-answered:
		return a.signature, a.err
	case <-late.C:
	}
	k.stuck.Store(true)
	select {
	case a := <-answered: // at the last moment
		k.stuck.Store(false)
		return a.signature, a.err
	default:
		return nil, fmt.Errorf("%w: no answer in %s", ErrUnavailable, patience)
	}
}

// sign tries twice: the first failure may only mean that the manager has been away.
func (k *Kept) sign(random io.Reader, digest []byte, opts crypto.SignerOpts) ([]byte, error) {
	signature, epoch, fault := k.attempt(random, digest, opts)
	if fault == nil {
		return signature, nil
	}
	drop(k.manager, epoch)
	signature, epoch, err := k.attempt(random, digest, opts)
	if errors.Is(err, errClosed) {
		return nil, fault
	}
	if err != nil {
		drop(k.manager, epoch)
	}
	return signature, err
}

func (k *Kept) attempt(random io.Reader, digest []byte, opts crypto.SignerOpts) (signature []byte, epoch uint64, err error) {
	if epoch, err := k.connect(); err != nil {
		return nil, epoch, err
	}
	shelf.gate.RLock()
	defer shelf.gate.RUnlock()
	s := shelf.slots[k.manager]
	if s.manager == nil || s.epoch != k.epoch {
		return nil, s.epoch, fmt.Errorf("%w: it was closed a moment ago", ErrUnavailable)
	}
	if signature, err = k.signer.Sign(random, digest, opts); err != nil {
		err = fmt.Errorf("%w: %w", ErrUnavailable, err)
	}
	return signature, k.epoch, err
}

// connect finds the key in its manager, unless it is at hand. With an error it says which
// opening of the manager is to blame, if one is.
func (k *Kept) connect() (epoch uint64, err error) {
	if k.connected() {
		return 0, nil
	}
	shelf.gate.Lock()
	defer shelf.gate.Unlock()
	s := slotOf(k.manager)
	if err := s.open(context.Background(), k.address); err != nil {
		return 0, err
	}
	signer, err := s.manager.CreateSigner(&apiv1.CreateSignerRequest{SigningKey: k.address})
	if err != nil {
		return s.epoch, fmt.Errorf("%w: find the key: %w", ErrUnavailable, err)
	}
	if !certs.SameKey(k.public, signer.Public()) {
		return 0, fmt.Errorf("%w: the key at its address is another", ErrUnavailable)
	}
	k.signer, k.epoch = signer, s.epoch
	return 0, nil
}

func (k *Kept) connected() bool {
	shelf.gate.RLock()
	defer shelf.gate.RUnlock()
	s := shelf.slots[k.manager]
	return s != nil && s.manager != nil && k.signer != nil && k.epoch == s.epoch
}
