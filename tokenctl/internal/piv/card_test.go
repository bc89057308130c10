//go:build cgo

package piv

import (
	"context"
	"crypto"
	"crypto/ecdsa"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha256"
	"crypto/x509"
	"errors"
	"flag"
	"fmt"
	"math/big"
	"os"
	"os/exec"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"mais/certs"
	"mais/certs/attest"
	"mais/config"
	"mais/internal/pivtest"
	"mais/internal/pivtest/pcsc"
	"mais/tokenctl/internal/fault"
)

var (
	pin = config.NewSecret([]byte("482915"))
	puk = config.NewSecret([]byte("73049182"))
)

func secret(s string) config.Secret { return config.NewSecret([]byte(s)) }

// service starts a smart card service with a card in its first reader.
func service(t *testing.T, o pivtest.Options) (*pcsc.Service, *pivtest.Card) {
	t.Helper()
	s := pcsc.Start(t)
	s.Use(t)
	card := newCard(t, o)
	s.Insert(t, 0, card)
	return s, card
}

func newCard(t *testing.T, o pivtest.Options) *pivtest.Card {
	t.Helper()
	card, err := pivtest.New(o)
	if err != nil {
		t.Fatal(err)
	}
	return card
}

func open(t *testing.T, which Choice) *Card {
	t.Helper()
	c, err := Open(t.Context(), which, nil)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { c.Close() })
	return c
}

// with opens the only card, works and closes it, as commands do.
func with(t *testing.T, work func(c *Card) error) error {
	t.Helper()
	c, err := Open(t.Context(), Choice{}, nil)
	if err != nil {
		return err
	}
	defer c.Close()
	return work(c)
}

