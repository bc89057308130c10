package piv

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"

	"mais/internal/pivtest"
	"mais/tokenctl/internal/fault"
	"mais/tokenctl/internal/piv/pcsc"
)

// TestExplain: each code and status word that a person can meet has a kind and a next step.
func TestExplain(t *testing.T) {
	for _, test := range []struct {
		err  error
		kind fault.Kind
		next string
	}{
		{pcsc.NoService, fault.NoReaders, "systemctl start pcscd.socket"},
		{pcsc.ServiceStopped, fault.NoReaders, "systemctl start pcscd.socket"},
		{pcsc.SecurityViolation, fault.NoReaders, "polkit"},
		{pcsc.NoReaders, fault.NoReaders, "plug in"},
		{pcsc.SharingViolation, fault.CardBusy, "close the browser"},
		{pcsc.NoSmartcard, fault.NoCard, "put the card in"},
		{pcsc.Unresponsive, fault.NoCard, "right way round"},
		{pcsc.RemovedCard, fault.CardRemoved, "run the same command again"},
		{pcsc.ResetCard, fault.CardRemoved, "run the same command again"},
		{pcsc.NotTransacted, fault.CardRemoved, "run the same command again"},
		{pcsc.UnknownReader, fault.CardRemoved, "run the same command again"},
		{pcsc.InternalError, fault.Failed, "piv doctor"},
		{errors.New("transmitting request: the smart card has been removed, so further communication is not possible"), fault.CardRemoved, "again"},
		{errors.New("transmitting request: scard response too short: 0"), fault.CardRemoved, "again"},
		{errors.New("command failed: smart card error 6a84: not enough memory"), fault.CardLacks, "remove keys"},
		{status(0x6d00), fault.CardLacks, "piv info"},
		{status(0x6982), fault.Failed, "piv doctor"},
		{errors.New("something else"), fault.Failed, "piv doctor"},
		{fault.New(fault.Expired, "kept", "a fault of its own"), fault.Expired, "kept"},
		{context.Canceled, fault.Interrupted, ""},
	} {
		err := explain("read the card", "Reader 1", fmt.Errorf("wrapped: %w", test.err))
		if got := fault.Of(err); got.Kind != test.kind || !strings.Contains(got.Next, test.next) {
			t.Errorf("explain(%v) = %s, next %q, want %s, …%s…", test.err, got.Kind, got.Next, test.kind, test.next)
		}
	}
	for _, test := range []struct {
		what string
		word status
		kind fault.Kind
		says string
	}{
		{"PIN", 0x63c2, fault.WrongPIN, "2 tries left"},
		{"PIN", 0x63c1, fault.WrongPIN, "1 try left"},
		{"PIN", 0x6302, fault.WrongPIN, "2 tries left"},
		{"PIN", 0x63c0, fault.PINBlocked, "the PIN is blocked"},
		{"PIN", 0x6983, fault.PINBlocked, "the PIN is blocked"},
		{"PUK", 0x63c1, fault.WrongPIN, "the PUK is wrong"},
		{"PUK", 0x6983, fault.PUKBlocked, "can only be reset"},
		{"PUK", 0x6a88, fault.CardLacks, "has no PUK"},
		{"PIN", 0x6985, fault.WeakPIN, "does not take"},
	} {
		err := ofSecret("change it", test.what, "Reader 1", test.word)
		if !fault.Is(err, test.kind) || !strings.Contains(err.Error(), test.says) {
			t.Errorf("ofSecret(%s, %v) = %v, want %s: …%s…", test.what, test.word, err, test.kind, test.says)
		}
	}
}

// fingerCard is a biometric card, which has no PUK, as far as it differs from another.
type fingerCard struct{ *pivtest.Card }

func (c fingerCard) Transmit(command []byte) ([]byte, error) {
	if command[1] == 0xf7 {
		switch command[3] {
		case refPUK:
			return []byte{0x6a, 0x88}, nil
		case refFinger:
			return []byte{0x07, 0x01, 0x01, 0x06, 0x01, 0x03, 0x90, 0x00}, nil
		}
	}
	return c.Card.Transmit(command), nil
}

func TestFingerCard(t *testing.T) {
	card, err := pivtest.New(pivtest.Options{})
	if err != nil {
		t.Fatal(err)
	}
	a := &applet{fingerCard{card}}
	s, err := a.summary(false)
	if err != nil || !s.NoPUK || !s.Finger || s.PUKTries != -1 || s.PINTries != 3 {
		t.Errorf("summary() = %+v, %v, want a card without a PUK", s, err)
	}
}

// goneCard is a card that is pulled out after some commands, in a reader that says so by a code.
type goneCard struct {
	*pivtest.Card
	left int
}

func (c *goneCard) Transmit(command []byte) ([]byte, error) {
	if c.left--; c.left < 0 {
		return nil, pcsc.RemovedCard
	}
	return c.Card.Transmit(command), nil
}

// TestSummaryOfACardThatGoes: half a summary is never taken for a whole one.
func TestSummaryOfACardThatGoes(t *testing.T) {
	card, err := pivtest.New(pivtest.Options{})
	if err != nil {
		t.Fatal(err)
	}
	for n := 0; ; n++ {
		wire := &goneCard{card, n}
		s, err := (&applet{wire}).summary(false)
		if wire.left >= 0 {
			if err != nil || n < 10 {
				t.Errorf("after %d commands: %v", n, err)
			}
			return
		}
		if !errors.Is(err, pcsc.RemovedCard) {
			t.Fatalf("pulled out after %d commands: %+v, %v", n, s, err)
		}
	}
}
