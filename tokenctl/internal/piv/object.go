package piv

import (
	"bytes"
	"compress/gzip"
	"crypto/rand"
	"crypto/x509"
	"encoding/hex"
	"fmt"
	"io"
)

// The data objects (NIST SP 800-73-5, part 1, table 3), and Yubico's own.
const (
	objectCHUID      = 0x5fc102
	objectCCC        = 0x5fc107
	objectProtected  = 0x5fc109 // Printed Information, where Yubico's tools keep the management key
	objectKeyHistory = 0x5fc10c
	objectAdmin      = 0x5fff00 // how the management key is kept; Yubico's tools read it
)

const tagObject = 0x53

// slotObject is a slot's key and the object that has its certificate.
type slotObject struct {
	name   string
	key    byte
	object uint32
}

var slotObjects = []slotObject{
	{Authentication, 0x9a, 0x5fc105},
	{Signature, 0x9c, 0x5fc10a},
	{KeyManagement, 0x9d, 0x5fc10b},
	{CardAuthentication, 0x9e, 0x5fc101},
}

// fascN is the Federal Agency Smart Credential Number of a card from outside the US
// government: agency code 9999 (SP 800-73-5, part 1, 3.1.2). Yubico's tools write the same.
var fascN = []byte{
	0xd4, 0xe7, 0x39, 0xda, 0x73, 0x9c, 0xed, 0x39, 0xce, 0x73, 0x9d, 0x83, 0x68,
	0x58, 0x21, 0x08, 0x42, 0x10, 0x84, 0x21, 0xc8, 0x42, 0x10, 0xc3, 0xeb,
}

// newCHUID makes a Card Holder Unique Identifier with a random GUID, which is a UUID of
// version 4 (SP 800-73-5, part 1, 3.4.1). Nobody signs it: MAIS trusts a card for its key.
func newCHUID() []byte {
	guid := random(16)
	guid[6] = guid[6]&0x0f | 0x40
	guid[8] = guid[8]&0x3f | 0x80
	return bytes.Join([][]byte{
		tlv(0x30, fascN...),
		tlv(0x34, guid...),
		tlv(0x35, []byte("20991231")...), // its certificates expire, the card does not
		tlv(0x3e),
		tlv(0xfe),
	}, nil)
}

// guidOf returns the GUID of a CHUID in hex, or nothing where it has none or zeros.
func guidOf(chuid []byte) string {
	guid, ok := find(chuid, 0x34)
	if !ok || len(guid) != 16 || bytes.Equal(guid, make([]byte, 16)) {
		return ""
	}
	return hex.EncodeToString(guid)
}

// newCCC makes a Card Capability Container with a random card identifier (SP 800-73-5, part
// 1, table 8). Windows reads it to tell cards apart.
func newCCC() []byte {
	identifier := append([]byte{0xa0, 0x00, 0x00, 0x01, 0x16, 0xff, 0x02}, random(14)...)
	return bytes.Join([][]byte{
		tlv(0xf0, identifier...), tlv(0xf1, 0x21), tlv(0xf2, 0x21), tlv(0xf3), tlv(0xf4, 0x00), tlv(0xf5, 0x10),
		tlv(0xf6), tlv(0xf7), tlv(0xfa), tlv(0xfb), tlv(0xfc), tlv(0xfd), tlv(0xfe),
	}, nil)
}

// withProtectedKey returns Yubico's administrative data with the word that the PIN guards the
// management key. What else it says stays, but for the salt of a key derived from the PIN.
func withProtectedKey(old []byte) []byte {
	const protected = 0x02
	flags, rest := byte(protected), []byte(nil)
	inner, _ := find(old, 0x80)
	for e, err := range elements(inner) {
		switch {
		case err != nil:
		case e.tag == 0x81 && len(e.value) == 1:
			flags |= e.value[0]
		case e.tag == 0x82:
		default:
			rest = append(rest, tlv(byte(e.tag), e.value...)...)
		}
	}
	return tlv(0x80, append(tlv(0x81, flags), rest...)...)
}

// protectedKey returns the management key that an object under the PIN keeps, or nothing.
func protectedKey(object []byte) []byte {
	inner, _ := find(object, 0x88)
	key, _ := find(inner, 0x89)
	if n := len(key); n != 16 && n != 24 && n != 32 {
		return nil
	}
	return key
}

// withManagementKey returns the object under the PIN with another management key. What else it
// says stays.
func withManagementKey(old, key []byte) []byte {
	var rest []byte
	inner, _ := find(old, 0x88)
	for e, err := range elements(inner) {
		if err == nil && e.tag != 0x89 {
			rest = append(rest, tlv(byte(e.tag), e.value...)...)
		}
	}
	return tlv(0x88, append(rest, tlv(0x89, key...)...)...)
}

// certificateIn reads a certificate object: tag 70 has the certificate, which bit 0 of 71
// says is compressed (SP 800-73-5, part 1, appendix A, table 14).
func certificateIn(object []byte) (*x509.Certificate, error) {
	der, ok := find(object, 0x70)
	if !ok {
		return nil, fmt.Errorf("read a certificate: %w", errTLV)
	}
	if info, ok := find(object, 0x71); ok && len(info) == 1 && info[0]&1 != 0 {
		unpack, err := gzip.NewReader(bytes.NewReader(der))
		if err != nil {
			return nil, fmt.Errorf("unpack a certificate: %w", err)
		}
		if der, err = io.ReadAll(io.LimitReader(unpack, maxTLV)); err != nil {
			return nil, fmt.Errorf("unpack a certificate: %w", err)
		}
	}
	return x509.ParseCertificate(der)
}

// retired returns how many retired keys the key history says have their certificate on the
// card (SP 800-73-5, part 1, 3.3.3): at most 20.
func retired(history []byte) int {
	n, ok := find(history, 0xc1)
	if !ok || len(n) != 1 {
		return 0
	}
	return min(int(n[0]), 20)
}

func random(n int) []byte {
	b := make([]byte, n)
	rand.Read(b) // never fails: crypto/rand
	return b
}
