//go:build cgo

package piv

import (
	"bytes"
	"crypto/aes"
	"crypto/des"
	"errors"
	"slices"

	ykpiv "github.com/go-piv/piv-go/v2/piv"

	"mais/config"
	"mais/tokenctl/internal/fault"
)

// Personalise makes a blank card the officer's: PUK, PIN, a random AES management key that the
// card keeps under the PIN, CHUID and CCC. What is done already is not done again, so that it
// can be run after it broke off.
//
// The order bears that. While the PIN is the factory's, whatever management key the card holds
// is somebody else's, who may know it: it goes first. The PUK is set before the PIN, so that a
// card with a PIN of its own has a PUK of its own. The new management key is stored under the
// PIN before it is set. In between the card holds a key that is not in force yet, and the
// factory's still is; the next run finds both and sets the stored one. The other way round a
// break would leave a key that nobody knows, and the card could only be reset.
func (c *Card) Personalise(s Setup) (Personalised, error) {
	var done Personalised
	if err := s.check(); err != nil {
		return done, err
	}
	if c.kind != YubiKey {
		return done, lacksExtensions(c.kind)
	}
	known, err := c.factory()
	if err != nil {
		return done, err
	}
	pin, blank, err := c.findPIN(s, known)
	if err != nil {
		return done, err
	}
	protected, err := c.protected()
	if err == nil && blank {
		protected, err = c.forgetManagementKey(protected)
	}
	if err != nil {
		return done, err
	}
	if done, err = c.givePUK(s, known); err != nil {
		return done, err
	}
	if !same(pin, s.PIN) {
		if err := c.ChangePIN(pin, s.PIN); err != nil {
			return done, err
		}
	}
	if err := c.giveManagementKey(protected); err != nil {
		return done, err
	}
	return done, c.giveNames()
}

func (s Setup) check() error {
	if err := CheckPIN(s.PIN); err != nil && !same(s.OldPIN, s.PIN) {
		return err
	}
	if s.PUK.IsZero() {
		return nil
	}
	return CheckPUK(s.PUK)
}

// factory is what a card's metadata says of its secrets; a card before firmware 5.3 says
// nothing.
type factory struct {
	told     bool
	pin, puk bool // the factory's still
	tries    int
	noPUK    bool
}

func (c *Card) factory() (factory, error) {
	a, err := c.plain()
	if err != nil {
		return factory{}, err
	}
	var f factory
	pin, err := a.metadata(refPIN)
	if isGone(err) {
		return factory{}, explain("read the card", c.reader, err)
	}
	if err != nil {
		f.tries, err = a.pinTries()
		return f, explain("read the card", c.reader, err)
	}
	puk, err := a.metadata(refPUK)
	if isGone(err) {
		return factory{}, explain("read the card", c.reader, err)
	}
	word, _ := statusOf(err)
	return factory{told: true, pin: pin.factory, puk: puk.factory, tries: pin.left, noPUK: word == noReference}, nil
}

// findPIN verifies the PIN that the card has, and reports whether that is the factory's. A card
// that does not tell is asked for the factory's only while nobody has set its management key.
// A wrong guess costs a try, which the right PIN then gives back; the last is never spent so.
func (c *Card) findPIN(s Setup, known factory) (pin config.Secret, blank bool, err error) {
	initial := config.NewSecret([]byte(factoryPIN))
	if known.told && known.pin {
		return initial, true, c.VerifyPIN(initial)
	}
	if !s.OldPIN.IsZero() && !same(s.OldPIN, s.PIN) {
		pin, err = c.verifyEither(s.OldPIN, s.PIN, known.tries)
		return pin, false, err
	}
	if known.told || !s.OldPIN.IsZero() {
		return s.PIN, false, c.VerifyPIN(s.PIN)
	}
	untouched, err := c.managedByFactory()
	if err != nil {
		return pin, false, err
	}
	first := s.PIN
	if untouched {
		first = initial
	}
	pin, err = c.verifyEither(first, s.PIN, known.tries)
	return pin, same(pin, initial), err
}

// verifyEither verifies the one PIN or, if that is wrong and another, the other. The last try is
// not spent on either, since they are guesses.
func (c *Card) verifyEither(first, second config.Secret, tries int) (config.Secret, error) {
	const next = "give the PIN that the card has, 123456 from the factory, to 'tokenctl piv pin change', or unblock it; then run this again"
	if tries == 1 {
		return first, notRisked(next)
	}
	err := c.VerifyPIN(first)
	if same(first, second) || !fault.Is(err, fault.WrongPIN) {
		return first, err
	}
	if tries, err = c.PINTries(); err == nil && tries < 2 {
		err = notRisked(next)
	}
	if err != nil {
		return first, err
	}
	return second, c.VerifyPIN(second)
}

func notRisked(next string) error {
	return fault.New(fault.WrongPIN, next, "the PIN has one try left, which is not risked on a guess")
}

