//go:build cgo

package pcsc

// #cgo darwin LDFLAGS: -framework PCSC
// #cgo linux pkg-config: libpcsclite
// #cgo freebsd CFLAGS: -I/usr/local/include/ -I/usr/local/include/PCSC
// #cgo freebsd LDFLAGS: -L/usr/local/lib/ -lpcsclite
// #cgo openbsd CFLAGS: -I/usr/local/include/ -I/usr/local/include/PCSC
// #cgo openbsd LDFLAGS: -L/usr/local/lib/ -lpcsclite
// #include <stdlib.h>
// #include <PCSC/winscard.h>
// #include <PCSC/wintypes.h>
//
// /* SCARD_PCI_T0 and SCARD_PCI_T1 are macros that take the address of a variable of the
//    library: cgo cannot. */
// static const SCARD_IO_REQUEST *pci(DWORD protocol) {
// 	return protocol == SCARD_PROTOCOL_T0 ? SCARD_PCI_T0 : SCARD_PCI_T1;
// }
import "C"

import (
	"bytes"
	"unsafe"
)

func check(rc C.LONG) error {
	if rc == C.SCARD_S_SUCCESS {
		return nil
	}
	return Code(uint32(rc)) // 32 bits also where LONG has 64
}

func establish() (C.SCARDCONTEXT, error) {
	var ctx C.SCARDCONTEXT
	err := check(C.SCardEstablishContext(C.SCARD_SCOPE_SYSTEM, nil, nil, &ctx))
	return ctx, err
}

// States returns every reader. Without any it fails with NoReaders, without a service with
// NoService.
func States() ([]State, error) {
	ctx, err := establish()
	if err != nil {
		return nil, err
	}
	defer C.SCardReleaseContext(ctx)
	names, err := readers(ctx)
	if err != nil {
		return nil, err
	}
	states := make([]State, 0, len(names))
	for _, name := range names {
		s, err := state(ctx, name)
		if err == UnknownReader || err == ReaderUnavailable { // unplugged just now
			continue
		}
		if err != nil {
			return nil, err
		}
		states = append(states, s)
	}
	if len(states) == 0 {
		return nil, NoReaders
	}
	return states, nil
}

func readers(ctx C.SCARDCONTEXT) ([]string, error) {
	var n C.DWORD
	if err := check(C.SCardListReaders(ctx, nil, nil, &n)); err != nil {
		return nil, err
	}
	multi := make([]byte, n+2) // an empty list may have the length 0
	if err := check(C.SCardListReaders(ctx, nil, (*C.char)(unsafe.Pointer(&multi[0])), &n)); err != nil {
		return nil, err
	}
	var names []string
	for name := range bytes.SplitSeq(multi[:n], []byte{0}) {
		if len(name) > 0 {
			names = append(names, string(name))
		}
	}
	return names, nil
}

func state(ctx C.SCARDCONTEXT, name string) (State, error) {
	text := C.CString(name)
	defer C.free(unsafe.Pointer(text))
	var s C.SCARD_READERSTATE
	s.szReader = text
	s.dwCurrentState = C.SCARD_STATE_UNAWARE // so that it answers at once
	if err := check(C.SCardGetStatusChange(ctx, 0, &s, 1)); err != nil {
		return State{}, err
	}
	is := func(flag C.DWORD) bool { return C.DWORD(s.dwEventState)&flag != 0 }
	return State{
		Reader: name, Present: is(C.SCARD_STATE_PRESENT), InUse: is(C.SCARD_STATE_INUSE) || is(C.SCARD_STATE_EXCLUSIVE),
		Exclusive: is(C.SCARD_STATE_EXCLUSIVE), Mute: is(C.SCARD_STATE_MUTE),
		ATR: C.GoBytes(unsafe.Pointer(&s.rgbAtr[0]), C.int(min(int(s.cbAtr), len(s.rgbAtr)))),
	}, nil
}

// Card is a connection to a card. It is for one goroutine.
type Card struct {
	ctx      C.SCARDCONTEXT
	handle   C.SCARDHANDLE
	protocol C.DWORD
}

// Connect connects to the card in a reader: exclusively, which fails with SharingViolation
// while any other program is connected, or beside the others, which fails with it while one of
// them is there exclusively.
func Connect(reader string, exclusive bool) (*Card, error) {
	ctx, err := establish() // one each, since a call that waits holds up its whole context
	if err != nil {
		return nil, err
	}
	text := C.CString(reader)
	defer C.free(unsafe.Pointer(text))
	share := C.DWORD(C.SCARD_SHARE_SHARED)
	if exclusive {
		share = C.SCARD_SHARE_EXCLUSIVE
	}
	c := &Card{ctx: ctx}
	if err := check(C.SCardConnect(ctx, text, share, C.SCARD_PROTOCOL_T0|C.SCARD_PROTOCOL_T1, &c.handle, &c.protocol)); err != nil {
		C.SCardReleaseContext(ctx)
		return nil, err
	}
	return c, nil
}

// Begin keeps other programs from sending commands until End. It waits until none of them does
// the same.
func (c *Card) Begin() error { return check(C.SCardBeginTransaction(c.handle)) }

// End ends what Begin began, and leaves the card as it is.
func (c *Card) End() error { return check(C.SCardEndTransaction(c.handle, C.SCARD_LEAVE_CARD)) }

// Transmit sends one command APDU and returns the card's answer with its two status bytes.
func (c *Card) Transmit(command []byte) ([]byte, error) {
	answer := make([]byte, C.MAX_BUFFER_SIZE_EXTENDED)
	n := C.DWORD(len(answer))
	err := check(C.SCardTransmit(c.handle, C.pci(c.protocol),
		(*C.BYTE)(&command[0]), C.DWORD(len(command)), nil, (*C.BYTE)(&answer[0]), &n))
	if err != nil {
		return nil, err
	}
	return answer[:n], nil
}

// Close leaves the card to others as it is: selected, and with a PIN that was verified.
func (c *Card) Close() error { return c.disconnect(C.SCARD_LEAVE_CARD) }

// Reset leaves the card to others as if it had just been put in: it forgets a verified PIN.
func (c *Card) Reset() error { return c.disconnect(C.SCARD_RESET_CARD) }

func (c *Card) disconnect(disposition C.DWORD) error {
	err := check(C.SCardDisconnect(c.handle, disposition))
	C.SCardReleaseContext(c.ctx)
	return err
}
