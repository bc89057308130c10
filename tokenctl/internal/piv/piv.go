// Package piv is a PIV card (NIST SP 800-73-5) as tokenctl uses it: find one ([List]), open it
// for a moment ([Open]), make a key on it, have it attested, sign with it.
//
// A card belongs to one program at a time, so nothing here keeps it: [Open] waits its turn
// among tokenctls, says when another program has the card, and is followed by Close as soon as
// the work is done. A [Key] opens the card for each signature by itself. The package asks
// nobody anything; errors are fault.Errors that say what to do next.
//
// It needs the system's smart card service (PC/SC) and cgo. A tokenctl without cgo has the same
// functions, which say so.
package piv

import (
	"crypto"
	"crypto/x509"
	"fmt"
	"sync"

	"mais/certs"
	"mais/certs/attest"
	"mais/config"
)

// The slots (NIST SP 800-73-5, part 1, table 4b).
const (
	Authentication     = "9a" // with the PIN: the one that signs in
	Signature          = "9c"
	KeyManagement      = "9d"
	CardAuthentication = "9e" // without a PIN, so that nobody signs in with it
)

// Reader is a reader and what is in it, as far as it tells without a PIN.
type Reader struct {
	Name  string
	Busy  bool     // a program is connected to the card; it may be this person's browser
	Card  *Summary // nil: it is empty, or its card does not answer
	Fault error    // why Card is nil though there is a card
}

// Summary is what a card says of itself.
type Summary struct {
	Kind     string         // yubikey, piv (no vendor extensions), other (no PIV application)
	Serial   uint32         // 0: it tells none
	Firmware attest.Version // zero: it tells none
	GUID     string         // of its CHUID; "": it has none
	PINTries int            // left; -1: not told
	PUKTries int            // left; -1: not told
	NoPUK    bool           // it has none: a biometric card of one applet for all
	Finger   bool           // it can ask for a fingerprint instead of the PIN

	Factory       []string // what is the factory's still, as far as it tells: PIN, PUK, management key
	TellsFactory  bool     // whether it tells
	ManagementKey string   // its algorithm, such as AES-192; "": not told
	Slots         []Slot   // that hold a key or a certificate
}

// The kinds of cards.
const (
	YubiKey = "yubikey" // or another with Yubico's extensions
	Plain   = "piv"     // no vendor's extensions: what SP 800-73 has, and no more
	Other   = "other"   // no PIV application
)

// Slot is a slot of a card that is not empty.
type Slot struct {
	Name        string // 9a
	KeyType     certs.KeyType
	PIN         attest.PINPolicy   // zero: not told
	Touch       attest.TouchPolicy // zero: not told
	Generated   bool               // on the card, as it says
	Public      crypto.PublicKey   // of the key, as the card says; nil: not told
	Certificate *x509.Certificate  // nil: none
}

// Ref names the card of a token, as token.json keeps it.
type Ref struct {
	Serial uint32             `json:"serial,omitempty"`
	GUID   string             `json:"guid,omitempty"`
	Slot   string             `json:"slot"`
	PIN    attest.PINPolicy   `json:"pin_policy,omitempty"`
	Touch  attest.TouchPolicy `json:"touch_policy,omitempty"`
}

// Choice says which card is meant; the zero Choice is the only one there is.
type Choice struct {
	Reader string // part of its name, in any case
	Serial uint32
	GUID   string
}

// String says what identifies the card.
func (c Choice) String() string {
	if c.Serial != 0 {
		return fmt.Sprintf("the serial number %d", c.Serial)
	}
	return "the GUID " + c.GUID
}

// Setup is how Personalise leaves a card.
type Setup struct {
	OldPIN, OldPUK config.Secret // zero: the factory's
	PIN            config.Secret // that CheckPIN takes, or the old one
	PUK            config.Secret // that CheckPUK takes; zero: the card's stays
}

// Personalised is what became of Setup.PUK, which a person may have been shown.
type Personalised struct {
	PUKKept     bool // the card keeps the PUK that it had, and Setup.PUK is not set
	PUKTrySpent bool // the card does not tell whose its PUK is, and finding out cost a try
}

// KeySpec is a key to be made.
type KeySpec struct {
	Slot  string
	Type  certs.KeyType
	PIN   attest.PINPolicy
	Touch attest.TouchPolicy
}

// Use is how a Key is used: its secret, and who is told what.
type Use struct {
	PIN     config.Secret // that Card.VerifyPIN has taken
	Waiting func()        // another tokenctl has the card; may be nil
	Touch   func()        // the card waits to be touched; may be nil
}

// Key is a private key on a card. It opens the card for each signature and closes it after.
// It is safe for concurrent use.
type Key struct {
	ref    Ref
	public crypto.PublicKey
	use    Use
	turn   sync.Mutex // among this process's own, so that Waiting speaks of other processes only
}

// NewKey returns the key of a slot, whose public half is known.
func NewKey(ref Ref, public crypto.PublicKey, use Use) *Key {
	return &Key{ref: ref, public: public, use: use}
}

// Public returns the public half.
func (k *Key) Public() crypto.PublicKey { return k.public }
