//go:build cgo

package piv

import (
	"bytes"
	"errors"
	"os"
	"path/filepath"
	"testing"

	"github.com/google/go-cmp/cmp"

	"mais/certs/attest"
	"mais/internal/pivtest"
	"mais/tokenctl/internal/fault"
)

// untold is a firmware that does not tell what is the factory's.
var untold = attest.Version{Major: 5, Minor: 2, Patch: 4}

// TestMistypedPIN: on a card that does not tell, a mistyped PIN costs one try where the card was
// personalised, and never the last.
func TestMistypedPIN(t *testing.T) {
	own := func(c *Card) error { return c.ChangePIN(secret(factoryPIN), pin) }
	for name, test := range map[string]struct {
		before func(c *Card) error
		wrong  int // PINs before it
		left   int
	}{
		"personalised":                   {func(c *Card) error { return personalise(c, Setup{PIN: pin, PUK: puk}) }, 0, 2},
		"personalised, two left":         {func(c *Card) error { return personalise(c, Setup{PIN: pin, PUK: puk}) }, 1, 1},
		"personalised, one left":         {func(c *Card) error { return personalise(c, Setup{PIN: pin, PUK: puk}) }, 2, 1},
		"only the PIN changed":           {own, 0, 1},
		"only the PIN changed, two left": {own, 1, 1},
	} {
		t.Run(name, func(t *testing.T) {
			_, card := service(t, pivtest.Options{Firmware: untold})
			must(t, with(t, test.before))
			for range test.wrong {
				if err := with(t, func(c *Card) error { return c.VerifyPIN(secret("999888")) }); !fault.Is(err, fault.WrongPIN) {
					t.Fatal(err)
				}
			}
			err := with(t, func(c *Card) error { return personalise(c, Setup{PIN: secret("482916")}) })
			if pins, _ := card.Tries(); !fault.Is(err, fault.WrongPIN) || pins != test.left {
				t.Errorf("a mistyped PIN = %v, %d tries left, want a wrong PIN and %d", err, pins, test.left)
			}
			must(t, with(t, func(c *Card) error { return c.VerifyPIN(pin) }))
		})
	}
}

// TestPUKIsTold: a PUK that the card did not take is told, as is a try that was spent on it.
func TestPUKIsTold(t *testing.T) {
	whole := func(c *Card) error { return personalise(c, Setup{PIN: pin, PUK: puk}) }
	secrets := func(c *Card) error {
		return errors.Join(c.ChangePIN(secret(factoryPIN), pin), c.ChangePUK(secret(factoryPUK), puk))
	}
	told := attest.Version{Major: 5, Minor: 4, Patch: 3}
	for name, test := range map[string]struct {
		firmware attest.Version
		before   func(c *Card) error // nil: blank
		factory  bool
		spent    bool // by FactoryPUK, and by Personalise again
		want     Personalised
	}{
		"blank":                   {untold, nil, true, false, Personalised{}},
		"blank, tells":            {told, nil, true, false, Personalised{}},
		"personalised":            {untold, whole, false, false, Personalised{PUKKept: true}},
		"personalised, tells":     {told, whole, false, false, Personalised{PUKKept: true}},
		"own PIN and PUK":         {untold, secrets, false, true, Personalised{PUKKept: true, PUKTrySpent: true}},
		"own PIN and PUK, tells":  {told, secrets, false, false, Personalised{PUKKept: true}},
		"factory's PUK, own PIN":  {untold, func(c *Card) error { return c.ChangePIN(secret(factoryPIN), pin) }, true, false, Personalised{}},
		"own PUK, factory's PIN":  {untold, func(c *Card) error { return c.ChangePUK(secret(factoryPUK), puk) }, false, true, Personalised{PUKKept: true, PUKTrySpent: true}},
		"own PUK, tells, no PIN ": {told, func(c *Card) error { return c.ChangePUK(secret(factoryPUK), puk) }, false, false, Personalised{PUKKept: true}},
	} {
		t.Run(name, func(t *testing.T) {
			_, card := service(t, pivtest.Options{Firmware: test.firmware})
			if test.before != nil {
				must(t, with(t, test.before))
			}
			tries := 3
			must(t, with(t, func(c *Card) error {
				factory, spent, err := c.FactoryPUK()
				if factory != test.factory || spent != test.spent {
					t.Errorf("FactoryPUK() = %t, %t, want %t, %t", factory, spent, test.factory, test.spent)
				}
				return err
			}))
			shown, right := secret("61728394"), puk
			must(t, with(t, func(c *Card) error {
				got, err := c.Personalise(Setup{PIN: pin, PUK: shown})
				if got != test.want {
					t.Errorf("Personalise() = %+v, want %+v", got, test.want)
				}
				return err
			}))
			if test.spent {
				tries -= 2
			}
			if _, puks := card.Tries(); puks != tries {
				t.Errorf("the PUK has %d tries, want %d", puks, tries)
			}
			if !test.want.PUKKept {
				right = shown
			}
			must(t, with(t, func(c *Card) error { return c.Unblock(right, pin) }))
		})
	}
}