// same reports whether two secrets that one person gave are equal: nothing to time.
func same(a, b config.Secret) bool { return bytes.Equal(a.Reveal(), b.Reveal()) }

// managedByFactory reports whether the factory's management key is in force, which anybody may
// try as often as they like. Where it is not, somebody has personalised the card.
func (c *Card) managedByFactory() (bool, error) {
	a, err := c.plain()
	if err != nil {
		return false, err
	}
	err = c.authenticate(a, ykpiv.DefaultManagementKey)
	if fault.Is(err, fault.CardLacks) {
		return false, nil
	}
	return err == nil, err
}

// FactoryPUK reports whether the PUK is the factory's, so that nobody is shown a PUK that the
// card does not take. A card that does not tell (Summary.TellsFactory) is asked by changing
// the factory's to itself, and only while nobody has set its management key. If the PUK is
// another, that spends one of its tries.
func (c *Card) FactoryPUK() (factory, spent bool, err error) {
	if c.kind != YubiKey {
		return false, false, lacksExtensions(c.kind)
	}
	known, err := c.factory()
	if err != nil || known.told || known.noPUK {
		return known.puk, false, err
	}
	if blank, err := c.managedByFactory(); !blank {
		return false, false, err
	}
	puk := config.NewSecret([]byte(factoryPUK))
	return c.fromFactoryPUK(puk)
}

// fromFactoryPUK changes the PUK if it is the factory's. It reports whether it was, and whether
// finding out spent a try.
func (c *Card) fromFactoryPUK(next config.Secret) (changed, spent bool, err error) {
	err = c.ChangePUK(config.NewSecret([]byte(factoryPUK)), next)
	switch {
	case fault.Is(err, fault.WrongPIN):
		return false, true, nil
	case fault.Is(err, fault.PUKBlocked):
		return false, true, nil // just now or long since; the PIN is good without it
	}
	return err == nil, false, err
}

// givePUK sets the PUK in the factory's place, or in that of the old one that is given. One
// that is neither stays: it was set before, and to ask for it would cost tries. A card that
// does not tell is asked only while its management key shows that nobody has come further.
func (c *Card) givePUK(s Setup, known factory) (done Personalised, err error) {
	switch {
	case s.PUK.IsZero() || known.noPUK:
		return done, nil
	case known.told && known.puk:
		return done, c.ChangePUK(config.NewSecret([]byte(factoryPUK)), s.PUK)
	case !s.OldPUK.IsZero():
		return done, c.ChangePUK(s.OldPUK, s.PUK)
	case known.told:
		return Personalised{PUKKept: true}, nil
	}
	if blank, err := c.managedByFactory(); !blank {
		return Personalised{PUKKept: err == nil}, err
	}
	changed, spent, err := c.fromFactoryPUK(s.PUK)
	return Personalised{PUKKept: err == nil && !changed, PUKTrySpent: spent}, err
}

// protected returns the object that the card keeps under the PIN, which is verified, or nothing.
func (c *Card) protected() ([]byte, error) {
	a, err := c.plain()
	if err != nil {
		return nil, err
	}
	object, err := a.object(objectProtected)
	if isGone(err) {
		return nil, explain("read the card", c.reader, err)
	}
	return object, nil // one that is not there, or not to be read, is as good as empty
}

// storedKey returns the management key that the object under the PIN keeps, unless that is the
// factory's, which is as good as none: everybody knows it.
func storedKey(protected []byte) []byte {
	kept := protectedKey(protected)
	if bytes.Equal(kept, ykpiv.DefaultManagementKey) {
		return nil
	}
	return kept
}

// forgetManagementKey puts the factory's management key in the place of one that a card with
// the factory's PIN has: whoever stored it, such as a supplier, may have kept a copy. First it is
// made the one in force, and then the one that is stored, so that a break leaves the card with
// a key that is known. It returns the object under the PIN as it is then.
func (c *Card) forgetManagementKey(protected []byte) ([]byte, error) {
	stored := storedKey(protected)
	if stored == nil {
		return protected, nil
	}
	a, inForce, err := c.prove(stored)
	if err != nil {
		return nil, err
	}
	if inForce {
		if err := c.setManagementKey(a, ykpiv.DefaultManagementKey); err != nil {
			return nil, err
		}
	}
	protected = withManagementKey(protected, ykpiv.DefaultManagementKey)
	return protected, explain("forget the management key", c.reader, a.put(objectProtected, protected))
}

// prove authenticates with the stored management key, or with the factory's where that one is
// in force or none is stored, and reports whether it was the stored one.
func (c *Card) prove(stored []byte) (a *applet, inForce bool, err error) {
	if a, err = c.plain(); err != nil {
		return nil, false, err
	}
	if stored != nil {
		if err = c.authenticate(a, stored); !fault.Is(err, fault.CardLacks) {
			return a, err == nil, err
		}
	}
	return a, false, c.authenticate(a, ykpiv.DefaultManagementKey)
}

