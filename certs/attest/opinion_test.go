//go:build cgo

package attest_test

import (
	"crypto/x509"
	"testing"

	"github.com/go-piv/piv-go/v2/piv"

	"mais/certs/attest"
	"mais/certs/attest/attesttest"
	"mais/internal/pivtest"
)

// TestSecondOpinion: piv-go reads the same out of every statement that is believed here, of
// genuine cards, of the tests' own and of the emulated card's maker.
func TestSecondOpinion(t *testing.T) {
	maker := attesttest.NewMaker(t, "Test Maker")
	ours := x509.NewCertPool()
	ours.AddCert(maker.Certificate)
	mine, err := attest.NewRoots(maker.Certificate)
	if err != nil {
		t.Fatal(err)
	}
	for file := range genuine {
		chain := chainOf(t, file)
		got, err := yubico(t).Verify(chain, chain[0].PublicKey, now)
		agree(t, file, got, err, piv.Verifier{}, chain)
	}
	for _, s := range []attest.Statement{
		{Serial: 1, Firmware: attest.Version{Major: 5, Minor: 4, Patch: 3}, Slot: 0x9a, PIN: attest.PINNever, Touch: attest.TouchCached, Form: 0x81},
		{Serial: 1<<32 - 1, Firmware: attest.Version{Major: 5, Minor: 7}, Slot: 0x82, PIN: attest.MatchAlways, Touch: attest.TouchAlways, Form: 7},
		{Firmware: attest.Version{Major: 4, Minor: 3}, Slot: 0x9e, PIN: attest.PINAlways, Touch: attest.TouchNever},
	} {
		key := newKey(t).Public()
		chain := maker.Card(t, s.Serial, func(says *attest.Statement) { *says = s }).Attest(t, key)
		got, err := mine.Verify(chain, key, now)
		agree(t, "a card of the tests", got, err, piv.Verifier{Roots: ours}, chain)
	}
}

func TestSecondOpinionOnTheEmulator(t *testing.T) {
	maker, err := pivtest.NewMaker("Emulated Cards")
	if err != nil {
		t.Fatal(err)
	}
	pool := x509.NewCertPool()
	pool.AddCert(maker.Root())
	roots, err := attest.NewRoots(maker.Root())
	if err != nil {
		t.Fatal(err)
	}
	key := newKey(t).Public()
	chain, err := maker.Attest(pivtest.Claim{
		Key: key, Slot: 0x9c, PIN: attest.PINAlways, Touch: attest.TouchCached, Serial: 1 << 31, Firmware: attest.Version{Major: 5, Minor: 7, Patch: 1}, Form: 0x84,
	})
	if err != nil {
		t.Fatal(err)
	}
	got, err := roots.Verify(chain, key, now)
	agree(t, "an emulated card", got, err, piv.Verifier{Roots: pool}, chain)
}

func agree(t *testing.T, what string, got attest.Statement, err error, v piv.Verifier, chain []*x509.Certificate) {
	t.Helper()
	card := *chain[1] // piv-go writes into it
	other, theirs := v.Verify(&card, chain[0])
	if err != nil || theirs != nil {
		t.Fatalf("%s: %v here, %v by piv-go", what, err, theirs)
	}
	same := other.Serial == got.Serial && byte(other.Slot.Key) == got.Slot && byte(other.Formfactor) == byte(got.Form) &&
		other.Version == (piv.Version{Major: int(got.Firmware.Major), Minor: int(got.Firmware.Minor), Patch: int(got.Firmware.Patch)}) &&
		other.PINPolicy == pinPolicies[got.PIN] && other.TouchPolicy == touchPolicies[got.Touch]
	if !same {
		t.Errorf("%s: %+v here, %+v by piv-go", what, got, other)
	}
}

var (
	pinPolicies = map[attest.PINPolicy]piv.PINPolicy{
		attest.PINNever: piv.PINPolicyNever, attest.PINOnce: piv.PINPolicyOnce, attest.PINAlways: piv.PINPolicyAlways,
		attest.MatchOnce: piv.PINPolicyMatchOnce, attest.MatchAlways: piv.PINPolicyMatchAlways,
	}
	touchPolicies = map[attest.TouchPolicy]piv.TouchPolicy{
		attest.TouchNever: piv.TouchPolicyNever, attest.TouchAlways: piv.TouchPolicyAlways, attest.TouchCached: piv.TouchPolicyCached,
	}
)
