// Package pcsc is the part of PC/SC, the system's smart card service, that package piv needs
// beside piv-go: which readers there are and who uses them ([States]), a connection that shares
// a card with other programs ([Connect]), and the service's own codes ([Code]), which piv-go
// keeps to itself.
//
// It speaks to pcscd through libpcsclite, or to macOS' framework, and needs cgo. Nothing in it
// knows what a PIV card is.
package pcsc

import "fmt"

// Code is what the service answers instead of success (PC/SC part 5, annex A; winscard.h).
type Code uint32

// The codes that a caller tells apart.
const (
	InternalError     Code = 0x80100001
	InvalidHandle     Code = 0x80100003
	UnknownReader     Code = 0x80100009
	Timeout           Code = 0x8010000A
	SharingViolation  Code = 0x8010000B // another program has the card
	NoSmartcard       Code = 0x8010000C
	NotReady          Code = 0x80100010
	CommError         Code = 0x80100013
	NotTransacted     Code = 0x80100016 // how pcscd reports a card that went in the middle of a command
	ReaderUnavailable Code = 0x80100017
	NoService         Code = 0x8010001D
	ServiceStopped    Code = 0x8010001E
	NoReaders         Code = 0x8010002E
	Unresponsive      Code = 0x80100066 // a card is there and does not answer
	Unpowered         Code = 0x80100067
	ResetCard         Code = 0x80100068 // another program has reset the card
	RemovedCard       Code = 0x80100069
	SecurityViolation Code = 0x8010006A // the system's policy (polkit) does not allow it
)

var texts = map[Code]string{
	InternalError: "internal error", InvalidHandle: "invalid handle", UnknownReader: "unknown reader", Timeout: "timed out",
	SharingViolation: "sharing violation", NoSmartcard: "no card in the reader", NotReady: "reader not ready",
	CommError: "communication error", NotTransacted: "transaction failed", ReaderUnavailable: "reader unavailable",
	NoService: "no smart card service", ServiceStopped: "smart card service stopped", NoReaders: "no readers",
	Unresponsive: "unresponsive card", Unpowered: "unpowered card", ResetCard: "card was reset", RemovedCard: "card was removed",
	SecurityViolation: "access denied",
}

// Error says the code in words and as a number, by which it can be looked up.
func (c Code) Error() string {
	if text, ok := texts[c]; ok {
		return fmt.Sprintf("PC/SC: %s (0x%08X)", text, uint32(c))
	}
	return fmt.Sprintf("PC/SC error 0x%08X", uint32(c))
}

// State is a reader as the service sees it. To ask for it disturbs nobody.
type State struct {
	Reader    string
	Present   bool // there is a card
	InUse     bool // a program is connected to it
	Exclusive bool // and lets no other
	Mute      bool // it does not answer its reset
	ATR       []byte
}
