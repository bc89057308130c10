package ca

import (
	"errors"

	"mais/ca/feed"
	"mais/ca/internal/keeper"
	"mais/ca/internal/keydir"
	"mais/certs"
)

// Errors that callers tell apart.
var (
	// ErrRefused is every refusal to issue: one face outwards, so that nobody learns from
	// it whether a code exists, a name is right or a certificate is held. CauseOf gives the
	// reason, for the audit only.
	ErrRefused = errors.New("ca: refused")
	// ErrUnknown: the inventory has no such certificate.
	ErrUnknown = feed.ErrUnknown
	// ErrAlready: the certificate has that status already and was not changed; what Revoke
	// and Hold do to its line has been done.
	ErrAlready = errors.New("ca: the certificate has that status already")
	// ErrNotAllowed: the certificate's status may not change so, as when what is revoked
	// would be released.
	ErrNotAllowed = errors.New("ca: not allowed")
	// ErrTooOften: the identity was invited as often as the invitation allows.
	ErrTooOften = errors.New("ca: invited too often")
	// ErrStale: the last good look at the changes of status is too long ago to answer.
	ErrStale = feed.ErrStale
	// ErrJournal: the journal could not be written, and so nothing was taken away.
	ErrJournal = keeper.ErrJournal
	// ErrDirectory: the directory does not hold what it should.
	ErrDirectory = keydir.ErrDirectory
	// ErrKey: an issuing key cannot be used, as when its key manager does not answer or the
	// root has revoked its CA. Nothing is issued; what was issued stands as it did.
	ErrKey = errors.New("ca: the issuing key cannot be used")
)

// notAllowed is ErrNotAllowed with why, in words for whoever asked.
type notAllowed string

func (n notAllowed) Error() string { return ErrNotAllowed.Error() + ": " + string(n) }

// Is makes errors.Is(err, ErrNotAllowed) hold.
func (notAllowed) Is(target error) bool { return target == ErrNotAllowed }

// Cause is why something was refused, in a form that is stable for the audit.
type Cause string

// The causes.
const (
	BadRequest   Cause = "bad certificate request" // malformed, unproven, or a key we do not certify
	BadCode      Cause = "malformed code"
	UnknownCode  Cause = "unknown code"
	WrongSecret  Cause = "wrong code"
	WrongHolder  Cause = "wrong holder"
	WrongPlace   Cause = "not from a network of the holder"
	CodeExpired  Cause = "code expired"
	CodeUsed     Cause = "code used"
	CodeTries    Cause = "too many wrong tries"
	CodeCanceled Cause = "code cancelled"
	CodeForToken Cause = "code for a token only"
	KeyOfAnother Cause = "key of another subject"
	KeyExposed   Cause = "key known to be compromised"
	NotInList    Cause = "certificate not in the inventory"
	NotActive    Cause = "certificate not active"
	Ended        Cause = "certificate expired"
	TooManyAlive Cause = "too many certificates of one token" // see Renew

	// Of evidence how a key is held, see Evidence and Witness.
	BadEvidence    Cause = "evidence malformed"
	ForgedEvidence Cause = "attestation forged"
	UnknownMaker   Cause = "maker of the card not trusted"
	OtherKey       Cause = "attestation of another key"
	OtherCard      Cause = "evidence of another card"
	CardSlot       Cause = "key in a slot that is not taken"
	CardPIN        Cause = "key with a PIN policy that is not taken"
	CardTouch      Cause = "key with a touch policy that is not taken"
	CardFirmware   Cause = "card with firmware that is not taken"
	CardSerial     Cause = "card without a serial"
	OwnWitness     Cause = "witness of their own key"
	WitnessUsed    Cause = "witness's statement used"
)

// refusal is an ErrRefused with its private side.
type refusal struct {
	cause  Cause
	order  string    // id of the order, when known
	ref    certs.Ref // of the certificate to renew, when known
	detail error     // never shown outside
}

func (r *refusal) Error() string { return ErrRefused.Error() }

// Is makes errors.Is(err, ErrRefused) hold.
func (r *refusal) Is(target error) bool { return target == ErrRefused }

func refuse(cause Cause) error { return &refusal{cause: cause} }

// CauseOf returns why err refused something, with detail for the audit; neither may reach
// whoever asked. It returns "" for an error that is no refusal.
func CauseOf(err error) (cause Cause, detail string) {
	var r *refusal
	if !errors.As(err, &r) {
		return "", ""
	}
	if r.detail != nil {
		detail = r.detail.Error()
	}
	return r.cause, detail
}
