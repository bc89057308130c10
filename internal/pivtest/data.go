package pivtest

import (
	"bytes"
	"crypto/rand"
)

// The data objects that the card knows something of (SP 800-73-5, part 1, table 3); Yubico's
// begin with 5FFF.
const (
	objectDiscovery   = 0x7e
	objectCHUID       = 0x5fc102
	objectCCC         = 0x5fc107
	objectPrinted     = 0x5fc109
	objectKeyHistory  = 0x5fc10c
	objectAttestation = 0x5fff01
)

// maxObject is the largest data object, in bytes.
const maxObject = 3052

// withPIN are the objects that are read only with the PIN verified: printed information,
// fingerprints, facial image and iris.
var withPIN = map[uint32]bool{objectPrinted: true, 0x5fc103: true, 0x5fc108: true, 0x5fc121: true}

// certificateTags are the slots' certificates.
var certificateTags = func() map[byte]uint32 {
	tags := map[byte]uint32{slotAuthentication: 0x5fc105, slotSignature: 0x5fc10a, slotKeyManagement: 0x5fc10b, slotCardAuthentication: 0x5fc101}
	for slot := uint32(slotRetiredFirst); slot <= slotRetiredLast; slot++ {
		tags[byte(slot)] = 0x5fc10d + slot - slotRetiredFirst
	}
	return tags
}()

// certificateObject wraps a certificate: uncompressed, without an error code (SP 800-73-5, part
// 1, table 10).
func certificateObject(der []byte) []byte {
	return append(object(0x70, der...), 0x71, 1, 0, 0xfe, 0)
}

// discovery says where the application is and that the PIN of the card opens it (3.3.2).
func discovery() []byte {
	return object(objectDiscovery, append(object(0x4f, aidPIV...), object(0x5f2f, 0x40, 0x00)...)...)
}

// The data objects of GET DATA and PUT DATA.
const (
	tagList = 0x5c
	tagData = 0x53
)

// dataTag reads which object is meant.
func dataTag(cmd command) (tag uint32, rest []byte, s status) {
	list, rest, ok := readField(cmd.data)
	switch {
	case cmd.p1 != 0x3f || cmd.p2 != 0xff:
		return 0, nil, statusP1P2
	case !ok || list.tag != tagList || len(list.value) == 0 || len(list.value) > 3:
		return 0, nil, statusData
	}
	for _, b := range list.value {
		tag = tag<<8 | uint32(b)
	}
	return tag, rest, statusOK
}

// getData reads an object (SP 800-73-5, part 2, 3.1.2).
func (c *Card) getData(cmd command) ([]byte, status) {
	tag, _, s := dataTag(cmd)
	if s != statusOK {
		return nil, s
	}
	if tag == objectDiscovery {
		return discovery(), statusOK
	}
	held, ok := c.state.Objects[tag]
	switch {
	case withPIN[tag] && !c.verified:
		return nil, statusSecurity
	case !ok:
		return nil, statusNotFound
	}
	return object(tagData, held...), statusOK
}

// putData writes an object, and an empty one takes it away (3.3.1).
func (c *Card) putData(cmd command) ([]byte, status) {
	if !c.admin {
		return nil, statusSecurity
	}
	tag, rest, s := dataTag(cmd)
	if s != statusOK {
		return nil, s
	}
	data, rest, ok := readField(rest)
	switch {
	case !ok || len(rest) != 0 || data.tag != tagData || tag>>16 != 0x5f:
		return nil, statusData
	case len(data.value) > maxObject:
		return nil, statusFull
	case len(data.value) == 0:
		delete(c.state.Objects, tag)
	default:
		c.state.Objects[tag] = bytes.Clone(data.value)
	}
	return nil, c.saved(statusOK)
}

// personalise writes what an issuer of plain cards does: who the holder is not, what the card can
// do, and that it has had no keys before.
func (s *state) personalise() error {
	s.Objects[objectCHUID] = chuid()
	s.Objects[objectCCC] = capabilities()
	s.Objects[objectKeyHistory] = append(append(object(0xc1, 0), object(0xc2, 0)...), object(0xfe)...)
	return nil
}

// chuid is a card holder unique identifier of nobody: a number outside of the federal scheme, a
// GUID, and an expiry (SP 800-73-5, part 1, table 9). It is not signed.
func chuid() []byte {
	// FASC-N: agency 9999, system 9999, credential 999999, all nines and zeros (TIG SCEPACS 2.3, 6).
	number := []byte("\xd4\xe7\x39\xda\x73\x9c\xed\x39\xce\x73\x9d\x83\x68\x58\x21\x08\x42\x10\x84\x21\xc8\x42\x10\xc3\xeb")
	guid := make([]byte, 16)
	rand.Read(guid)
	b := object(0x30, number...)
	b = append(b, object(0x34, guid...)...)
	b = append(b, object(0x35, []byte("20491231")...)...)
	b = append(b, object(0x3e)...)
	return append(b, object(0xfe)...)
}

// capabilities is a card capability container with a card identifier and nothing else in it (table 8).
func capabilities() []byte {
	id := append([]byte{0xa0, 0, 0, 1, 0x16, 0xff, 0x02}, make([]byte, 14)...)
	rand.Read(id[7:])
	b := object(0xf0, id...)
	b = append(b, object(0xf1, 0x21)...)
	b = append(b, object(0xf2, 0x21)...)
	b = append(b, object(0xf3)...)
	b = append(b, object(0xf4, 0x00)...)
	b = append(b, object(0xf5, 0x10)...)
	for tag := uint32(0xf6); tag <= 0xfd; tag++ {
		if tag != 0xf8 && tag != 0xf9 {
			b = append(b, object(tag)...)
		}
	}
	return append(b, object(0xfe)...)
}
