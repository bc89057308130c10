package certs

import (
	"crypto/rand"
	"encoding/hex"
	"errors"
	"fmt"
	"math/big"
	"regexp"
	"strings"
)

// Ref names a certificate in the inventory: which of our issuers signed it, and its
// serial number. A serial alone names nothing, because each issuer has its own series
// (RFC 5280, 4.1.2.2). The zero Ref names no certificate. Refs are comparable.
type Ref struct {
	Issuer string // our name of the issuing certificate, such as "people-1"
	Serial string // as SerialHex gives it
}

// String returns issuer/serial, or the serial alone when the issuer is not known.
func (r Ref) String() string {
	if r.Issuer == "" {
		return r.Serial
	}
	return r.Issuer + "/" + r.Serial
}

// ErrIssuer is ParseRef's error for what cannot be our name of an issuer.
var ErrIssuer = errors.New("certs: what stands before the / does not name an issuer, such as people-1")

var issuerForm = regexp.MustCompile(`^[a-z]{1,32}(-[0-9]{1,8})?$`)

// ParseRef reads SERIAL or ISSUER/SERIAL as a person types or pastes it; see ParseSerial. Of a
// serial alone it leaves the issuer empty. That there is such a certificate it does not say.
func ParseRef(s string) (Ref, error) {
	issuer, serial, named := strings.Cut(strings.TrimSpace(s), "/")
	if !named {
		issuer, serial = "", issuer
	} else if !issuerForm.MatchString(issuer) {
		return Ref{}, ErrIssuer
	}
	serial, err := ParseSerial(strings.TrimSpace(serial))
	if err != nil {
		return Ref{}, err
	}
	return Ref{Issuer: issuer, Serial: serial}, nil
}

const serialBytes = 16

// NewSerial returns a fresh serial number with 126 random bits. Its first octet lies
// between 0x40 and 0x7f, so that it is positive, and always 32 hexadecimal digits whoever
// prints it (RFC 5280, 4.1.2.2 allows 20 octets and asks for a positive number).
func NewSerial() *big.Int {
	b := make([]byte, serialBytes)
	rand.Read(b) // never fails: crypto/rand
	b[0] = b[0]&0x3f | 0x40
	return new(big.Int).SetBytes(b)
}

// SerialHex returns the serial in lower-case hexadecimal, two digits an octet.
func SerialHex(serial *big.Int) string {
	if serial == nil || serial.Sign() <= 0 {
		return ""
	}
	return hex.EncodeToString(serial.Bytes())
}

// ParseSerial reads a serial as a person types or pastes it: hexadecimal in either case,
// colons and spaces between octets allowed. It returns SerialHex's form.
func ParseSerial(s string) (string, error) {
	digits := make([]byte, 0, 2*20)
	for _, c := range []byte(s) {
		switch {
		case c == ':' || c == ' ':
		case c >= '0' && c <= '9', c >= 'a' && c <= 'f':
			digits = append(digits, c)
		case c >= 'A' && c <= 'F':
			digits = append(digits, c+'a'-'A')
		default:
			return "", fmt.Errorf("certs: %q is not a serial number: want hexadecimal digits", s)
		}
		if len(digits) > 2*20 {
			return "", fmt.Errorf("certs: a serial number has at most 40 hexadecimal digits (RFC 5280, 4.1.2.2)")
		}
	}
	n, ok := new(big.Int).SetString(string(digits), 16)
	if !ok || n.Sign() == 0 {
		return "", fmt.Errorf("certs: %q is not a serial number: want hexadecimal digits", s)
	}
	return SerialHex(n), nil
}
