// Package ocsp reads OCSP requests and writes OCSP responses (RFC 6960) with nonces (RFC
// 9654), which golang.org/x/crypto/ocsp cannot carry, and requests for several certificates,
// of which it sees the first. Start with [Parse] and [Response.Sign].
//
// It is the form alone: it knows no certificate, and what it signs is the caller's to know.
// Requests are read as strict DER and hold on to the bytes that they were read from.
package ocsp

import (
	"bytes"
	"crypto"
	"encoding/asn1"
	"encoding/hex"
	"errors"
	"fmt"

	"golang.org/x/crypto/cryptobyte"
	der "golang.org/x/crypto/cryptobyte/asn1"
)

// Bounds on a request. An honest one is below 200 bytes and asks for one certificate.
const (
	MaxRequest = 8 << 10
	MaxIDs     = 8
	maxNonce   = 128 // RFC 9654, 2.1
)

// ErrMalformed is returned for what is no request: the answer is malformedRequest.
var ErrMalformed = errors.New("ocsp: malformed request")

// Request asks for the status of one or more certificates.
type Request struct {
	IDs   []CertID
	Nonce []byte // 1 to 128 octets, or nil
}

// CertID names a certificate by its serial number and by hashes of its issuer's name and key
// (RFC 6960, 4.1.1).
type CertID struct {
	Hash     crypto.Hash // 0: one that we do not know
	NameHash []byte
	KeyHash  []byte
	Serial   []byte // the contents of an INTEGER
}

// SerialHex returns the serial in lower-case hexadecimal, two digits an octet, as the
// inventory has it; a serial that is not above zero gives "".
func (id CertID) SerialHex() string {
	serial := id.Serial
	if len(serial) > 1 && serial[0] == 0 {
		serial = serial[1:] // the sign
	} else if len(serial) == 0 || serial[0]&0x80 != 0 || serial[0] == 0 {
		return ""
	}
	return hex.EncodeToString(serial)
}

// hashes are those that name an issuer: SHA-1 is what every client sends, SHA-256 what some do.
var hashes = []struct {
	hash crypto.Hash
	oid  asn1.ObjectIdentifier
	der  []byte // contents of the OBJECT IDENTIFIER
}{
	{crypto.SHA1, asn1.ObjectIdentifier{1, 3, 14, 3, 2, 26}, []byte{0x2b, 0x0e, 0x03, 0x02, 0x1a}},
	{crypto.SHA256, asn1.ObjectIdentifier{2, 16, 840, 1, 101, 3, 4, 2, 1}, []byte{0x60, 0x86, 0x48, 0x01, 0x65, 0x03, 0x04, 0x02, 0x01}},
}

// nonceID is id-pkix-ocsp-nonce, 1.3.6.1.5.5.7.48.1.2, as the contents of an OBJECT IDENTIFIER.
var nonceID = []byte{0x2b, 0x06, 0x01, 0x05, 0x05, 0x07, 0x30, 0x01, 0x02}

var (
	tag0 = der.Tag(0).ContextSpecific().Constructed()
	tag1 = der.Tag(1).ContextSpecific().Constructed()
	tag2 = der.Tag(2).ContextSpecific().Constructed()
)

// Parse reads a request. Its signature, should it have one, and its requestor's name mean
// nothing here: anybody may ask. Errors wrap ErrMalformed.
//
//	OCSPRequest ::= SEQUENCE {
//	    tbsRequest            TBSRequest,
//	    optionalSignature [0] EXPLICIT Signature OPTIONAL }
func Parse(request []byte) (Request, error) {
	if len(request) > MaxRequest {
		return Request{}, fmt.Errorf("%w: %d bytes, at most %d", ErrMalformed, len(request), MaxRequest)
	}
	var whole, tbs cryptobyte.String
	in := cryptobyte.String(request)
	if !in.ReadASN1(&whole, der.SEQUENCE) || !in.Empty() || !whole.ReadASN1(&tbs, der.SEQUENCE) ||
		!whole.SkipOptionalASN1(tag0) || !whole.Empty() {
		return Request{}, fmt.Errorf("%w: not a sequence of a request", ErrMalformed)
	}
	r, err := parseTBS(tbs)
	if err != nil {
		return Request{}, fmt.Errorf("%w: %s", ErrMalformed, err)
	}
	return r, nil
}

