//go:build cgo

package piv

import (
	"context"
	"crypto"
	"crypto/rand"
	"crypto/sha256"
	"encoding/pem"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	ykpiv "github.com/go-piv/piv-go/v2/piv"

	"mais/certs"
	"mais/certs/attest"
	"mais/internal/pivtest"
	"mais/internal/pivtest/pcsc"
	"mais/tokenctl/internal/fault"
	own "mais/tokenctl/internal/piv/pcsc"
)

// TestChoice: two readers with two cards, and every way to mean one.
func TestChoice(t *testing.T) {
	s := pcsc.Start(t)
	s.Use(t)
	expect := func(name string, which Choice, serial uint32, kind fault.Kind, says string) {
		t.Helper()
		c, err := Open(t.Context(), which, nil)
		if kind != "" {
			if !fault.Is(err, kind) || !strings.Contains(err.Error(), says) {
				t.Errorf("%s: Open = %v, want %s: …%s…", name, err, kind, says)
			}
			if err == nil {
				c.Close()
			}
			return
		}
		if err != nil {
			t.Errorf("%s: %v", name, err)
			return
		}
		defer c.Close()
		if got, err := c.Summary(); err != nil || got.Serial != serial {
			t.Errorf("%s: opened the card %d, %v, want %d", name, got.Serial, err, serial)
		}
	}
	expect("empty", Choice{}, 0, fault.NoCard, "any of the 2 readers")
	a, b := newCard(t, pivtest.Options{Serial: 11111111}), newCard(t, pivtest.Options{Plain: true})
	s.Insert(t, 0, a)
	expect("the only one", Choice{}, 11111111, "", "")
	expect("another", Choice{Serial: 2}, 0, fault.NoCard, "Virtual PCD 00 00 has the card 11111111")
	s.Insert(t, 1, b)
	expect("one of two", Choice{}, 0, fault.Usage, "several readers")
	expect("by reader", Choice{Reader: "pcd 00 01"}, 0, "", "")
	expect("by serial", Choice{Serial: 11111111}, 11111111, "", "")
	expect("no such reader", Choice{Reader: "omnikey"}, 0, fault.NoCard, "omnikey")
	readers, err := List(t.Context())
	must(t, err)
	if len(readers) != 2 || readers[0].Card.Kind != YubiKey || readers[1].Card.Kind != Plain || readers[1].Card.GUID == "" || readers[1].Card.PINTries != 3 {
		t.Errorf("List() = %+v", readers)
	}
	expect("by GUID", Choice{GUID: strings.ToUpper(readers[1].Card.GUID)}, 0, "", "")
	expect("by a GUID that is not there", Choice{GUID: "00"}, 0, fault.NoCard, "the GUID 00 is not there")
	s.Remove(t, 0)
	expect("the other one", Choice{}, 0, "", "")
	if err := s.Stop(); err != nil {
		t.Fatal(err)
	}
	expect("no service", Choice{}, 0, fault.NoReaders, "does not answer")
	if _, err := List(t.Context()); !fault.Is(err, fault.NoReaders) {
		t.Errorf("List without a service = %v", err)
	}
}

// TestPlain: what a card without extensions cannot do, it is not asked to do.
func TestPlain(t *testing.T) {
	_, card := service(t, pivtest.Options{Plain: true})
	c := open(t, Choice{})
	if c.Kind() != Plain {
		t.Fatalf("Kind() = %s", c.Kind())
	}
	card.Counted()
	_, generate := c.Generate(pin, KeySpec{Authentication, certs.P256, attest.PINOnce, attest.TouchNever})
	_, attested := c.Attest(Authentication)
	_, signer := c.Signer(Authentication, nil, pin, nil)
	for i, err := range []error{generate, attested, signer, personalise(c, Setup{PIN: pin, PUK: puk}), c.Reset(), c.SetTries(pin, puk, 3, 3)} {
		if !fault.Is(err, fault.CardLacks) {
			t.Errorf("act %d on a plain card = %v, want that it lacks it", i, err)
		}
	}
	if sent := card.Counted(); sent.Total() > 0 {
		t.Errorf("the card was asked: %v", sent)
	}
}

