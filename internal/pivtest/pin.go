package pivtest

import (
	"bytes"
	"crypto/subtle"
)

// The references of PIN and PUK (SP 800-73-5, part 1, table 4a).
const (
	referencePIN = 0x80
	referencePUK = 0x81
)

// referenceSize is what PIN and PUK are padded to with 0xff (SP 800-73-5, part 2, 2.4.3).
const referenceSize = 8

// A secret is a PIN or a PUK.
type secret struct {
	Value []byte // padded
	Tries int    // left; 0 is blocked
	Most  int
}

func newSecret(s string, tries int) secret {
	value := bytes.Repeat([]byte{0xff}, referenceSize)
	copy(value, s)
	return secret{value, tries, tries}
}

// check compares, and counts what is wrong.
func (s *secret) check(value []byte) status {
	switch {
	case s.Tries == 0:
		return statusBlocked
	case subtle.ConstantTimeCompare(s.Value, value) != 1:
		s.Tries--
		return s.wrong()
	}
	s.Tries = s.Most
	return statusOK
}

// wrong tells the tries left; there is no room for more than 15.
func (s *secret) wrong() status { return statusWrong | status(min(s.Tries, 15)) }

// takes says whether a new value has the form that the card demands: six to eight bytes, then
// padding. A plain card takes only digits for a PIN, and eight bytes for a PUK.
func (c *Card) takes(reference byte, value []byte) bool {
	text := bytes.TrimRight(value, "\xff")
	if len(text) < 6 || bytes.IndexByte(text, 0xff) >= 0 {
		return false
	}
	if !c.state.Plain {
		return true
	}
	if reference == referencePUK {
		return len(text) == referenceSize
	}
	return len(bytes.Trim(text, "0123456789")) == 0
}

// verify checks the PIN; without data it tells the tries left, and P1 FF forgets it (SP
// 800-73-5, part 2, 3.2.1).
func (c *Card) verify(cmd command) ([]byte, status) {
	pin := &c.state.PIN
	switch {
	case cmd.p2 != referencePIN:
		return nil, statusReference
	case cmd.p1 == 0xff && len(cmd.data) == 0:
		c.verified, c.fresh = false, false
		return nil, statusOK
	case cmd.p1 != 0:
		return nil, statusP1P2
	case len(cmd.data) == 0 && c.verified:
		return nil, statusOK
	case len(cmd.data) == 0 && pin.Tries == 0:
		return nil, statusBlocked
	case len(cmd.data) == 0:
		return nil, pin.wrong()
	case len(cmd.data) != referenceSize:
		return nil, statusData
	}
	s := pin.check(cmd.data)
	c.verified = s == statusOK
	c.fresh = c.verified
	return nil, c.saved(s)
}

// changeReference replaces PIN or PUK by one who knows it (3.2.2). On a plain card the new PIN is
// then verified, as the standard has it; Yubico says nothing of that, so that it is not here:
// a client that verifies works with both.
func (c *Card) changeReference(cmd command) ([]byte, status) {
	held := map[byte]*secret{referencePIN: &c.state.PIN, referencePUK: &c.state.PUK}[cmd.p2]
	switch {
	case held == nil || cmd.p2 == referencePUK && c.state.NoPUK:
		return nil, statusReference
	case cmd.p1 != 0:
		return nil, statusP1P2
	case len(cmd.data) != 2*referenceSize:
		return nil, statusData
	}
	s := held.check(cmd.data[:referenceSize])
	if s == statusOK && !c.takes(cmd.p2, cmd.data[referenceSize:]) {
		s = statusData
	} else if s == statusOK {
		held.Value = bytes.Clone(cmd.data[referenceSize:])
	}
	if cmd.p2 == referencePIN {
		c.verified = s == statusOK && c.state.Plain
	}
	return nil, c.saved(s)
}

// resetRetry sets a new PIN with the PUK (3.2.3).
func (c *Card) resetRetry(cmd command) ([]byte, status) {
	switch {
	case cmd.p2 != referencePIN || c.state.NoPUK:
		return nil, statusReference
	case cmd.p1 != 0:
		return nil, statusP1P2
	case len(cmd.data) != 2*referenceSize:
		return nil, statusData
	}
	s := c.state.PUK.check(cmd.data[:referenceSize])
	if s == statusOK && !c.takes(referencePIN, cmd.data[referenceSize:]) {
		s = statusData
	} else if s == statusOK {
		c.state.PIN.Value = bytes.Clone(cmd.data[referenceSize:])
		c.state.PIN.Tries = c.state.PIN.Most
	}
	return nil, c.saved(s)
}

// setRetries is Yubico's: it sets the tries, and PIN and PUK are the factory's again.
func (c *Card) setRetries(cmd command) ([]byte, status) {
	switch {
	case !c.admin || !c.verified:
		return nil, statusSecurity
	case cmd.p1 == 0 || cmd.p2 == 0:
		return nil, statusP1P2
	}
	c.state.PIN = newSecret(DefaultPIN, int(cmd.p1))
	c.state.PUK = newSecret(DefaultPUK, int(cmd.p2))
	c.verified = false
	return nil, c.saved(statusOK)
}

// reset is Yubico's: all but the attestation key goes, once nobody can get in any more.
func (c *Card) reset(cmd command) ([]byte, status) {
	switch {
	case cmd.p1 != 0 || cmd.p2 != 0:
		return nil, statusP1P2
	case c.state.PIN.Tries != 0 || c.state.PUK.Tries != 0:
		return nil, statusConditions
	}
	c.state.blank()
	c.session = session{selected: applicationPIV}
	return nil, c.saved(statusOK)
}
