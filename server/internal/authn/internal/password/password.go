// Package password is what is known of passwords without a database: how one is hashed
// ([Params.Hash], [Check]), whether one may be taken ([Rules.Faults], [Rules.Bits]), the codes
// of a second factor ([Code], [Secret]) and those that stand in for it ([NewRecovery]). It
// follows NIST SP 800-63B-4, 3.1.1.2: length counts, and a list of what is expected; no
// composition is demanded and nothing expires.
//
// It keeps no count of wrong tries, and it does not say whose a password is: authn does.
package password

import (
	"errors"
	"fmt"
	"unicode"
	"unicode/utf8"

	"github.com/alexedwards/argon2id"
	"golang.org/x/text/unicode/norm"
)

// The lengths of a password, in characters of its normal form. Fifteen is what SP 800-63B-4
// asks of a password that may stand alone.
const (
	MinLength = 15
	MaxLength = 128
)

// maxBytes is of what is looked at at all.
const maxBytes = 4 * MaxLength

// ErrForm: what was typed can be nobody's password.
var ErrForm = errors.New("password: not text of a length that is taken")

// Normal returns the form that is hashed and compared: Unicode NFC, every space as the plain
// one, so that a password is the same on every keyboard.
func Normal(typed string) (string, error) {
	if len(typed) > maxBytes || !utf8.ValidString(typed) {
		return "", ErrForm
	}
	text := norm.NFC.String(typed)
	if utf8.RuneCountInString(text) > MaxLength {
		return "", ErrForm
	}
	out := []rune(text)
	for i, r := range out {
		switch {
		case unicode.Is(unicode.Zs, r):
			out[i] = ' '
		case unicode.IsControl(r):
			return "", ErrForm
		}
	}
	return string(out), nil
}

// Params are the costs of a hash. A stored hash carries its own.
type Params struct {
	Memory uint32 // KiB
	Passes uint32
	Lanes  uint8
}

// The second recommended option of RFC 9106, 4, and its salt and tag.
const (
	Memory = 64 << 10
	Passes = 3
	Lanes  = 4

	saltBytes = 16
	tagBytes  = 32
)

// Bounds of what a stored hash may ask for, so that a row cannot take the machine.
const (
	maxMemory = 1 << 20 // KiB
	maxPasses = 64
)

func (p Params) full() *argon2id.Params {
	return &argon2id.Params{Memory: p.Memory, Iterations: p.Passes, Parallelism: p.Lanes, SaltLength: saltBytes, KeyLength: tagBytes}
}

// Hash returns the PHC string of a password in its normal form. It takes the memory that the
// parameters say for some tenths of a second: the caller bounds how many do so at once.
func (p Params) Hash(normal string) (string, error) {
	hash, err := argon2id.CreateHash(normal, p.full())
	if err != nil {
		return "", fmt.Errorf("hash a password: %w", err)
	}
	return hash, nil
}

// Check compares a password in its normal form with a hash, and says whether the hash was made
// at other costs than p's, so that it is to be made anew.
func (p Params) Check(normal, hash string) (right, old bool, err error) {
	stored, _, _, err := argon2id.DecodeHash(hash)
	if err == nil && (stored.Memory > maxMemory || stored.Iterations > maxPasses) {
		err = errors.New("it asks for more than is ever given")
	}
	if err != nil {
		return false, false, fmt.Errorf("read a password's hash: %w", err)
	}
	right, stored, err = argon2id.CheckHash(normal, hash)
	if err != nil {
		return false, false, fmt.Errorf("compare a password: %w", err)
	}
	return right, *stored != *p.full(), nil
}
