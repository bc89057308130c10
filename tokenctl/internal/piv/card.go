//go:build cgo

package piv

import (
	"crypto"
	"crypto/x509"
	"errors"
	"slices"
	"strings"

	ykpiv "github.com/go-piv/piv-go/v2/piv"

	"mais/certs"
	"mais/certs/attest"
	"mais/config"
	"mais/tokenctl/internal/fault"
)

// Kind returns what card it is: YubiKey, Plain or Other.
func (c *Card) Kind() string { return c.kind }

// Summary returns what List says of the card.
func (c *Card) Summary() (Summary, error) {
	a, err := c.plain()
	if err != nil {
		return Summary{}, err
	}
	s, err := a.summary(false)
	return s, explain("read the card", c.reader, err)
}

// GUID returns that of the card's CHUID, or "" where it has none.
func (c *Card) GUID() (string, error) {
	if c.guid != "" {
		return c.guid, nil
	}
	a, err := c.plain()
	if err != nil {
		return "", err
	}
	chuid, err := a.object(objectCHUID)
	if isGone(err) {
		return "", explain("read the card", c.reader, err)
	}
	c.guid = guidOf(chuid)
	return c.guid, nil
}

// PINTries returns how often the PIN may still be wrong: 0 is blocked, -1 is not told.
func (c *Card) PINTries() (int, error) {
	if c.kind == Other {
		return 0, lacksExtensions(c.kind)
	}
	if c.yk != nil && !c.verified {
		tries, err := c.yk.Retries()
		return tries, explain("ask for the tries left", c.reader, err)
	}
	a, err := c.plain()
	if err != nil {
		return 0, err
	}
	if m, err := a.metadata(refPIN); err == nil && m.left >= 0 {
		return m.left, nil
	}
	tries, err := a.pinTries()
	return tries, explain("ask for the tries left", c.reader, err)
}

// VerifyPIN has the card check the PIN. A wrong one costs a try: fault.WrongPIN, and
// fault.PINBlocked when that was the last.
func (c *Card) VerifyPIN(pin config.Secret) error {
	if err := fits("PIN", pin); err != nil {
		return err
	}
	err := c.either(
		func(yk *ykpiv.YubiKey) error { return yk.VerifyPIN(reveal(pin)) },
		func(a *applet) error { return a.verify(pin.Reveal()) },
	)
	if err == nil {
		c.verified = true
	}
	return ofSecret("check the PIN", "PIN", c.reader, err)
}

// reveal gives piv-go the string that it wants, which cannot be wiped from memory.
func reveal(s config.Secret) string { return string(s.Reveal()) }

// either uses piv-go on a card that it opens, and our own commands on a plain one, or on one
// that they hold already.
func (c *Card) either(yubikey func(*ykpiv.YubiKey) error, plain func(*applet) error) error {
	switch c.kind {
	case YubiKey:
		if c.applet != nil {
			return plain(c.applet)
		}
		yk, err := c.yubikey()
		if err != nil {
			return err
		}
		return yubikey(yk)
	case Plain:
		a, err := c.plain()
		if err != nil {
			return err
		}
		return plain(a)
	}
	return lacksExtensions(c.kind)
}

// ChangePIN replaces the PIN by one that CheckPIN has taken.
func (c *Card) ChangePIN(old, next config.Secret) error {
	if err := fits("PIN", old); err != nil {
		return err
	}
	err := c.either(
		func(yk *ykpiv.YubiKey) error { return yk.SetPIN(reveal(old), reveal(next)) },
		func(a *applet) error { return a.change(refPIN, old.Reveal(), next.Reveal()) },
	)
	if err == nil {
		c.verified = true // so says SP 800-73-5, part 2, 3.2.2, of a change
	}
	return ofSecret("change the PIN", "PIN", c.reader, err)
}

// ChangePUK replaces the PUK by one that CheckPUK has taken.
func (c *Card) ChangePUK(old, next config.Secret) error {
	if err := fits("PUK", old); err != nil {
		return err
	}
	err := c.either(
		func(yk *ykpiv.YubiKey) error { return yk.SetPUK(reveal(old), reveal(next)) },
		func(a *applet) error { return a.change(refPUK, old.Reveal(), next.Reveal()) },
	)
	return ofSecret("change the PUK", "PUK", c.reader, err)
}