// personalise is Personalise of those who know what becomes of the PUK.
func personalise(c *Card, s Setup) error {
	_, err := c.Personalise(s)
	return err
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func certificateFor(t *testing.T, key crypto.Signer) *x509.Certificate {
	t.Helper()
	template := &x509.Certificate{SerialNumber: big.NewInt(1), NotBefore: time.Now(), NotAfter: time.Now().Add(time.Hour)}
	der, err := x509.CreateCertificate(rand.Reader, template, template, key.Public(), key)
	must(t, err)
	cert, err := x509.ParseCertificate(der)
	must(t, err)
	return cert
}

// TestLife takes a card from the factory to a signature and back, in each firmware that
// differs for us.
func TestLife(t *testing.T) {
	for name, test := range map[string]struct {
		firmware   attest.Version
		management string // "": the card does not tell
		types      []certs.KeyType
		lacks      []certs.KeyType
	}{
		"before metadata": {attest.Version{Major: 5, Minor: 2, Patch: 4}, "", []certs.KeyType{certs.P256}, []certs.KeyType{certs.RSA3072}},
		"AES":             {attest.Version{Major: 5, Minor: 4, Patch: 3}, "AES-192", []certs.KeyType{certs.P256, certs.P384, certs.RSA2048}, []certs.KeyType{certs.RSA4096}},
		"AES throughout":  {attest.Version{Major: 5, Minor: 7, Patch: 1}, "AES-192", []certs.KeyType{certs.P256, certs.RSA3072}, nil},
	} {
		t.Run(name, func(t *testing.T) {
			_, card := service(t, pivtest.Options{Firmware: test.firmware})
			must(t, with(t, func(c *Card) error { return personalise(c, Setup{PIN: pin, PUK: puk}) }))
			for _, keyType := range test.types {
				live(t, card, keyType)
			}
			for _, keyType := range test.lacks {
				err := with(t, func(c *Card) error {
					_, err := c.Generate(pin, KeySpec{Authentication, keyType, attest.PINOnce, attest.TouchNever})
					return err
				})
				if !fault.Is(err, fault.CardLacks) {
					t.Errorf("Generate(%s) = %v, want a card that lacks it", keyType, err)
				}
			}
			c := open(t, Choice{Serial: card.Serial()})
			s, err := c.Summary()
			must(t, err)
			if s.GUID == "" || s.ManagementKey != test.management || len(s.Factory) > 0 || s.Firmware != test.firmware || s.Serial != card.Serial() {
				t.Errorf("Summary() = %+v", s)
			}
			must(t, c.Reset())
			if s, err = c.Summary(); err != nil || len(s.Slots) > 0 || test.management != "" && !slices.Contains(s.Factory, "management key") {
				t.Errorf("after Reset: %+v, %v", s, err)
			}
		})
	}
}

// live makes a key, stores a certificate and signs in every way that TLS does.
func live(t *testing.T, card *pivtest.Card, keyType certs.KeyType) {
	t.Helper()
	var public crypto.PublicKey
	must(t, with(t, func(c *Card) (err error) {
		public, err = c.Generate(pin, KeySpec{Authentication, keyType, attest.PINAlways, attest.TouchNever})
		return err
	}))
	if got := certs.KeyTypeOf(public); got != keyType {
		t.Errorf("Generate(%s) made %s", keyType, got)
	}
	key := NewKey(Ref{Serial: card.Serial(), Slot: Authentication, PIN: attest.PINAlways}, public, Use{PIN: pin})
	cert := certificateFor(t, key)
	must(t, cert.CheckSignature(cert.SignatureAlgorithm, cert.RawTBSCertificate, cert.Signature))
	must(t, with(t, func(c *Card) error {
		if err := c.Store(pin, Authentication, cert); err != nil {
			return err
		}
		s, err := c.Summary()
		if err == nil && (len(s.Slots) != 1 || !s.Slots[0].Certificate.Equal(cert) || s.Slots[0].KeyType != keyType) {
			t.Errorf("Slots = %+v, want %s with the certificate", s.Slots, keyType)
		}
		return err
	}))
	digest := sha256.Sum256([]byte("sign me"))
	if public, ok := public.(*rsa.PublicKey); ok { // TLS 1.3 has PSS only
		opts := &rsa.PSSOptions{SaltLength: rsa.PSSSaltLengthEqualsHash, Hash: crypto.SHA256}
		signature, err := key.Sign(rand.Reader, digest[:], opts)
		must(t, err)
		must(t, rsa.VerifyPSS(public, crypto.SHA256, digest[:], signature, opts))
	}
	must(t, with(t, func(c *Card) error {
		signer, err := c.Signer(Authentication, public, pin, nil)
		if err != nil {
			return err
		}
		_, err = signer.Sign(rand.Reader, digest[:], crypto.SHA256)
		return err
	}))
	must(t, with(t, func(c *Card) error {
		chain, err := c.Attest(Authentication)
		if err == nil && !certs.SameKey(chain[0].PublicKey, public) {
			t.Errorf("the attestation is of another key")
		}
		return err
	}))
}

// acts are what a process of its own does with the only card: a command that is broken off
// ends its process, and what piv-go keeps of a card that was pulled out ends with it.
var acts = map[string]func(c *Card) error{
	"personalise":  func(c *Card) error { return personalise(c, Setup{PIN: pin, PUK: puk}) },
	"personalised": personalised,
	"supply":       func(c *Card) error { return supply(c, true) },
	"set tries":    func(c *Card) error { return c.SetTries(pin, puk, 5, 4) },
	"tries set":    triesSet,
}

// personalised fails unless the card is as Personalise leaves it, and wipes it.
func personalised(c *Card) error {
	if _, err := c.Generate(pin, KeySpec{Authentication, certs.P256, attest.PINOnce, attest.TouchNever}); err != nil {
		return err
	}
	if err := c.ChangePUK(puk, puk); err != nil {
		return err
	}
	a, err := c.plain()
	if err != nil {
		return err
	}
	for whose, key := range map[string][]byte{"factory's": pivtest.DefaultManagementKey, "supplier's": supplied} {
		if a.authenticate(key) == nil {
			return fmt.Errorf("the %s management key is in force", whose)
		}
	}
	for _, id := range []uint32{objectCHUID, objectCCC, objectAdmin} {
		if _, err := a.object(id); err != nil {
			return fmt.Errorf("object %06x: %w", id, err)
		}
	}
	return c.Reset()
}

// triesSet fails unless PIN and PUK are right and have the tries that were set, and undoes that.
func triesSet(c *Card) error {
	if err := errors.Join(c.VerifyPIN(pin), c.ChangePUK(puk, puk)); err != nil {
		return err
	}
	s, err := c.Summary()
	if err != nil || s.PINTries != 5 || s.PUKTries != 4 {
		return fmt.Errorf("tries %d and %d, %v", s.PINTries, s.PUKTries, err)
	}
	return c.SetTries(pin, puk, 3, 3)
}

const actVariable = "PIV_TEST_ACT"

func TestMain(m *testing.M) {
	act, ok := acts[os.Getenv(actVariable)]
	if !ok {
		flag.Set("test.parallel", "8") // they wait for pcscd, not for a processor
		os.Exit(m.Run())
	}
	c, err := Open(context.Background(), Choice{}, nil)
	if err == nil {
		err = act(c)
		c.Close()
	}
	if err != nil {
		fmt.Print(fault.Of(err).Kind)
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

// run does an act in a process of its own and returns the kind of fault that it ends with.
func run(t *testing.T, s *pcsc.Service, act string) fault.Kind {
	t.Helper()
	cmd := exec.Command(os.Args[0])
	cmd.Env = append(append(os.Environ(), s.Env()...), actVariable+"="+act)
	cmd.Stderr = t.Output()
	out, err := cmd.Output()
	var exit *exec.ExitError
	if err != nil && !errors.As(err, &exit) {
		t.Fatal(err)
	}
	return fault.Kind(out)
}

// breaks does an act over and over, each time with the card pulled out at another command: the
// card does it, and its answer is lost. (Pulled out before a command, it is as it was after the
// one before.) The card is put in again, the act run again, and the other act says whether the
// card is as it should be, and makes it as it was. There are as many readers at work as it
// takes for the time that pcscd needs to see a card.
func breaks(t *testing.T, firmware attest.Version, before []string, act, after string) {
	const hands = 6
	for hand := range hands {
		t.Run(fmt.Sprint(hand), func(t *testing.T) {
			t.Parallel()
			s := pcsc.Start(t)
			card := newCard(t, pivtest.Options{Firmware: firmware})
			s.Insert(t, 0, card)
			for n := 1 + hand; breakAt(t, s, card, n, before, act, after); n += hands {
			}
		})
	}
}

// breakAt reports whether the act has an n-th command.
func breakAt(t *testing.T, s *pcsc.Service, card *pivtest.Card, n int, before []string, act, after string) bool {
	t.Helper()
	for _, act := range before {
		if kind := run(t, s, act); kind != "" {
			t.Fatalf("%s: %s", act, kind)
		}
	}
	var pulled atomic.Bool
	card.Before(func(i int, _ []byte) pivtest.Fate {
		if i != n {
			return pivtest.Stay
		}
		pulled.Store(true)
		return pivtest.PullAfter
	})
	kind := run(t, s, act)
	if !pulled.Load() {
		if kind != "" || n < 15 {
			t.Errorf("%s, unbroken: %s after %d commands", act, kind, n-1)
		}
		return false
	}
	if kind != fault.CardRemoved && kind != fault.NoCard {
		t.Errorf("%s, broken at command %d: %q, want %q", act, n, kind, fault.CardRemoved)
	}
	s.AwaitPulled(t, 0)
	card.Before(nil)
	s.Insert(t, 0, card)
	for _, act := range []string{act, after} {
		if kind := run(t, s, act); kind != "" {
			t.Fatalf("%s after a break at command %d: %s", act, n, kind)
		}
	}
	return true
}

// TestPersonaliseBreaks: wherever Personalise is broken off, running it again leaves the card
// as an unbroken run does. So no break loses the management key.
func TestPersonaliseBreaks(t *testing.T) {
	aes := attest.Version{Major: 5, Minor: 4, Patch: 3}
	for name, test := range map[string]struct {
		firmware attest.Version
		before   []string
	}{
		"AES": {aes, nil}, "3DES, tells nothing": {untold, nil}, "a supplier's management key": {aes, []string{"supply"}},
	} {
		t.Run(name, func(t *testing.T) { breaks(t, test.firmware, test.before, "personalise", "personalised") })
	}
}

// TestSetTriesBreaks: likewise, and PIN and PUK are never left the factory's.
func TestSetTriesBreaks(t *testing.T) {
	breaks(t, attest.Version{Major: 5, Minor: 4, Patch: 3}, []string{"personalise"}, "set tries", "tries set")
}

// TestSecrets: wrong PINs until blocked, the PUK's help, a blocked PUK, and what they cost.
func TestSecrets(t *testing.T) {
	for name, o := range map[string]pivtest.Options{"YubiKey": {}, "plain card": {Plain: true}} {
		t.Run(name, func(t *testing.T) {
			_, card := service(t, o)
			c := open(t, Choice{})
			steps := []struct {
				act  func() error
				kind fault.Kind
				pins int // tries left after it; -1: the card does not tell
			}{
				{func() error { return c.VerifyPIN(secret("1234")) }, fault.Usage, 3},
				{func() error { return c.VerifyPIN(secret("999999")) }, fault.WrongPIN, 2},
				{func() error { return c.ChangePIN(secret("999999"), pin) }, fault.WrongPIN, 1},
				{func() error { return c.ChangePIN(secret(factoryPIN), pin) }, "", 3},
				{func() error { return c.VerifyPIN(secret("999999")) }, fault.WrongPIN, 2},
				{func() error { return c.VerifyPIN(pin) }, "", 3},
				{func() error { return c.VerifyPIN(secret("999999")) }, fault.WrongPIN, 2},
				{func() error { return c.VerifyPIN(secret("999999")) }, fault.WrongPIN, 1},
				{func() error { return c.VerifyPIN(secret("999999")) }, fault.PINBlocked, 0},
				{func() error { return c.VerifyPIN(pin) }, fault.PINBlocked, 0},
				{func() error { return c.Unblock(secret("00000000"), pin) }, fault.WrongPIN, 0},
				{func() error { return c.ChangePUK(secret(factoryPUK), puk) }, "", 0},
				{func() error { return c.Unblock(puk, secret("617283")) }, "", 3},
				{func() error { return c.VerifyPIN(secret("617283")) }, "", 3},
				{func() error { return c.ChangePUK(secret(factoryPUK), puk) }, fault.WrongPIN, 3},
				{func() error { return c.ChangePUK(secret(factoryPUK), puk) }, fault.WrongPIN, 3},
				{func() error { return c.ChangePUK(secret(factoryPUK), puk) }, fault.PUKBlocked, 3},
				{func() error { return c.Unblock(puk, pin) }, fault.PUKBlocked, 3},
			}
			for i, step := range steps {
				err := step.act()
				if step.kind == "" && err != nil || step.kind != "" && !fault.Is(err, step.kind) {
					t.Fatalf("step %d = %v, want %q", i, err, step.kind)
				}
				if pins, _ := card.Tries(); pins != step.pins {
					t.Fatalf("after step %d (%v) the PIN has %d tries, want %d", i, err, pins, step.pins)
				}
			}
		})
	}
}

// TestSetTries: a wrong PUK is found out before it becomes the PUK.
func TestSetTries(t *testing.T) {
	_, card := service(t, pivtest.Options{})
	must(t, with(t, func(c *Card) error { return personalise(c, Setup{PIN: pin, PUK: puk}) }))
	if err := with(t, func(c *Card) error { return c.SetTries(pin, secret("11112222"), 5, 4) }); !fault.Is(err, fault.WrongPIN) {
		t.Errorf("SetTries with a wrong PUK = %v", err)
	}
	if pins, puks := card.Tries(); pins != 3 || puks != 2 {
		t.Errorf("tries %d and %d, want 3 and 2", pins, puks)
	}
}

// TestForgets: a card that has seen the PIN is left without it.
func TestForgets(t *testing.T) {
	_, card := service(t, pivtest.Options{})
	must(t, with(t, func(c *Card) error { return c.VerifyPIN(secret(factoryPIN)) }))
	if answer := card.Transmit([]byte{0x00, 0x20, 0x00, 0x80}); cmp.Equal(answer, []byte{0x90, 0x00}) {
		t.Errorf("after Close the card says %x: the PIN is verified still", answer)
	}
}

// TestKey: concurrent signatures queue, a touch is announced, and another key is found out.
func TestKey(t *testing.T) {
	_, card := service(t, pivtest.Options{})
	must(t, with(t, func(c *Card) error { return personalise(c, Setup{PIN: pin, PUK: puk}) }))
	var public crypto.PublicKey
	must(t, with(t, func(c *Card) (err error) {
		public, err = c.Generate(pin, KeySpec{Authentication, certs.P256, attest.PINOnce, attest.TouchAlways})
		return err
	}))
	touches := make(chan struct{}, 16)
	ref := Ref{Serial: card.Serial(), Slot: Authentication, PIN: attest.PINOnce, Touch: attest.TouchAlways}
	key := NewKey(ref, public, Use{PIN: pin, Touch: func() { touches <- struct{}{} }})
	digest := sha256.Sum256([]byte("x"))
	card.Counted()
	_, err := key.Sign(rand.Reader, digest[:], crypto.SHA256)
	must(t, err)
	t.Logf("a signature: %v", card.Counted())

	done := make(chan error)
	for range 8 {
		other := NewKey(ref, public, Use{PIN: pin, Touch: func() { touches <- struct{}{} }})
		go func() {
			_, err := other.Sign(rand.Reader, digest[:], crypto.SHA256)
			done <- err
		}()
	}
	for range 8 {
		if err := <-done; err != nil {
			t.Errorf("a concurrent signature: %v", err)
		}
	}
	if len(touches) != 9 {
		t.Errorf("%d touches were announced, want 9", len(touches))
	}
	foreign, err := certs.NewKey()
	must(t, err)
	if _, err := NewKey(ref, foreign.Public(), Use{PIN: pin}).Sign(rand.Reader, digest[:], crypto.SHA256); !fault.Is(err, fault.Damaged) {
		t.Errorf("Sign with another key in the slot = %v", err)
	}
	if _, err := NewKey(Ref{Serial: 1, Slot: Authentication}, public, Use{PIN: pin}).Sign(rand.Reader, digest[:], crypto.SHA256); !fault.Is(err, fault.NoCard) {
		t.Errorf("Sign with another card in the reader = %v", err)
	}
	if _, err := NewKey(ref, public, Use{PIN: secret("999999")}).Sign(rand.Reader, digest[:], crypto.SHA256); !fault.Is(err, fault.WrongPIN) {
		t.Errorf("Sign with a wrong PIN = %v", err)
	}
	if _, ok := public.(*ecdsa.PublicKey); !ok {
		t.Errorf("the key is %T", public)
	}
}

// TestPersonaliseAgain: what was done is not done again, a PUK that was set stays, and a PIN
// that is to stay is only checked.
func TestPersonaliseAgain(t *testing.T) {
	for name, firmware := range map[string]attest.Version{"tells": {Major: 5, Minor: 4, Patch: 3}, "tells nothing": {Major: 5, Minor: 2, Patch: 4}} {
		t.Run(name, func(t *testing.T) {
			_, card := service(t, pivtest.Options{Firmware: firmware})
			for _, s := range []Setup{{PIN: pin, PUK: puk}, {PIN: pin, PUK: secret("kG7-p2x9")}, {OldPIN: pin, PIN: pin}, {OldPIN: pin, PIN: secret("617284")}, {OldPIN: secret("617284"), OldPUK: puk, PIN: pin, PUK: puk}} {
				card.Counted()
				must(t, with(t, func(c *Card) error { return personalise(c, s) }))
			}
			if sent := card.Counted(); sent[0xdb]+sent[0xff] > 0 {
				t.Errorf("the last run wrote again: %v", sent)
			}
			must(t, with(t, func(c *Card) error { return errors.Join(c.VerifyPIN(pin), c.ChangePUK(puk, puk)) }))
			if pins, puks := card.Tries(); pins != 3 || puks != 3 {
				t.Errorf("tries %d and %d are left", pins, puks)
			}
			for name, s := range map[string]Setup{"weak PIN": {PIN: secret("111111"), PUK: puk}, "weak PUK": {PIN: pin, PUK: secret("12345678")}} {
				if err := with(t, func(c *Card) error { return personalise(c, s) }); !fault.Is(err, fault.WeakPIN) {
					t.Errorf("%s: Personalise = %v", name, err)
				}
			}
		})
	}
}

// TestForeignManagementKey: a card whose management key somebody else keeps is not taken over.
func TestForeignManagementKey(t *testing.T) {
	service(t, pivtest.Options{})
	must(t, with(t, func(c *Card) error {
		yk, err := c.yubikey()
		if err != nil {
			return err
		}
		return yk.SetManagementKey(pivtest.DefaultManagementKey, random(24))
	}))
	personalise := with(t, func(c *Card) error { return personalise(c, Setup{PIN: pin, PUK: puk}) })
	generate := with(t, func(c *Card) error {
		_, err := c.Generate(pin, KeySpec{Authentication, certs.P256, attest.PINOnce, attest.TouchNever})
		return err
	})
	for _, err := range []error{personalise, generate} {
		if !fault.Is(err, fault.CardLacks) || !strings.Contains(err.Error(), "neither the factory's nor kept under the PIN") {
			t.Errorf("with a management key of somebody else's = %v", err)
		}
	}
}
