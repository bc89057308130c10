package attest

import (
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/asn1"
	"math"
	"regexp"
	"strconv"
)

// The extensions of Yubico's statements (docs.yubico.com, PIV attestation OID arc). The values
// of all but the serial are bare bytes, and no DER.
var (
	extFirmware = asn1.ObjectIdentifier{1, 3, 6, 1, 4, 1, 41482, 3, 3} // three bytes
	extSerial   = asn1.ObjectIdentifier{1, 3, 6, 1, 4, 1, 41482, 3, 7} // an INTEGER
	extPolicy   = asn1.ObjectIdentifier{1, 3, 6, 1, 4, 1, 41482, 3, 8} // two bytes: PIN, touch
	extForm     = asn1.ObjectIdentifier{1, 3, 6, 1, 4, 1, 41482, 3, 9} // one byte
)

// subjectForm is the subject of a statement, which names the slot.
var subjectForm = regexp.MustCompile(`^YubiKey PIV Attestation ([0-9a-f]{2})$`)

// read reads a statement whose signature was checked. Firmware and policies must be there;
// serial and form factor may be missing, as of cards of before 5 and of cards that were set
// to hide their serial.
func read(statement *x509.Certificate) (Statement, error) {
	s := Statement{Key: statement.PublicKey}
	slot := subjectForm.FindStringSubmatch(statement.Subject.CommonName)
	if slot == nil || len(statement.Subject.Names) != 1 {
		return Statement{}, refuse(Malformed, "The statement names no slot of a card.")
	}
	n, err := strconv.ParseUint(slot[1], 16, 8)
	if err != nil {
		return Statement{}, refuse(Malformed, "The statement names no slot of a card.")
	}
	s.Slot = byte(n)
	seen := map[string]bool{}
	for _, e := range statement.Extensions {
		if seen[e.Id.String()] {
			return Statement{}, refuse(Malformed, "The statement says something twice.")
		}
		seen[e.Id.String()] = true
		if err := s.take(e); err != nil {
			return Statement{}, err
		}
	}
	if !seen[extFirmware.String()] || !seen[extPolicy.String()] {
		return Statement{}, refuse(Malformed, "The statement leaves out the card's firmware, or when its key wants the PIN.")
	}
	return s, nil
}

// take reads one extension; those that say other things are passed over.
func (s *Statement) take(e pkix.Extension) (err error) {
	switch {
	case e.Id.Equal(extFirmware):
		s.Firmware, err = firmware(e.Value)
	case e.Id.Equal(extSerial):
		s.Serial, err = serial(e.Value)
	case e.Id.Equal(extPolicy):
		if len(e.Value) != 2 || pinWords[PINPolicy(e.Value[0])][0] == "" || touchWords[TouchPolicy(e.Value[1])][0] == "" {
			return refuse(Malformed, "The statement gives policies for PIN and touch that there are not.")
		}
		s.PIN, s.Touch = PINPolicy(e.Value[0]), TouchPolicy(e.Value[1])
	case e.Id.Equal(extForm):
		if len(e.Value) != 1 {
			return refuse(Malformed, "The statement's form factor is not one byte.")
		}
		s.Form = FormFactor(e.Value[0])
	}
	return err
}

func firmware(value []byte) (Version, error) {
	if len(value) != 3 || value[0] == 0 {
		return Version{}, refuse(Malformed, "The firmware version is not three bytes.")
	}
	return Version{value[0], value[1], value[2]}, nil
}

func serial(value []byte) (uint32, error) {
	var n int64
	rest, err := asn1.Unmarshal(value, &n)
	if err != nil || len(rest) > 0 || n < 1 || n > math.MaxUint32 {
		return 0, refuse(Malformed, "The statement's serial is not a number of a card.")
	}
	return uint32(n), nil
}

// sameFirmware compares what a card's own certificate says of its firmware, if it does.
func sameFirmware(card *x509.Certificate, want Version) error {
	for _, e := range card.Extensions {
		if !e.Id.Equal(extFirmware) {
			continue
		}
		if got, err := firmware(e.Value); err != nil || got != want {
			return refuse(Malformed, "The statement gives another firmware than the card's own certificate.")
		}
	}
	return nil
}
