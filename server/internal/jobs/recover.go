package jobs

import (
	"context"
	"crypto"
	"errors"
	"fmt"
	"os"
	"slices"
	"time"

	"mais/ca"
	"mais/certs"
	"mais/certs/pins"
	"mais/config"
)

// NewRecovery makes a recovery key, writes it sealed with the passphrase to a file that is
// not there yet, and announces its pin. This node signs that; once there is a recovery key,
// only that key does, as old. The file belongs where the root's key is.
func (r Rollover) NewRecovery(ctx context.Context, to string, passphrase config.Secret, old crypto.Signer) (pin certs.Pin, err error) {
	if passphrase.IsZero() {
		return pin, errors.New("make a pin recovery key: the passphrase is empty")
	}
	key, err := certs.NewKey()
	if err != nil {
		return pin, err
	}
	text, err := certs.EncodeKey(key, passphrase.Reveal())
	if err != nil {
		return pin, err
	}
	if pin, err = certs.PinOfKey(key.Public()); err != nil {
		return pin, err
	}
	if err := writeNew(to, text); err != nil {
		return pin, fmt.Errorf("make a pin recovery key: %w", err)
	}
	_, err = r.change(ctx, "the recovery key", func(s RolloverState) (pins.Announcement, crypto.Signer, error) {
		by := crypto.Signer(s.held.key)
		if old != nil {
			by = old
		} else if !s.Last.Recovery.IsZero() {
			return s.Last, nil, ErrRecoveryKnown
		}
		next := s.Last.Without()
		next.Recovery = pin
		return next, by, nil
	})
	for _, refused := range []error{ErrRecoveryKnown, ErrNotAnnounced, pins.ErrUntrusted, ca.ErrNotNext} {
		if errors.Is(err, refused) {
			return pin, errors.Join(fmt.Errorf("announce the pin recovery key: %w", err), os.Remove(to))
		}
	}
	if err != nil { // it may have been committed, and then clients know this key for good
		return pin, fmt.Errorf("announce the pin recovery key: %w: keep %s until 'mais-server pin status' says whether %s was announced", err, to, pin)
	}
	return pin, nil
}

// ErrRecoveryKnown: clients know a recovery key, which alone can give way to another.
var ErrRecoveryKnown = errors.New("jobs: there is a pin recovery key")

func writeNew(path string, text []byte) error {
	f, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return err
	}
	_, err = f.Write(text)
	return errors.Join(err, f.Sync(), f.Close())
}

// OpenRecovery reads a key that NewRecovery made.
func OpenRecovery(from string, passphrase config.Secret) (crypto.Signer, error) {
	text, err := os.ReadFile(from)
	if err != nil {
		return nil, fmt.Errorf("open the pin recovery key: %w", err)
	}
	key, err := certs.ParseKey(text, passphrase.Reveal())
	if err != nil {
		return nil, fmt.Errorf("open the pin recovery key: %w", err)
	}
	return key, nil
}

// Recover announces the key that is on disk now by the recovery key, when no key is left
// that the clients trust; and takes nodes out that are lost, as Forget does. Other nodes stay if
// this one believed in them before, or if their certificates are good.
func (r Rollover) Recover(ctx context.Context, recovery crypto.Signer, lost []string) (pins.Announcement, error) {
	s, err := r.keys()
	if err != nil {
		return pins.Announcement{}, err
	}
	pin, err := certs.PinOfKey(recovery.Public())
	if err != nil {
		return pins.Announcement{}, err
	}
	if s.chain, err = r.recoverable(ctx, s, pin, lost); err != nil {
		return pins.Announcement{}, err
	}
	last := s.chain.last()
	if err := s.gone(last, lost); err != nil {
		return last, err
	}
	if err := r.revoke(ctx, lost); err != nil {
		return last, err
	}
	next := last.With(pins.Node{Node: s.Node, Current: s.Key, Next: s.Next}, time.Now()).Without(lost...)
	next.Recovery = pin
	c, err := s.chain.announce(ctx, r.Board, next, recovery, r.announcer(s, "recovery"))
	if err != nil {
		return last, err
	}
	return c.last(), c.write(r.Dir) // the recovery key is its proof
}

// recoverable returns the chain that the recovery key goes on with.
func (r Rollover) recoverable(ctx context.Context, s RolloverState, recovery certs.Pin, lost []string) (chain, error) {
	c, err := s.chain.follow(ctx, r.Board)
	unsure := errors.Is(err, errUnproved)
	if err != nil && !unsure && !errors.Is(err, pins.ErrUntrusted) {
		return nil, err
	}
	if len(c) == 0 {
		return nil, nil // neither the node nor the board has any
	}
	if unsure {
		// Anybody may have put other recovery keys there; the operator's is the right one.
		if i := lastOf(c, recovery); i >= 0 {
			c = c[:i+1]
		}
	}
	last := c.last()
	if last.Recovery != recovery {
		return nil, fmt.Errorf("this pin recovery key, %s, is not the one that clients know, %s", recovery, orNone(last.Recovery))
	}
	if unsure {
		return c, r.unlessUnproved(ctx, last.Without(append(slices.Clone(lost), s.Node)...))
	}
	return c, nil
}

// lastOf returns the place of the last announcement with a recovery key, or -1.
func lastOf(c chain, recovery certs.Pin) int {
	for i, l := range slices.Backward(c) {
		if l.Announcement.Recovery == recovery {
			return i
		}
	}
	return -1
}

func orNone(pin certs.Pin) string {
	if pin.IsZero() {
		return "none"
	}
	return pin.String()
}

func (r Rollover) unlessUnproved(ctx context.Context, a pins.Announcement) error {
	nodes, err := r.Board.Nodes(ctx)
	if err != nil {
		return err
	}
	if n, found := unproved(a, nodes); found {
		return fmt.Errorf("node %s has no good certificate for the key %s: if it is lost, give --forget %s", n.Node, n.Current, n.Node)
	}
	return nil
}
