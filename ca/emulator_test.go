package ca_test

import (
	"testing"
	"time"

	"mais/ca"
	"mais/ca/catest"
	"mais/certs"
	"mais/certs/attest"
	"mais/internal/pivtest"
)

// TestEmulatedMaker: what the emulated card's maker says is read as it was meant, and by its
// claims decides the level.
func TestEmulatedMaker(t *testing.T) {
	maker, err := pivtest.NewMaker("Test Cards")
	if err != nil {
		t.Fatal(err)
	}
	roots, err := attest.NewRoots(maker.Root())
	if err != nil {
		t.Fatal(err)
	}
	s := station{fixture: newFixture(t, func(o *ca.Options) {
		o.Attestation = ca.Attestation{Roots: roots, Demand: attest.Demand{
			Slots: []byte{slot9A}, PIN: []attest.PINPolicy{attest.PINOnce}, Touch: []attest.TouchPolicy{attest.TouchNever},
		}}
	})}
	for _, test := range []struct {
		pin   attest.PINPolicy
		slot  byte
		cause ca.Cause
	}{{attest.PINOnce, slot9A, ""}, {attest.PINNever, slot9A, ca.CardPIN}, {attest.PINOnce, 0x9e, ca.CardSlot}} {
		key := catest.Key(t)
		claim := pivtest.Claim{Key: key.Public(), Slot: test.slot, PIN: test.pin, Touch: attest.TouchNever, Serial: 4711,
			Firmware: attest.Version{Major: 5, Minor: 4, Patch: 3}, Form: 0x82}
		chain, err := maker.Attest(claim)
		if err != nil {
			t.Fatal(err)
		}
		said, err := roots.Verify(chain, key.Public(), time.Now())
		if err != nil || said.Slot != claim.Slot || said.PIN != claim.PIN || said.Touch != claim.Touch || said.Serial != claim.Serial ||
			said.Firmware != claim.Firmware || said.Form != claim.Form || said.Maker != "Test Cards" {
			t.Errorf("Verify = %+v, %v, want %+v", said, err, claim)
		}
		issued, err := s.enrolWith(t, invitation(t), key, ca.Evidence{Attestation: [][]byte{chain[0].Raw, chain[1].Raw}})
		switch {
		case test.cause != "":
			wantRefused(t, string(test.cause), err, test.cause)
		case err != nil || level(t, issued) != certs.Attested:
			t.Errorf("level %v, %v", level(t, issued), err)
		}
	}
}