// supplied is the management key of whoever sold a card, stored on it.
var supplied = bytes.Repeat([]byte{0x5a, 0x17, 0x33}, 8)

func supply(c *Card, inForce bool) error {
	a, err := c.plain()
	if err != nil {
		return err
	}
	if err := c.authenticate(a, pivtest.DefaultManagementKey); err != nil {
		return err
	}
	if err := a.put(objectProtected, withManagementKey(nil, supplied)); err != nil || !inForce {
		return err
	}
	return c.setManagementKey(a, supplied)
}

// TestSuppliersManagementKey: a management key that somebody set on a card with the factory's PIN
// is replaced, in force or only stored.
func TestSuppliersManagementKey(t *testing.T) {
	for name, test := range map[string]struct {
		firmware attest.Version
		inForce  bool
	}{
		"in force":              {attest.Version{Major: 5, Minor: 4, Patch: 3}, true},
		"stored":                {attest.Version{Major: 5, Minor: 4, Patch: 3}, false},
		"AES throughout":        {attest.Version{Major: 5, Minor: 7, Patch: 1}, true},
		"stored, tells nothing": {untold, false},
	} {
		t.Run(name, func(t *testing.T) {
			service(t, pivtest.Options{Firmware: test.firmware})
			must(t, with(t, func(c *Card) error { return supply(c, test.inForce) }))
			must(t, with(t, func(c *Card) error { return personalise(c, Setup{PIN: pin, PUK: puk}) }))
			must(t, with(t, personalised))
		})
	}
}

// TestResetWithoutPUK: a card that has none is left as it is.
func TestResetWithoutPUK(t *testing.T) {
	_, card := service(t, pivtest.Options{Firmware: attest.Version{Major: 5, Minor: 7, Patch: 1}, NoPUK: true})
	if err := with(t, (*Card).Reset); !fault.Is(err, fault.CardLacks) {
		t.Errorf("Reset() = %v", err)
	}
	if pins, _ := card.Tries(); pins != 3 {
		t.Errorf("the PIN has %d tries", pins)
	}
}

type always struct {
	answer []byte
	asked  int
}

func (w *always) Transmit([]byte) ([]byte, error) { w.asked++; return w.answer, nil }

// TestEndlessAnswer: a card that always has more is not asked for ever.
func TestEndlessAnswer(t *testing.T) {
	w := &always{answer: []byte{0x61, 0x00}}
	if err := (&applet{w}).choose(aidPIV); !errors.Is(err, errTLV) {
		t.Errorf("choose = %v after %d commands", err, w.asked)
	}
}

// TestLockDirectory: the locks are in a directory that is one's own.
func TestLockDirectory(t *testing.T) {
	t.Setenv("XDG_RUNTIME_DIR", t.TempDir())
	dir, err := lockDir()
	must(t, err)
	info, err := os.Stat(dir)
	must(t, err)
	if diff := cmp.Diff(os.ModeDir|0o700, info.Mode()); diff != "" {
		t.Error(diff)
	}
	again, err := lockDir()
	if must(t, err); again != dir {
		t.Errorf("a second one: %s", again)
	}
	for name, spoil := range map[string]func() error{
		"others may write": func() error { return os.Chmod(dir, 0o777) },
		"a link":           func() error { return errors.Join(os.Remove(dir), os.Symlink(t.TempDir(), dir)) },
		"a file":           func() error { return errors.Join(os.Remove(dir), os.WriteFile(dir, nil, 0o600)) },
	} {
		must(t, os.RemoveAll(dir))
		must(t, os.Mkdir(dir, 0o700))
		must(t, spoil())
		if got, err := lockDir(); err == nil {
			t.Errorf("%s: %s is used", name, filepath.Base(got))
		}
	}
}
