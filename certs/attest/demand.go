package attest

import (
	"crypto/ecdsa"
	"crypto/rsa"
	"slices"
)

// LoginSlot is the one that SP 800-73-5 (part 1, table 5) has for signing in: with the PIN, as 9E
// has not.
const LoginSlot = 0x9a

// Demand is what is demanded of a key on a card; the zero Demand takes none.
type Demand struct {
	Slots    []byte
	PIN      []PINPolicy
	Touch    []TouchPolicy
	Firmware Version // and later
}

// Firmware with faults that its makers have published. The versions are Yubico's; of another
// maker they are taken to mean the same.
var (
	// RSA keys that these make can be factored (CVE-2017-15361, YSA-2017-01).
	weakRSAFrom, weakRSATo = Version{4, 2, 6}, Version{4, 3, 4}
	// These FIPS keys make nonces, and RSA keys, of few random bits after they get power: a few
	// signatures give an ECDSA key away (YSA-2019-02).
	weakRandomFrom, weakRandomTo = Version{4, 4, 2}, Version{4, 4, 4}
	// ECDSA keys can be read out of earlier ones by whoever has the card, its PIN, and
	// equipment to open and listen to it (CVE-2024-45678, YSA-2024-03).
	sideChannelUntil = Version{5, 7, 0}
)

// Check says whether a key is held as demanded: ErrDemand when not, as an [*Error] that says
// why. A key that is known to be weak is refused whatever is demanded, and so is one on a card
// without a serial, which nobody could find again.
func (d Demand) Check(s Statement) error {
	_, isRSA := s.Key.(*rsa.PublicKey)
	switch {
	case s.Firmware.within(weakRandomFrom, weakRandomTo):
		return refuse(OldFirmware, "Keys of firmware %s can be computed from what they sign (YSA-2019-02): use another card.", s.Firmware)
	case isRSA && s.Firmware.within(weakRSAFrom, weakRSATo):
		return refuse(OldFirmware, "RSA keys that firmware %s makes can be factored (CVE-2017-15361): use another card.", s.Firmware)
	case s.Firmware.Compare(d.Firmware) < 0:
		return refuse(OldFirmware, "The card's firmware is %s; from %s on is taken.", s.Firmware, d.Firmware)
	case !slices.Contains(d.Slots, s.Slot):
		return refuse(WrongSlot, "The key is in slot %02X; %s is for signing in.", s.Slot, slotList(d.Slots))
	case !slices.Contains(d.PIN, s.PIN):
		return refuse(WrongPIN, "The key wants the PIN %s, which is not taken here.", s.PIN)
	case !slices.Contains(d.Touch, s.Touch):
		return refuse(WrongTouch, "The key wants a touch %s, which is not taken here.", s.Touch)
	case s.Serial == 0:
		return refuse(NoSerial, "The card does not tell its serial number: make it visible, or use another card.")
	}
	return nil
}

// within reports whether v is one of the versions from first to last.
func (v Version) within(first, last Version) bool {
	return v.Compare(first) >= 0 && v.Compare(last) <= 0
}

func slotList(slots []byte) (text string) {
	for n, slot := range slots {
		if n > 0 {
			text += " or "
		}
		text += string("0123456789ABCDEF"[slot>>4]) + string("0123456789ABCDEF"[slot&15])
	}
	return text
}

// Warnings returns what administrators should know of a key that was taken, a sentence each.
func (s Statement) Warnings() []string {
	_, isECDSA := s.Key.(*ecdsa.PublicKey)
	return s.Firmware.Warnings(isECDSA)
}

// Warnings is Statement.Warnings for who has kept only the firmware, and whether the key is
// one for ECDSA. Of the zero Version, which nobody told, it knows nothing.
func (v Version) Warnings(isECDSA bool) (all []string) {
	if isECDSA && v != (Version{}) && v.Compare(sideChannelUntil) < 0 {
		all = append(all, "Firmware before 5.7.0: whoever has the card in a laboratory for some time can copy its key (CVE-2024-45678). "+
			"Put a lost card on hold at once, and revoke it even when it is found.")
	}
	return all
}