// Unblock sets a new PIN, and its tries anew, with the PUK.
func (c *Card) Unblock(puk, pin config.Secret) error {
	if err := fits("PUK", puk); err != nil {
		return err
	}
	err := c.either(
		func(yk *ykpiv.YubiKey) error { return yk.Unblock(reveal(puk), reveal(pin)) },
		func(a *applet) error { return a.unblock(puk.Reveal(), pin.Reveal()) },
	)
	if err == nil {
		c.verified = true
	}
	return ofSecret("unblock the PIN", "PUK", c.reader, err)
}

// managed does what needs the management key: with the one that the card keeps under the PIN,
// or with the factory's on a card that was not personalised. Which it is, the card decides: an
// attempt with the wrong key costs nothing.
func (c *Card) managed(pin config.Secret, act func(yk *ykpiv.YubiKey, key []byte) error) error {
	yk, err := c.yubikey()
	if err != nil {
		return err
	}
	keys := [][]byte{c.management}
	if c.management == nil {
		kept, err := c.kept(yk, pin)
		if err != nil {
			return err
		}
		keys = [][]byte{ykpiv.DefaultManagementKey}
		if kept.ManagementKey != nil {
			keys = [][]byte{*kept.ManagementKey, ykpiv.DefaultManagementKey}
		}
	}
	for _, key := range keys {
		if err = act(yk, key); err == nil || !isKeyRefused(err) {
			c.management = slices.Clone(key)
			return err
		}
	}
	return errManagement()
}

func errManagement() error {
	return fault.New(fault.CardLacks, "set it to the factory's with the program that set it, or run 'tokenctl piv reset', which wipes the card",
		"the card's management key is neither the factory's nor kept under the PIN")
}

// kept returns what the card keeps under the PIN, the management key for one, having verified
// the PIN. What is not of piv-go's form is as good as nothing.
func (c *Card) kept(yk *ykpiv.YubiKey, pin config.Secret) (*ykpiv.Metadata, error) {
	if err := fits("PIN", pin); err != nil {
		return nil, err
	}
	kept, err := yk.Metadata(reveal(pin))
	if _, refused := statusOf(err); refused || isGone(err) {
		return nil, ofSecret("check the PIN", "PIN", c.reader, err)
	}
	c.verified = true
	if err != nil {
		return &ykpiv.Metadata{}, nil
	}
	return kept, nil
}

// isKeyRefused tells a management key that the card does not take from a failure of what came
// after it. piv-go says so by its words alone.
func isKeyRefused(err error) bool {
	text := err.Error()
	return !isGone(err) && (strings.HasPrefix(text, "authenticating with management key: ") ||
		strings.HasPrefix(text, "authenticating with old key: ") || strings.HasPrefix(text, "authenticating with key: "))
}

var algorithms = map[certs.KeyType]ykpiv.Algorithm{
	certs.P256: ykpiv.AlgorithmEC256, certs.P384: ykpiv.AlgorithmEC384,
	certs.RSA2048: ykpiv.AlgorithmRSA2048, certs.RSA3072: ykpiv.AlgorithmRSA3072, certs.RSA4096: ykpiv.AlgorithmRSA4096,
}

// algorithmBytes are the same as a card is told them (SP 800-78-5, table 9, and Yubico's RSA).
var algorithmBytes = map[certs.KeyType]byte{certs.P256: 0x11, certs.P384: 0x14, certs.RSA2048: 0x07, certs.RSA3072: 0x05, certs.RSA4096: 0x16}

func slotOf(name string) (ykpiv.Slot, error) {
	for _, slot := range []ykpiv.Slot{ykpiv.SlotAuthentication, ykpiv.SlotSignature, ykpiv.SlotKeyManagement, ykpiv.SlotCardAuthentication} {
		if slot.String() == name {
			return slot, nil
		}
	}
	return ykpiv.Slot{}, fault.New(fault.Usage, "choose 9a, which signs in, 9c, 9d or 9e", "a card has no slot %q that tokenctl uses", name)
}

