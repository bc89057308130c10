package ca

import (
	"context"
	"fmt"
	"time"

	"mais/ca/internal/store"
	"mais/certs"
	"mais/certs/attest"
)

// CardKey is how a certificate's key is held on a card. What is zero or empty from PIN on was
// not proven.
type CardKey struct {
	Card     string // the ID of its Card; "": nobody vouches that the key is on one, and the rest is what the client said
	Serial   uint32 // of the card; 0: it tells none
	GUID     string
	Slot     byte
	Type     certs.KeyType
	Attested bool // its maker vouches for it; else serial, GUID and slot are what the client said or Witness saw

	PIN       attest.PINPolicy
	Touch     attest.TouchPolicy
	Firmware  attest.Version
	Form      attest.FormFactor
	Maker     string         // the common name of the maker's root
	Witness   certs.Identity // who saw the key being made on the card; zero: nobody did
	WitnessAt time.Time
}

// Warnings returns what administrators should know of the key, a sentence each.
func (k CardKey) Warnings() []string {
	return k.Firmware.Warnings(k.Type == certs.P256 || k.Type == certs.P384)
}

func cardKey(u store.CardUse) (CardKey, error) {
	k := CardKey{
		Card: u.Card, Serial: u.Serial, GUID: u.GUID, Slot: u.Slot, Type: certs.KeyType(u.KeyType), Attested: u.Firmware != "",
		PIN: attest.PINPolicy(u.PIN), Touch: attest.TouchPolicy(u.Touch), Form: attest.FormFactor(u.Form), Maker: u.Maker,
	}
	var err error
	if u.Firmware != "" {
		if k.Firmware, err = attest.ParseVersion(u.Firmware); err != nil {
			return CardKey{}, fmt.Errorf("card %s: %w", u.Card, err)
		}
	}
	if u.WitnessBy != "" {
		if k.Witness, err = certs.ParseIdentity(u.WitnessBy); err != nil {
			return CardKey{}, fmt.Errorf("card %s: %w", u.Card, err)
		}
		k.WitnessAt = u.WitnessAt
	}
	return k, nil
}

// withCards completes entries with the cards of their keys.
func (c *CA) withCards(ctx context.Context, all []Entry, err error) ([]Entry, error) {
	var refs []certs.Ref
	for _, e := range all {
		if e.Identity.Kind() == certs.User {
			refs = append(refs, e.Ref)
		}
	}
	if err != nil || len(refs) == 0 {
		return all, err
	}
	uses, err := store.CardUses(ctx, c.db, refs)
	if err != nil {
		return nil, err
	}
	for i, e := range all {
		if use, ok := uses[e.Ref]; ok {
			key, err := cardKey(use)
			if err != nil {
				return nil, err
			}
			all[i].Card = &key
		}
	}
	return all, nil
}
