package watch

import (
	"crypto/sha256"
	"crypto/x509"
	"encoding/binary"
	"fmt"
	"math"
	"math/big"
	"time"
)

// Share is a part of a token's life after which it is renewed, from 0 to 9/10. It is a flag:
// "2/3" and "0.67" are both understood.
type Share struct {
	value float64
	text  string
}

// TwoThirds is the share that the service expects, and the default.
func TwoThirds() Share { return Share{2.0 / 3, "2/3"} }

const (
	latest       = 0.9
	maxShareText = 8

	// spread is the part of the remaining life over which the renewals of many sites spread,
	// and pause the part of a whole life between two renewals of one.
	spread, pause = 10, 10
)

// String returns the share as it was written.
func (s *Share) String() string { return s.text }

// Type names the flag's value in help.
func (s *Share) Type() string { return "share" }

// Set parses a share.
func (s *Share) Set(text string) error {
	if len(text) > maxShareText {
		return fmt.Errorf("%.20q is too long for a share of the token's life", text)
	}
	r, ok := new(big.Rat).SetString(text)
	if !ok {
		return fmt.Errorf("%q is neither a fraction such as 2/3 nor a decimal such as 0.67", text)
	}
	value, _ := r.Float64()
	if value < 0 || value > latest || math.IsNaN(value) {
		return fmt.Errorf("%s is not between 0 and 0.9 of the token's life", text)
	}
	*s = Share{value, text}
	return nil
}

// Due returns when a certificate is renewed: after the share of its life, and then up to a
// tenth of what remains. How much, its serial decides, which is random: sites that enrolled
// on the same day spread, and each keeps its moment however often it is started again.
// A share of 0 is at once.
func (s Share) Due(cert *x509.Certificate) time.Time {
	if s.value == 0 {
		return cert.NotBefore
	}
	life := cert.NotAfter.Sub(cert.NotBefore)
	from := time.Duration(s.value * float64(life))
	return cert.NotBefore.Add(from + time.Duration(place(cert)*float64((life-from)/spread)))
}

// place maps a serial evenly to [0, 1).
func place(cert *x509.Certificate) float64 {
	digest := sha256.Sum256(append([]byte("mais renewal "), cert.SerialNumber.Bytes()...))
	return float64(binary.BigEndian.Uint64(digest[:])>>11) / (1 << 53)
}
