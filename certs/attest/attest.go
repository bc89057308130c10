// Package attest reads and judges what a card's maker says of a key: that it was made inside
// a card and cannot leave it, which card that is, and when it wants a PIN or a touch. The
// format is Yubico's (PIV attestation); makers that follow it can be trusted beside Yubico.
//
// [NewRoots] takes the makers that are trusted, [Yubico] and those of [LoadRoots];
// [Roots.Verify] returns the [Statement] of a chain that leads to one of them, and
// [Demand.Check] says whether that is good enough. The package needs no card, no reader and
// no cgo. It does not ask who sends an attestation: that they hold the key, they prove
// elsewhere, and a statement is worth nothing without.
package attest

import (
	"crypto"
	"errors"
	"fmt"
)

// ErrAttestation is returned for a chain that proves nothing: forged, of another key, or not
// of the form that a maker gives it.
var ErrAttestation = errors.New("attest: the attestation proves nothing")

// ErrDemand is returned for a statement that is genuine and not good enough.
var ErrDemand = errors.New("attest: the card's key is not held as demanded")

// Fault is what is wrong with an attestation, in a form that is stable for the audit.
type Fault string

// The faults: the first five are ErrAttestation's, the others ErrDemand's.
const (
	Malformed Fault = "malformed"
	Untrusted Fault = "maker not trusted"
	Forged    Fault = "forged"
	Expired   Fault = "expired"
	OtherKey  Fault = "other key"

	WrongSlot   Fault = "slot"
	WrongPIN    Fault = "PIN policy"
	WrongTouch  Fault = "touch policy"
	OldFirmware Fault = "firmware"
	NoSerial    Fault = "no serial"
)

// Error is an attestation that was refused. It is ErrAttestation or ErrDemand.
type Error struct {
	Fault Fault
	Why   string // in one sentence, for whoever sent it; it holds nothing of what was sent but numbers
}

// Error returns the sentence.
func (e *Error) Error() string { return "attest: " + e.Why }

// Is makes errors.Is hold for ErrAttestation or ErrDemand.
func (e *Error) Is(target error) bool {
	switch e.Fault {
	case Malformed, Untrusted, Forged, Expired, OtherKey:
		return target == ErrAttestation
	}
	return target == ErrDemand
}

func refuse(f Fault, why string, args ...any) error { return &Error{f, fmt.Sprintf(why, args...)} }

// Statement is what a maker says of a key. It tells no time: cards have no clock, and copy the
// dates of their own certificate. It stays true as long as the key is where it was made.
type Statement struct {
	Key      crypto.PublicKey
	Maker    string // the common name of the root that it leads to
	MakerID  string // "yubico", or 16 digits of the hash of the root's key
	Serial   uint32 // of the card; 0: it tells none
	Firmware Version
	Slot     byte // such as 0x9a; a card that can move keys may have moved it since, with its policies
	PIN      PINPolicy
	Touch    TouchPolicy
	Form     FormFactor // 0: it tells none
}

// Card names the card for good: its maker and its serial, "yubico-12345678". It is empty when
// the statement tells no serial.
func (s Statement) Card() string {
	if s.Serial == 0 {
		return ""
	}
	return fmt.Sprintf("%s-%d", s.MakerID, s.Serial)
}

// Version is a card's firmware. Versions are ordered by Compare.
type Version struct{ Major, Minor, Patch byte }

// PINPolicy says when a key wants the PIN.
type PINPolicy byte

// The PIN policies, as cards write them.
const (
	PINNever  PINPolicy = 1
	PINOnce   PINPolicy = 2 // once a session with the card
	PINAlways PINPolicy = 3 // for each signature
	// MatchOnce and MatchAlways ask for a fingerprint instead.
	MatchOnce   PINPolicy = 4
	MatchAlways PINPolicy = 5
)

// TouchPolicy says when a key wants the card to be touched.
type TouchPolicy byte

// The touch policies, as cards write them.
const (
	TouchNever  TouchPolicy = 1
	TouchAlways TouchPolicy = 2
	TouchCached TouchPolicy = 3 // a touch is good for 15 seconds
)

// FormFactor is what the card looks like; the bit 0x80 says that it is a FIPS series card.
type FormFactor byte