// Generate makes a key, whatever was in the slot before. The PIN opens the management key.
func (c *Card) Generate(pin config.Secret, spec KeySpec) (crypto.PublicKey, error) {
	slot, err := slotOf(spec.Slot)
	if err != nil {
		return nil, err
	}
	algorithm, ok := algorithms[spec.Type]
	if !ok {
		return nil, fault.New(fault.Usage, "choose P-256, P-384, RSA-2048, RSA-3072 or RSA-4096", "cards make no keys of the type %q", spec.Type)
	}
	if !c.managing {
		if _, err := c.yubikey(); err != nil {
			return nil, err
		}
	}
	if (spec.Type == certs.RSA3072 || spec.Type == certs.RSA4096) && !atLeast(c.firmware, 5, 7) {
		return nil, fault.New(fault.CardLacks, "choose P-256", "a card makes %s keys from firmware 5.7 on, and this one has %d.%d", spec.Type, c.firmware.Major, c.firmware.Minor)
	}
	if c.managing {
		public, err := c.applet.generate(byte(slot.Key), algorithmBytes[spec.Type], spec)
		return public, explain("make the key", c.reader, err)
	}
	var public crypto.PublicKey
	err = c.managed(pin, func(yk *ykpiv.YubiKey, key []byte) (err error) {
		public, err = yk.GenerateKey(key, slot, ykpiv.Key{
			Algorithm: algorithm, PINPolicy: ykpiv.PINPolicy(spec.PIN), TouchPolicy: ykpiv.TouchPolicy(spec.Touch),
		})
		return err
	})
	return public, explain("make the key", c.reader, err)
}

// Attest returns what the maker says of a slot's key, then the card's own certificate. A card
// that cannot gives fault.CardLacks.
func (c *Card) Attest(slot string) ([]*x509.Certificate, error) {
	s, err := slotOf(slot)
	if err != nil {
		return nil, err
	}
	yk, err := c.yubikey()
	if err != nil {
		return nil, err
	}
	leaf, err := yk.Attest(s)
	if errors.Is(err, ykpiv.ErrNotFound) {
		return nil, fault.New(fault.CardLacks, "have the card make a key: 'tokenctl piv enrol'", "the card says nothing of the key in %s: there is none, or it was made elsewhere", slot)
	}
	if err != nil {
		return nil, explain("have the key attested", c.reader, err)
	}
	maker, err := yk.AttestationCertificate()
	if err != nil {
		return nil, explain("read the card's own certificate", c.reader, err)
	}
	return []*x509.Certificate{leaf, maker}, nil
}

// Store puts a certificate into its slot. The PIN opens the management key.
func (c *Card) Store(pin config.Secret, slot string, cert *x509.Certificate) error {
	s, err := slotOf(slot)
	if err != nil {
		return err
	}
	err = c.managed(pin, func(yk *ykpiv.YubiKey, key []byte) error { return yk.SetCertificate(key, s, cert) })
	return explain("store the certificate", c.reader, err)
}

// Reset wipes the PIV application: every key, certificate, PIN and PUK. It blocks both first,
// without which a card refuses. One without a PUK could not block it, and is left as it is:
// otherwise its PIN would be blocked for good.
func (c *Card) Reset() error {
	if c.kind != YubiKey {
		return lacksExtensions(c.kind)
	}
	known, err := c.factory()
	if err != nil {
		return err
	}
	if known.noPUK {
		return NoPUK()
	}
	yk, err := c.yubikey()
	if err != nil {
		return err
	}
	c.verified = false
	return explain("reset the card", c.reader, yk.Reset())
}

// Signer returns the slot's key for as long as the card is open. It asks the card when the key
// wants to be touched, and then calls touch, which may be nil, before each signature.
func (c *Card) Signer(slot string, public crypto.PublicKey, pin config.Secret, touch func()) (crypto.Signer, error) {
	s, err := slotOf(slot)
	if err != nil {
		return nil, err
	}
	yk, err := c.yubikey()
	if err != nil {
		return nil, err
	}
	ref := Ref{Slot: slot, PIN: attest.PINAlways} // what no answer is taken for: the PIN each time is never wrong
	if info, err := yk.KeyInfo(s); err == nil {
		ref.PIN, ref.Touch = attest.PINPolicy(info.PINPolicy), attest.TouchPolicy(info.TouchPolicy)
	}
	return c.signer(ref, public, pin, touch)
}