// giveManagementKey puts a random key in the factory's place: AES-192 on a card that has AES,
// which is so from firmware 5.4 on, and 3DES before. Both have 24 bytes, the only length that
// piv-go stores. The card stays authenticated, for giveNames and Generate.
func (c *Card) giveManagementKey(protected []byte) error {
	stored := storedKey(protected)
	a, inForce, err := c.prove(stored)
	if err != nil || inForce {
		return err
	}
	if len(stored) != 24 {
		stored = random(24)
		if err := a.put(objectProtected, withManagementKey(protected, stored)); err != nil {
			return explain("keep the management key", c.reader, err)
		}
	}
	return c.setManagementKey(a, stored)
}

// setManagementKey replaces the management key, of which the old one is proved and stays so.
func (c *Card) setManagementKey(a *applet, key []byte) error {
	algorithm := byte(alg3DES)
	if atLeast(c.firmware, 5, 4) {
		algorithm = algAES192
	}
	if err := a.setManagementKey(algorithm, key); err != nil {
		return explain("set the management key", c.reader, err)
	}
	c.management = slices.Clone(key)
	return nil
}

// authenticate proves the management key, which c has from then on.
func (c *Card) authenticate(a *applet, key []byte) error {
	err := a.authenticate(key)
	_, refused := statusOf(err)
	var short des.KeySizeError
	var long aes.KeySizeError
	if refused || errors.As(err, &short) || errors.As(err, &long) { // the size of another algorithm's is as wrong
		return errManagement()
	}
	if err != nil {
		return explain("authenticate with the management key", c.reader, err)
	}
	c.management, c.managing = slices.Clone(key), true
	return nil
}

// giveNames writes CHUID and CCC, where the card has none, and the word for Yubico's tools
// that the management key is kept under the PIN. The card is authenticated.
func (c *Card) giveNames() error {
	a, err := c.plain()
	if err != nil {
		return err
	}
	for _, o := range []struct {
		id   uint32
		made func(old []byte) []byte
	}{
		{objectAdmin, withProtectedKey},
		{objectCHUID, func(old []byte) []byte { return unless(guidOf(old) != "", old, newCHUID) }},
		{objectCCC, func(old []byte) []byte { return unless(len(old) > 0, old, newCCC) }},
	} {
		old, err := a.object(o.id)
		if word, _ := statusOf(err); err != nil && word != notFound {
			return explain("read the card", c.reader, err)
		}
		next := o.made(old)
		if !bytes.Equal(old, next) {
			if err := a.put(o.id, next); err != nil {
				return explain("name the card", c.reader, err)
			}
		}
		if o.id == objectCHUID {
			c.guid = guidOf(next)
		}
	}
	return nil
}

func unless(there bool, old []byte, made func() []byte) []byte {
	if there {
		return old
	}
	return made()
}

// SetTries sets how many tries PIN and PUK have, 1 to 15 each, and sets both again, which the
// card forgets: for a moment they are the factory's. A run that broke off there can be run
// again with the same secrets, unless the card does not tell what is the factory's: then PIN
// and PUK are changed from those by hand, since to guess would cost tries.
func (c *Card) SetTries(pin, puk config.Secret, pinTries, pukTries int) error {
	for _, n := range []int{pinTries, pukTries} {
		if n < 1 || n > 15 { // a card counts to 255, and tells 15 of them
			return fault.New(fault.Usage, "", "%d is no number of tries: choose 1 to 15", n)
		}
	}
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
	current := pin
	if known.told && known.pin { // of a run that broke off, or never personalised
		current = config.NewSecret([]byte(factoryPIN))
	}
	if !known.told || !known.puk {
		if err := c.ChangePUK(puk, puk); err != nil { // lest a slip of the finger becomes the PUK
			return err
		}
	}
	if err := c.VerifyPIN(current); err != nil {
		return err
	}
	err = c.managed(current, func(yk *ykpiv.YubiKey, key []byte) error {
		return yk.SetRetries(key, reveal(current), pinTries, pukTries)
	})
	if err != nil {
		return explain("set the tries", c.reader, err)
	}
	c.verified = false
	if err := c.ChangePIN(config.NewSecret([]byte(factoryPIN)), pin); err != nil {
		return halfSet(err, known)
	}
	if err := c.ChangePUK(config.NewSecret([]byte(factoryPUK)), puk); err != nil {
		return halfSet(err, known)
	}
	return nil
}

// halfSet warns of a card that broke off with the factory's secrets.
func halfSet(err error, known factory) error {
	f := *fault.Of(err)
	f.Next = "run the same command again at once: until then the PIN or the PUK is the factory's, which everybody knows"
	if !known.told {
		f.Next = "change them at once with 'tokenctl piv pin change' from 123456 and 'tokenctl piv puk change' from 12345678: the PIN or the PUK is the factory's, which everybody knows"
	}
	return &f
}
