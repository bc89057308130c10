package piv

import (
	"errors"
	"fmt"

	"mais/certs"
)

// summary reads all that a card tells without a secret. Quietly, it asks nothing that changes
// what another program has selected or verified; a card on which that is not to be had gives
// errElsewhere.
func (a *applet) summary(quiet bool) (Summary, error) {
	s := Summary{Kind: Plain, PINTries: -1, PUKTries: -1}
	if quiet && !a.chosen() {
		return Summary{}, errElsewhere
	}
	if !quiet {
		err := a.choose(aidPIV)
		if _, refused := statusOf(err); refused {
			return Summary{Kind: Other, PINTries: -1, PUKTries: -1}, nil
		}
		if err != nil {
			return Summary{}, err
		}
	}
	v, err := a.version()
	if err == nil {
		s.Kind, s.Firmware = YubiKey, v
		if v.Major >= 5 || !quiet {
			s.Serial, _ = a.serial(v) // one that is not told stays 0
		}
	} else if _, refused := statusOf(err); !refused {
		return Summary{}, err
	}
	if err := a.secrets(&s); err != nil {
		return Summary{}, err
	}
	chuid, err := a.object(objectCHUID)
	if err == nil {
		s.GUID = guidOf(chuid)
	}
	if s.Slots, err = a.slots(s.Kind == YubiKey && atLeast(v, 5, 3)); err != nil {
		return Summary{}, err
	}
	return s, nil
}

// errElsewhere says that another program uses another application of the card.
var errElsewhere = errors.New("another application of the card is in use")

// secrets reads tries and what is the factory's. Only a card that went is an error.
func (a *applet) secrets(s *Summary) error {
	var err error
	if s.PINTries, err = a.pinTries(); isGone(err) {
		return err
	}
	if s.Kind != YubiKey || !atLeast(s.Firmware, 5, 3) {
		return nil
	}
	for _, secret := range []struct {
		name      string
		reference byte
		tries     *int
	}{{"PIN", refPIN, &s.PINTries}, {"PUK", refPUK, &s.PUKTries}, {"management key", refManagement, nil}} {
		m, err := a.metadata(secret.reference)
		if isGone(err) {
			return err
		}
		if word, _ := statusOf(err); secret.reference == refPUK && word == noReference {
			s.NoPUK = true
		}
		if err != nil {
			continue
		}
		s.TellsFactory = true
		if m.factory {
			s.Factory = append(s.Factory, secret.name)
		}
		if secret.tries != nil && m.left >= 0 {
			*secret.tries = m.left
		}
		if secret.reference == refManagement {
			s.ManagementKey = algorithmName(m.algorithm)
		}
	}
	_, err = a.metadata(refFinger)
	s.Finger = err == nil
	return nil
}

// slots reads the slots that hold something, the retired ones among them whose certificates
// the key history counts.
func (a *applet) slots(tellsKeys bool) ([]Slot, error) {
	wanted := slotObjects
	if history, err := a.object(objectKeyHistory); err == nil {
		for n := range retired(history) {
			key := byte(0x82 + n)
			wanted = append(wanted[:len(wanted):len(wanted)], slotObject{fmt.Sprintf("%02x", key), key, uint32(0x5fc10d + n)})
		}
	}
	var slots []Slot
	for _, w := range wanted {
		slot := Slot{Name: w.name}
		held := false
		if tellsKeys {
			m, err := a.metadata(w.key)
			if isGone(err) {
				return nil, err
			}
			if held = err == nil; held {
				slot.PIN, slot.Touch, slot.Generated, slot.Public = m.pin, m.touch, m.generated, m.public
				slot.KeyType = certs.KeyType(algorithmName(m.algorithm))
			}
		}
		object, err := a.object(w.object)
		if isGone(err) {
			return nil, err
		}
		if err == nil && len(object) > 0 {
			if slot.Certificate, err = certificateIn(object); err == nil && slot.KeyType == "" {
				slot.KeyType = certs.KeyTypeOf(slot.Certificate.PublicKey)
			}
			held = true
		}
		if held {
			slots = append(slots, slot)
		}
	}
	return slots, nil
}