// parseTBS reads what is asked.
//
//	TBSRequest ::= SEQUENCE {
//	    version           [0] EXPLICIT Version DEFAULT v1,
//	    requestorName     [1] EXPLICIT GeneralName OPTIONAL,
//	    requestList           SEQUENCE OF Request,
//	    requestExtensions [2] EXPLICIT Extensions OPTIONAL }
func parseTBS(tbs cryptobyte.String) (r Request, err error) {
	var version int
	var list, extensions cryptobyte.String
	var extended bool
	if !tbs.ReadOptionalASN1Integer(&version, tag0, 0) || version != 0 {
		return Request{}, errors.New("not version 1")
	}
	if !tbs.SkipOptionalASN1(tag1) || !tbs.ReadASN1(&list, der.SEQUENCE) ||
		!tbs.ReadOptionalASN1(&extensions, &extended, tag2) || !tbs.Empty() {
		return Request{}, errors.New("not a list of requests and perhaps extensions")
	}
	for !list.Empty() {
		if len(r.IDs) == MaxIDs {
			return Request{}, fmt.Errorf("more than %d certificates", MaxIDs)
		}
		id, err := parseOne(&list)
		if err != nil {
			return Request{}, err
		}
		r.IDs = append(r.IDs, id)
	}
	if len(r.IDs) == 0 {
		return Request{}, errors.New("no certificate")
	}
	if extended {
		r.Nonce, err = parseExtensions(extensions, true)
	}
	return r, err
}

// parseOne reads the name of one certificate.
//
//	Request ::= SEQUENCE {
//	    reqCert                     CertID,
//	    singleRequestExtensions [0] EXPLICIT Extensions OPTIONAL }
//	CertID ::= SEQUENCE {
//	    hashAlgorithm  AlgorithmIdentifier,
//	    issuerNameHash OCTET STRING,
//	    issuerKeyHash  OCTET STRING,
//	    serialNumber   CertificateSerialNumber }
func parseOne(list *cryptobyte.String) (id CertID, err error) {
	var one, cert, algorithm, oid, name, key, serial, extensions cryptobyte.String
	var extended bool
	if !list.ReadASN1(&one, der.SEQUENCE) || !one.ReadASN1(&cert, der.SEQUENCE) ||
		!one.ReadOptionalASN1(&extensions, &extended, tag0) || !one.Empty() ||
		!cert.ReadASN1(&algorithm, der.SEQUENCE) || !cert.ReadASN1(&name, der.OCTET_STRING) ||
		!cert.ReadASN1(&key, der.OCTET_STRING) || !cert.ReadASN1(&serial, der.INTEGER) || !cert.Empty() ||
		!algorithm.ReadASN1(&oid, der.OBJECT_IDENTIFIER) {
		return CertID{}, errors.New("not the name of a certificate")
	}
	if len(serial) == 0 || len(serial) > 1 && (serial[0] == 0 && serial[1]&0x80 == 0 || serial[0] == 0xff && serial[1]&0x80 != 0) {
		return CertID{}, errors.New("a serial number that is not in its shortest form")
	}
	if extended {
		if _, err := parseExtensions(extensions, false); err != nil {
			return CertID{}, err
		}
	}
	id = CertID{NameHash: name, KeyHash: key, Serial: serial}
	for _, h := range hashes {
		if bytes.Equal(oid, h.der) {
			id.Hash = h.hash
		}
	}
	return id, nil
}

// parseExtensions returns the nonce, if it is looked for. Extensions that nobody here knows
// are passed over unless they are critical (RFC 6960, 4.4).
func parseExtensions(in cryptobyte.String, wantNonce bool) (nonce []byte, err error) {
	var list cryptobyte.String
	if !in.ReadASN1(&list, der.SEQUENCE) || !in.Empty() {
		return nil, errors.New("not a list of extensions")
	}
	for !list.Empty() {
		var one, oid, value cryptobyte.String
		var critical bool
		if !list.ReadASN1(&one, der.SEQUENCE) || !one.ReadASN1(&oid, der.OBJECT_IDENTIFIER) ||
			one.PeekASN1Tag(der.BOOLEAN) && !one.ReadASN1Boolean(&critical) || !one.ReadASN1(&value, der.OCTET_STRING) || !one.Empty() {
			return nil, errors.New("not an extension")
		}
		switch {
		case wantNonce && bytes.Equal(oid, nonceID):
			if nonce != nil {
				return nil, errors.New("two nonces")
			}
			if nonce, err = parseNonce(value); err != nil {
				return nil, err
			}
		case critical:
			return nil, errors.New("a critical extension that is not understood")
		}
	}
	return nonce, nil
}

// parseNonce wants Nonce ::= OCTET STRING (SIZE(1..128)) inside the extension's value; any
// other length MUST be refused as malformed (RFC 9654, 2.1).
func parseNonce(value cryptobyte.String) ([]byte, error) {
	var nonce cryptobyte.String
	if !value.ReadASN1(&nonce, der.OCTET_STRING) || !value.Empty() || len(nonce) == 0 || len(nonce) > maxNonce {
		return nil, fmt.Errorf("not a nonce of 1 to %d octets", maxNonce)
	}
	return nonce, nil
}