// TestBusy: another program's card is waited for a moment, then named; one that it gives back
// in that moment is opened. A card that others share is listed without a word to them, and not
// opened.
func TestBusy(t *testing.T) {
	_, card := service(t, pivtest.Options{})
	held, err := own.Connect(pcsc.ReaderName(0), true)
	must(t, err)
	readers, err := List(t.Context())
	must(t, err)
	if !readers[0].Busy || !fault.Is(readers[0].Fault, fault.CardBusy) {
		t.Errorf("List() of a card that is held = %+v", readers[0])
	}
	start := time.Now()
	if _, err := Open(t.Context(), Choice{}, nil); !fault.Is(err, fault.CardBusy) {
		t.Errorf("Open of a card that is held = %v", err)
	}
	if took := time.Since(start); took < patience {
		t.Errorf("Open waited for %v, want %v", took, patience)
	}
	if _, err := ykpiv.Open(pcsc.ReaderName(0)); !isCode(err, own.SharingViolation) {
		t.Errorf("piv-go says %v, and that is not understood", err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := Open(ctx, Choice{}, nil); !errors.Is(err, context.Canceled) {
		t.Errorf("Open, interrupted = %v", err)
	}
	held.Close()
	must(t, with(t, func(*Card) error { return nil }))

	shared, err := own.Connect(pcsc.ReaderName(0), false)
	must(t, err)
	defer shared.Close()
	a := &applet{shared}
	must(t, a.choose(aidPIV))
	must(t, a.verify([]byte(factoryPIN)))
	if readers, err = List(t.Context()); err != nil || readers[0].Card == nil || readers[0].Card.Serial != card.Serial() {
		t.Errorf("List() of a shared card = %+v, %v", readers, err)
	}
	if tries, err := a.pinTries(); err != nil || tries != -1 {
		t.Errorf("after List the PIN of the other program has %d tries, %v, want it verified still", tries, err)
	}
	must(t, a.choose(aidPIV)) // forgets the PIN
	if _, err := Open(t.Context(), Choice{}, nil); !fault.Is(err, fault.CardBusy) {
		t.Errorf("Open of a shared card = %v", err)
	}
}

func isCode(err error, want own.Code) bool {
	code, ok := codeOf(err)
	return ok && code == want
}

// TestQueue: who waits for another tokenctl is told so once, and gets its turn; who is
// interrupted leaves the queue.
func TestQueue(t *testing.T) {
	service(t, pivtest.Options{})
	first := open(t, Choice{})
	waiting, opened := make(chan struct{}, 2), make(chan error)
	go func() {
		c, err := Open(t.Context(), Choice{}, func() { waiting <- struct{}{} })
		if err == nil {
			c.Close()
		}
		opened <- err
	}()
	<-waiting
	ctx, cancel := context.WithCancel(t.Context())
	_, err := Open(ctx, Choice{}, cancel)
	if !errors.Is(err, context.Canceled) {
		t.Errorf("Open, interrupted in the queue = %v", err)
	}
	first.Close()
	if err := <-opened; err != nil || len(waiting) != 0 {
		t.Errorf("Open after the first one's Close = %v, told %d times more", err, len(waiting))
	}
}

// TestRemoved: a card that is pulled out in the middle is named so by each layer.
func TestRemoved(t *testing.T) {
	for name, act := range map[string]func(c *Card) error{
		"piv-go": func(c *Card) error { return c.VerifyPIN(secret(factoryPIN)) },
		"our own": func(c *Card) error {
			_, err := c.Summary()
			return err
		},
	} {
		t.Run(name, func(t *testing.T) {
			s, _ := service(t, pivtest.Options{})
			c := open(t, Choice{})
			if name == "our own" {
				if _, err := c.plain(); err != nil {
					t.Fatal(err)
				}
			}
			s.Remove(t, 0)
			if err := act(c); !fault.Is(err, fault.CardRemoved) && !fault.Is(err, fault.NoCard) {
				t.Errorf("on a card that was pulled out = %v", err)
			}
		})
	}
}

// TestTouch: a card that nobody touches says so.
func TestTouch(t *testing.T) {
	_, card := service(t, pivtest.Options{Touch: func(byte) bool { return false }})
	var public crypto.PublicKey
	must(t, with(t, func(c *Card) (err error) {
		public, err = c.Generate(secret(factoryPIN), KeySpec{Authentication, certs.P256, attest.PINOnce, attest.TouchAlways})
		return err
	}))
	ref := Ref{Serial: card.Serial(), Slot: Authentication, PIN: attest.PINOnce, Touch: attest.TouchAlways}
	digest := sha256.Sum256([]byte("x"))
	_, err := NewKey(ref, public, Use{PIN: secret(factoryPIN)}).Sign(rand.Reader, digest[:], crypto.SHA256)
	if err == nil || !strings.Contains(err.Error(), "not touched in time") {
		t.Errorf("Sign without a touch = %v", err)
	}
}

// TestOtherClients: yubico-piv-tool and OpenSC find what Personalise, Generate and Store did.
func TestOtherClients(t *testing.T) {
	s, card := service(t, pivtest.Options{})
	must(t, with(t, func(c *Card) error { return personalise(c, Setup{PIN: pin, PUK: puk}) }))
	t.Logf("Personalise: %v", card.Counted())
	var public crypto.PublicKey
	must(t, with(t, func(c *Card) (err error) {
		public, err = c.Generate(pin, KeySpec{Authentication, certs.P256, attest.PINOnce, attest.TouchNever})
		return err
	}))
	t.Logf("Generate: %v", card.Counted())
	key := NewKey(Ref{Serial: card.Serial(), Slot: Authentication, PIN: attest.PINOnce}, public, Use{PIN: pin})
	cert := certificateFor(t, key)
	card.Counted()
	must(t, with(t, func(c *Card) error { return c.Store(pin, Authentication, cert) }))
	t.Logf("Store: %v", card.Counted())
	readers, err := List(t.Context())
	must(t, err)
	guid := readers[0].Card.GUID

	status := tool(t, s, "", "yubico-piv-tool", "-r", "Virtual", "-a", "status")
	for _, want := range []string{"CHUID:\t3019d4e739da739ced39ce739d836858210842108421c84210c3eb3410" + guid, "CCC:\tf015a000000116ff02", "PIN tries left:\t3", "Slot 9a"} {
		if !strings.Contains(status, want) {
			t.Errorf("yubico-piv-tool says\n%swant %s", status, want)
		}
	}
	der := string(pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: cert.Raw}))
	signed := tool(t, s, der, "yubico-piv-tool", "-r", "Virtual", "-a", "verify-pin", "-P", string(pin.Reveal()), "-a", "test-signature", "-s", "9a")
	if !strings.Contains(signed, "Successful ECDSA verification") {
		t.Errorf("yubico-piv-tool says of a signature:\n%s", signed)
	}
	dir := t.TempDir()
	data, signature := filepath.Join(dir, "data"), filepath.Join(dir, "signature")
	digest := sha256.Sum256([]byte("x"))
	must(t, os.WriteFile(data, digest[:], 0o600))
	tool(t, s, "", "pkcs11-tool", "--module", "opensc-pkcs11.so", "--login", "--pin", string(pin.Reveal()), "--id", "01",
		"--sign", "--mechanism", "ECDSA", "--signature-format", "openssl", "--input-file", data, "--output-file", signature)
	der2, err := os.ReadFile(signature)
	must(t, err)
	if !isSignature(public, digest[:], der2, crypto.SHA256) {
		t.Errorf("OpenSC's signature is not the key's")
	}
}

func tool(t *testing.T, s *pcsc.Service, stdin string, command ...string) string {
	t.Helper()
	cmd := exec.Command(command[0], command[1:]...)
	cmd.Env = append(os.Environ(), s.Env()...)
	cmd.Stdin = strings.NewReader(stdin)
	out, err := cmd.CombinedOutput()
	if err != nil {
		t.Fatalf("%s: %v\n%s", strings.Join(slices.DeleteFunc(command, func(s string) bool { return s == string(pin.Reveal()) }), " "), err, out)
	}
	return string(out)
}
