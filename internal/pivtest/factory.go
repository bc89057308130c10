package pivtest

import (
	"crypto"
	"crypto/rand"
	"encoding/binary"
	"fmt"
	"time"

	"mais/certs/attest"
)

// New makes a card, or reads it from its file.
func New(o Options) (*Card, error) {
	c := &Card{touch: o.Touch, now: o.Now, file: o.File}
	if c.touch == nil {
		c.touch = func(byte) bool { return true }
	}
	if c.now == nil {
		c.now = time.Now
	}
	found, err := c.load()
	if err != nil {
		return nil, err
	}
	if found {
		return c, nil
	}
	if err := c.make(o); err != nil {
		return nil, fmt.Errorf("make the card: %w", err)
	}
	return c, c.save()
}

func (c *Card) make(o Options) error {
	c.state = state{Plain: o.Plain, NoPUK: o.NoPUK, Serial: o.Serial, Firmware: o.Firmware, Form: o.Form}
	if c.state.Serial == 0 {
		var b [4]byte
		rand.Read(b[:])
		c.state.Serial = 10_000_000 + binary.BigEndian.Uint32(b[:])%20_000_000 // as they are now
	}
	if c.state.Firmware == (attest.Version{}) {
		c.state.Firmware = attest.Version{Major: 5, Minor: 4, Patch: 3}
	}
	if c.state.Form == 0 {
		c.state.Form = 1
	}
	c.state.blank()
	if o.Plain {
		return c.state.personalise()
	}
	algorithm := byte(algP256)
	if o.RSA {
		algorithm = algRSA2048
	}
	return c.certify(o.Maker, algorithm)
}

// certify has the maker put the attestation key and its certificate on the card.
func (c *Card) certify(maker *Maker, algorithm byte) error {
	if maker == nil {
		var err error
		if maker, err = NewMaker("a card's own maker"); err != nil {
			return err
		}
	}
	private, err := makeKey(algorithm)
	if err != nil {
		return err
	}
	cert, err := maker.certify(private.Public())
	if err != nil {
		return err
	}
	c.state.Maker = maker
	c.state.Keys[slotAttestation] = &key{Algorithm: algorithm, PIN: attest.PINNever, Touch: attest.TouchNever, Generated: true, private: private}
	c.state.Objects[objectAttestation] = certificateObject(cert.Raw)
	return nil
}

// Key returns the key of a slot, as whoever personalises cards in a factory has it: without PIN
// or touch. It is nil when there is none.
func (c *Card) Key(slot byte) crypto.Signer {
	c.mu.Lock()
	defer c.mu.Unlock()
	if k := c.state.Keys[slot]; k != nil {
		return k.private
	}
	return nil
}

// Provision makes a key of type "P-256", "P-384" or "RSA-2048" as in a factory, PIN policy once.
func (c *Card) Provision(slot byte, keyType string) (crypto.Signer, error) {
	algorithm := map[string]byte{"P-256": algP256, "P-384": algP384, "RSA-2048": algRSA2048}[keyType]
	private, err := makeKey(algorithm)
	if err != nil {
		return nil, err
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	c.state.Keys[slot] = &key{Algorithm: algorithm, PIN: attest.PINOnce, Touch: attest.TouchNever, Generated: true, private: private}
	return private, c.save()
}

// Store puts a certificate into a slot as in a factory; nil takes it out.
func (c *Card) Store(slot byte, der []byte) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	tag, ok := certificateTags[slot]
	if !ok {
		return fmt.Errorf("pivtest: slot %x holds no certificate", slot)
	}
	delete(c.state.Objects, tag)
	if der != nil {
		c.state.Objects[tag] = certificateObject(der)
	}
	return c.save()
}
