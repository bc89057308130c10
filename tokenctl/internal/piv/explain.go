package piv

import (
	"errors"
	"fmt"
	"regexp"
	"strconv"
	"strings"

	"mais/tokenctl/internal/fault"
	"mais/tokenctl/internal/piv/pcsc"
)

// status is a card's refusal: its status word (ISO/IEC 7816-4, 5.6).
type status uint16

func (s status) Error() string  { return fmt.Sprintf("smart card error %04x", uint16(s)) }
func (s status) Status() uint16 { return uint16(s) }

// The status words that are told apart.
const (
	notSatisfied  = 0x6982 // a PIN or the management key is missing
	blocked       = 0x6983
	notAllowed    = 0x6985
	badData       = 0x6a80
	notSupported  = 0x6a81
	notFound      = 0x6a82
	noRoom        = 0x6a84
	badParameters = 0x6a86
	noReference   = 0x6a88
	unknownINS    = 0x6d00
)

var statusText = regexp.MustCompile(`smart card error ([0-9a-f]{4})`)

// statusOf finds a card's refusal in an error of ours or of piv-go's, whose own type is not
// exported and whose text in places is all that is left of it.
func statusOf(err error) (uint16, bool) {
	var s interface{ Status() uint16 }
	if errors.As(err, &s) {
		return s.Status(), true
	}
	if err == nil {
		return 0, false
	}
	if found := statusText.FindStringSubmatch(err.Error()); found != nil {
		word, _ := strconv.ParseUint(found[1], 16, 16) // four hexadecimal digits
		return uint16(word), true
	}
	return 0, false
}

// texts are piv-go's words for the service's codes, which it keeps in a type of its own.
var texts = []struct {
	text string
	code pcsc.Code
}{
	{"because of other connections outstanding", pcsc.SharingViolation},
	{"no Smart Card is currently in the device", pcsc.NoSmartcard},
	{"the smart card has been removed", pcsc.RemovedCard},
	{"the smart card has been reset", pcsc.ResetCard},
	{"power has been removed from the smart card", pcsc.Unpowered},
	{"not responding to a reset", pcsc.Unresponsive},
	{"resource manager is not running", pcsc.NoService},
	{"resource manager has shut down", pcsc.ServiceStopped},
	{"cannot find a smart card reader", pcsc.NoReaders},
	{"reader name is not recognized", pcsc.UnknownReader},
	{"reader is not currently available", pcsc.ReaderUnavailable},
	{"end a non-existent transaction", pcsc.NotTransacted},
	{"internal communications error", pcsc.CommError},
	{"supplied handle was invalid", pcsc.InvalidHandle},
	{"is not ready to accept commands", pcsc.NotReady},
	{"scard response too short", pcsc.NotTransacted}, // so do some readers, for a card that went
	{"because of a security violation", pcsc.SecurityViolation},
}

func codeOf(err error) (pcsc.Code, bool) {
	var code pcsc.Code
	if errors.As(err, &code) {
		return code, true
	}
	if err != nil {
		for _, known := range texts {
			if strings.Contains(err.Error(), known.text) {
				return known.code, true
			}
		}
	}
	return 0, false
}

// explain turns what went wrong during an act into a fault with a next step.
func explain(act, reader string, err error) error {
	var already *fault.Error
	if err == nil || errors.As(err, &already) {
		return err
	}
	if code, ok := codeOf(err); ok {
		return ofService(reader, code).During(act)
	}
	word, ok := statusOf(err)
	if !ok {
		return fault.New(fault.Failed, "run 'tokenctl piv doctor'", "%s", act).Because(err)
	}
	switch word {
	case notSupported, unknownINS, badData, badParameters, noReference, notFound:
		return fault.New(fault.CardLacks, "see what the card can do with 'tokenctl piv info'", "%s: the card cannot do that (%04x)", act, word)
	case noRoom:
		return fault.New(fault.CardLacks, "remove keys or certificates that are not needed, with the card maker's tool", "%s: the card has no room left", act)
	}
	return fault.New(fault.Failed, "run 'tokenctl piv doctor'", "%s: the card refuses it (%04x)", act, word)
}

