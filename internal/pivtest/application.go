package pivtest

import (
	"bytes"
	"encoding/binary"
)

// An application is one of those on the card.
type application int

const (
	applicationNone application = iota
	applicationPIV
	applicationManagement // Yubico's: the form factor
	applicationOTP        // Yubico's: the serial number, before firmware 5
)

// Their identifiers. The PIV card application's ends with its version (SP 800-73-5, part 1, 2.2).
var (
	aidPIV        = []byte{0xa0, 0, 0, 3, 8, 0, 0, 0x10, 0, 1, 0}
	aidManagement = []byte{0xa0, 0, 0, 5, 0x27, 0x47, 0x11, 0x17}
	aidOTP        = []byte{0xa0, 0, 0, 5, 0x27, 0x20, 0x01, 0x01}
)

// shortestAID is the registered part of an identifier.
const shortestAID = 5

// selectApplication chooses by identifier, whole or with its end cut off. Whatever is not on the
// card is not found: a card that says yes to all is taken for another.
func (c *Card) selectApplication(cmd command) ([]byte, status) {
	if cmd.p1 != 0x04 || cmd.p2&^0x0c != 0 {
		return nil, statusP1P2
	}
	names := func(aid []byte) bool { return len(cmd.data) >= shortestAID && bytes.HasPrefix(aid, cmd.data) }
	switch {
	case names(aidPIV):
		c.selectPIV()
		return applicationProperties(), statusOK
	case c.state.Plain:
	case bytes.Equal(cmd.data, aidManagement):
		c.session = session{selected: applicationManagement}
		return []byte("Virtual mgr - FW version " + c.state.version()), statusOK
	case bytes.Equal(cmd.data, aidOTP):
		c.session = session{selected: applicationOTP}
		v := c.state.Firmware
		return []byte{v.Major, v.Minor, v.Patch, 0, 0, 0}, statusOK
	}
	// What was selected stays, and forgets who was verified (SP 800-73-5, part 2, 3.1.1).
	c.session = session{selected: c.selected}
	return nil, statusNotFound
}

// selectPIV: selecting it again changes nothing (SP 800-73-5, part 2, 3.1.1), but a YubiKey forgets.
func (c *Card) selectPIV() {
	if c.state.Plain && c.selected == applicationPIV {
		return
	}
	c.session = session{selected: applicationPIV}
}

// applicationProperties is the answer to SELECT (SP 800-73-5, part 2, table 3).
func applicationProperties() []byte {
	return object(0x61, append(object(0x4f, aidPIV[5:]...), object(0x79, object(0x4f, aidPIV[:5]...)...)...)...)
}

// management answers READ CONFIG: what the card is.
func (c *Card) management(cmd command) ([]byte, status) {
	if cmd.ins != 0x1d {
		return nil, statusUnknown
	}
	v := c.state.Firmware
	info := object(0x02, binary.BigEndian.AppendUint32(nil, c.state.Serial)...)
	info = append(info, object(0x04, byte(c.state.Form))...)
	info = append(info, object(0x05, v.Major, v.Minor, v.Patch)...)
	return append([]byte{byte(len(info))}, info...), statusOK
}

// otp answers the request for the serial number.
func (c *Card) otp(cmd command) ([]byte, status) {
	if cmd.ins != 0x01 || cmd.p1 != 0x10 {
		return nil, statusUnknown
	}
	return binary.BigEndian.AppendUint32(nil, c.state.Serial), statusOK
}
