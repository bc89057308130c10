// Package pivtest is a PIV card for tests: the card application of NIST SP 800-73-5 with
// Yubico's extensions, or without them, as a program. [New] makes a card; [Card.Transmit] is
// what a reader would do. Package pcsc below it is a smart card service of its own with
// readers into which cards are put, and pivcard the same for people.
//
// A [Maker] is a maker of cards, whose root attests their keys; it also makes what a forger
// would. The card promises to be taken for a card by piv-go, yubico-piv-tool and OpenSC; it does
// not promise to be as quick or as slow as one, and it guards nothing: its keys lie in memory
// and in its file. It is for tests alone: no program of ours imports it.
package pivtest

import (
	"sync"
	"time"

	"mais/certs/attest"
)

// The secrets of a card from the factory.
const (
	DefaultPIN = "123456"
	DefaultPUK = "12345678"
)

// DefaultManagementKey is the management key of a card from the factory: 3DES, and AES 192 from
// firmware 5.7.
var DefaultManagementKey = []byte{1, 2, 3, 4, 5, 6, 7, 8, 1, 2, 3, 4, 5, 6, 7, 8, 1, 2, 3, 4, 5, 6, 7, 8}

// Options describe a card. The zero Options are a YubiKey 5 with firmware 5.4.3 of a maker that
// nobody else knows.
type Options struct {
	Maker    *Maker            // nil: one of the card's own
	Serial   uint32            // 0: any
	Firmware attest.Version    // zero: 5.4.3
	Form     attest.FormFactor // 0: a USB-A key for the key ring
	// RSA gives the card an attestation key of RSA 2048, as the real ones have before firmware 5.7;
	// without it the key is of P-256, which is made in no time.
	RSA bool
	// Plain is a card of SP 800-73 without the extensions of a vendor: it comes personalised,
	// with a CHUID of its own, and tells no serial.
	Plain bool
	// NoPUK is a card without a PUK, as those are that are more than PIV: nothing unblocks its PIN,
	// and what a PIV card is told of its PUK, it does not know.
	NoPUK bool
	// File keeps the card. One that is there already is the card, whatever the options say.
	File string
	// Touch is asked when a key wants the card to be touched; nil is a finger that always does. The
	// card waits for it, so it may not use the card.
	Touch func(slot byte) bool
	// Now is the card's clock, for touches that are good for a while; nil is time.Now.
	Now func() time.Time
}

// Card is a PIV card. It is safe for concurrent use, one command at a time.
type Card struct {
	touch func(slot byte) bool
	now   func() time.Time
	file  string

	mu    sync.Mutex
	state state
	session
	tally Tally
	hook  Hook
	sent  int // commands since the hook was set

	forged map[byte][]byte // attestations that the card gives instead of its own
}

// session is what a card forgets without power.
type session struct {
	selected application
	verified bool // the PIN
	fresh    bool // by the command before this one
	admin    bool // the management key
	proof    *proof
	chain    *command
	rest     []byte // for GET RESPONSE
	touched  time.Time
}

// ATR is the answer to reset. OpenSC tells cards by it: a YubiKey 5's here, and a plain card's
// that names the PIV application in its historical bytes (ISO/IEC 7816-4, 8.1.1).
func (c *Card) ATR() []byte {
	if c.state.Plain {
		return []byte("\x3b\xdb\x96\x00\x81\xb1\xfe\x45\x1f\x83\x80\xf9\xa0\x00\x00\x03\x08\x00\x00\x10\x00\x18")
	}
	return []byte("\x3b\xfd\x13\x00\x00\x81\x31\xfe\x15\x80\x73\xc0\x21\xc0\x57\x59\x75\x62\x69\x4b\x65\x79\x40")
}

// Reset is the card without power for a moment: it forgets who was verified.
func (c *Card) Reset() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.session = session{}
}

// Serial returns the card's serial number, also of a card that tells it nobody.
func (c *Card) Serial() uint32 { return c.state.Serial }

// Maker returns the card's maker; nil of a plain card.
func (c *Card) Maker() *Maker { return c.state.Maker }

// Tries returns how often the PIN and the PUK may still be wrong.
func (c *Card) Tries() (pin, puk int) {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.state.PIN.Tries, c.state.PUK.Tries
}