// ofService says what a code of the smart card service means for a person.
func ofService(reader string, code pcsc.Code) *fault.Error {
	switch code {
	case pcsc.NoService, pcsc.ServiceStopped:
		return fault.New(fault.NoReaders, "start it: systemctl start pcscd.socket (Debian: apt install pcscd)", "the smart card service, pcscd, does not answer")
	case pcsc.SecurityViolation:
		return fault.New(fault.NoReaders, "sit at the machine itself, or have its administrator allow org.debian.pcsc-lite.access_pcsc by polkit", "this machine does not let you use smart cards")
	case pcsc.NoReaders:
		return fault.New(fault.NoReaders, "plug in the reader, or the key that is reader and card in one", "there is no smart card reader")
	case pcsc.SharingViolation:
		return fault.New(fault.CardBusy, "close the browser, or remove the card from its security devices, and try again", "another program has the card in %s", reader)
	case pcsc.NoSmartcard:
		return fault.New(fault.NoCard, "put the card in", "there is no card in %s", reader)
	case pcsc.Unresponsive, pcsc.Unpowered:
		return fault.New(fault.NoCard, "take the card out, see that it is the right way round, and put it in again", "the card in %s does not answer", reader)
	case pcsc.RemovedCard, pcsc.ResetCard, pcsc.NotTransacted, pcsc.CommError, pcsc.UnknownReader, pcsc.ReaderUnavailable, pcsc.InvalidHandle, pcsc.NotReady:
		return fault.New(fault.CardRemoved, "put the card in and run the same command again", "the card in %s was taken out, or reset by another program", reader)
	}
	return fault.New(fault.Failed, "run 'tokenctl piv doctor'", "the smart card service fails").Because(code)
}

// ofSecret turns a refused PIN or PUK into a fault that says the tries left.
func ofSecret(act, what, reader string, err error) error {
	word, ok := statusOf(err)
	if !ok {
		return explain(act, reader, err)
	}
	switch {
	case word == blocked || word == 0x63c0:
		return Blocked(what)
	case word&0xfff0 == 0x63c0 || word&0xfff0 == 0x6300: // the second is an old YubiKey's
		return wrong(what, int(word&0xf))
	case word == badData || word == notAllowed:
		return fault.New(fault.WeakPIN, "choose another: the card may demand more than six digits, or others than these", "%s: the card does not take this one", act)
	case what == "PUK" && (word == noReference || word == notSupported || word == unknownINS):
		return NoPUK()
	}
	return explain(act, reader, err)
}

func wrong(what string, left int) error {
	if left == 0 {
		return Blocked(what)
	}
	next := "try again, or run 'tokenctl piv pin unblock'"
	if what == "PUK" {
		next = "try again; without tries left the card can only be reset, which wipes its keys"
	}
	return fault.New(fault.WrongPIN, next, "the %s is wrong (%s)", what, TriesLeft(left))
}

// Blocked is the fault of a PIN or PUK without tries left.
func Blocked(what string) error {
	if what == "PUK" {
		return fault.New(fault.PUKBlocked, "run 'tokenctl piv reset', which wipes the card's keys, and enrol anew", "the PUK is blocked: the card can only be reset")
	}
	return fault.New(fault.PINBlocked, "run 'tokenctl piv pin unblock', for which you need the PUK", "the PIN is blocked")
}

// NoPUK is the fault of a card that has no PUK.
func NoPUK() error {
	return fault.New(fault.CardLacks, "a blocked PIN of such a card is reset with its maker's tool, which wipes its keys", "this card has no PUK")
}

// TriesLeft says a number of tries in words.
func TriesLeft(n int) string {
	switch {
	case n < 0:
		return "the card does not say how many tries are left"
	case n == 1:
		return "1 try left"
	}
	return fmt.Sprintf("%d tries left", n)
}
