package pivtest

import (
	"bytes"
	"encoding/binary"
)

// What Yubico's cards tell of themselves. The answers follow Yubico's page "PIV extensions".

func (c *Card) getVersion(command) ([]byte, status) {
	v := c.state.Firmware
	return []byte{v.Major, v.Minor, v.Patch}, statusOK
}

func (c *Card) getSerial(command) ([]byte, status) {
	return binary.BigEndian.AppendUint32(nil, c.state.Serial), statusOK
}

// The data objects of GET METADATA.
const (
	metaAlgorithm = 1
	metaPolicy    = 2 // PIN, touch
	metaOrigin    = 3
	metaPublic    = 4
	metaDefault   = 5 // the factory's value
	metaTries     = 6 // all, left
)

// getMetadata tells what is in a slot, and how PIN, PUK and management key stand.
func (c *Card) getMetadata(cmd command) ([]byte, status) {
	if cmd.p1 != 0 {
		return nil, statusP1P2
	}
	if cmd.p2 == referencePUK && c.state.NoPUK {
		return nil, statusReference
	}
	switch cmd.p2 {
	case referencePIN:
		return c.state.PIN.metadata(DefaultPIN), statusOK
	case referencePUK:
		return c.state.PUK.metadata(DefaultPUK), statusOK
	case slotManagement:
		return c.state.Management.metadata(), statusOK
	}
	k := c.state.Keys[cmd.p2]
	if k == nil {
		return nil, statusReference
	}
	return k.metadata(), statusOK
}

func (s secret) metadata(factory string) []byte {
	b := object(metaAlgorithm, 0xff)
	b = append(b, object(metaDefault, flag(bytes.Equal(s.Value, newSecret(factory, 0).Value)))...)
	return append(b, object(metaTries, byte(s.Most), byte(s.Tries))...)
}

func (k managementKey) metadata() []byte {
	b := object(metaAlgorithm, k.Algorithm)
	b = append(b, object(metaPolicy, 0, 1+flag(k.Touch))...)
	return append(b, object(metaDefault, flag(bytes.Equal(k.Value, DefaultManagementKey)))...)
}

func (k *key) metadata() []byte {
	b := object(metaAlgorithm, k.Algorithm)
	b = append(b, object(metaPolicy, byte(k.PIN), byte(k.Touch))...)
	b = append(b, object(metaOrigin, 2-flag(k.Generated))...)
	return append(b, object(metaPublic, publicKey(k.private.Public())...)...)
}

func flag(b bool) byte {
	if b {
		return 1
	}
	return 0
}

// attest certifies that the card made a slot's key, with the card's own key.
func (c *Card) attest(cmd command) ([]byte, status) {
	if forged := c.forged[cmd.p1]; forged != nil {
		return forged, statusOK
	}
	k, by := c.state.Keys[cmd.p1], c.state.Keys[slotAttestation]
	switch {
	case cmd.p2 != 0:
		return nil, statusP1P2
	case k == nil || by == nil || !k.Generated || cmd.p1 == slotAttestation:
		return nil, statusData
	}
	der, err := attestation(Claim{
		Key: k.private.Public(), Slot: cmd.p1, PIN: k.PIN, Touch: k.Touch,
		Serial: c.state.Serial, Firmware: c.state.Firmware, Form: c.state.Form,
	}, by.private)
	if err != nil {
		return nil, statusConditions
	}
	return der, statusOK
}
