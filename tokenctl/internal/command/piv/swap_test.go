//go:build cgo

package piv

import (
	"os"
	"path/filepath"
	"testing"

	"mais/certs/attest"
	"mais/config"
	"mais/internal/pivtest"
	"mais/internal/pivtest/pcsc"
	"mais/tokenctl/internal/command"
	"mais/tokenctl/internal/fault"
	"mais/tokenctl/internal/piv"
)

// readers starts a smart card service with a card in its first reader.
func readers(t *testing.T, o pivtest.Options) (*pcsc.Service, *pivtest.Card) {
	t.Helper()
	t.Setenv("XDG_RUNTIME_DIR", t.TempDir())
	s := pcsc.Start(t)
	s.Use(t)
	card, err := pivtest.New(o)
	if err != nil {
		t.Fatal(err)
	}
	s.Insert(t, 0, card)
	return s, card
}

// TestCardSwapped: what was typed for a card without a serial number is not for the next one.
func TestCardSwapped(t *testing.T) {
	s, _ := readers(t, pivtest.Options{Plain: true})
	r, err := seen(t.Context(), new(cardFlags))
	if err != nil {
		t.Fatal(err)
	}
	s.Remove(t, 0)
	other, err := pivtest.New(pivtest.Options{Plain: true})
	if err != nil {
		t.Fatal(err)
	}
	s.Insert(t, 0, other)
	err = (&app{&command.App{}}).onCard(t.Context(), choiceOf(r), func(c *piv.Card) error { return c.VerifyPIN(config.NewSecret([]byte("999888"))) })
	if pins, _ := other.Tries(); !fault.Is(err, fault.NoCard) || pins != 3 {
		t.Errorf("the other card was used: %v, %d tries left", err, pins)
	}
}

// TestCardLastTry: a token's PIN from a file is not sent to a card that has one try left.
func TestCardLastTry(t *testing.T) {
	_, card := readers(t, pivtest.Options{Firmware: attest.Version{Major: 5, Minor: 2, Patch: 4}})
	file := filepath.Join(t.TempDir(), "pin")
	if err := os.WriteFile(file, []byte("999888\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	a := &app{&command.App{PINFile: file}}
	for _, left := range []int{2, 1, 1} {
		_, err := a.CardPIN(t.Context(), "the token anna", piv.Choice{})
		if pins, _ := card.Tries(); !fault.Is(err, fault.WrongPIN) || pins != left {
			t.Errorf("%v, %d tries left, want a wrong PIN and %d", err, pins, left)
		}
	}
}

// TestCardNewPINSaysTries: where a card does not tell whether it has a PIN already, the question
// for one says the tries left.
func TestCardNewPINSaysTries(t *testing.T) {
	readers(t, pivtest.Options{Firmware: attest.Version{Major: 5, Minor: 2, Patch: 4}})
	r, err := seen(t.Context(), new(cardFlags))
	if err != nil {
		t.Fatal(err)
	}
	if got, want := newPINSource((&app{&command.App{}}).PINSource(), *r.Card).What, "PIN for the card, six to eight digits (3 tries left)"; got != want {
		t.Errorf("the prompt is %q, want %q", got, want)
	}
}
