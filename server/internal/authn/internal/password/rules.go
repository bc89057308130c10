package password

import "unicode/utf8"

// What a password is worth, in bits of guessing: below minBits it is one of those that guessers
// try first, whatever its length.
const (
	minBits  = 34
	fairBits = 50
	goodBits = 66
)

// Rules say which passwords are taken.
type Rules struct {
	Lists   []Expected // beside Common
	Context []string   // of the service; see Context
}

// Fault is why a password is not taken.
type Fault string

// The faults.
const (
	TooShort Fault = "short"
	TooLong  Fault = "long"     // or not text
	Guessed  Fault = "expected" // guessers try it among the first
	Own      Fault = "own"      // the same, and this user's name, address or agency is in it
)

// Strength is a step of the meter.
type Strength int

// The steps.
const (
	Weak Strength = iota
	Fair
	Good
	Strong
)

// Judge returns a typed password in its normal form, what it is worth, and why it is not
// taken, or "". about are texts about its user.
func (r Rules) Judge(typed string, about ...string) (normal string, s Strength, fault Fault) {
	normal, err := Normal(typed)
	if err != nil {
		return "", Weak, TooLong
	}
	if utf8.RuneCountInString(normal) < MinLength {
		return "", Weak, TooShort
	}
	lists := append([]Expected{Common(), famous}, r.Lists...)
	switch bits := Bits(normal, append(Context(about...), r.Context...), lists...); {
	case bits < minBits && bits < Bits(normal, r.Context, lists...):
		return "", Weak, Own
	case bits < minBits || r.listed(normal):
		return "", Weak, Guessed
	case bits < fairBits:
		s = Fair
	case bits < goodBits:
		s = Good
	default:
		s = Strong
	}
	return normal, s, ""
}

// listed reports whether a list has the whole password, which is then refused whatever it is worth.
func (r Rules) listed(normal string) bool {
	for _, list := range r.Lists {
		if _, known := list[fold(normal)]; known {
			return true
		}
	}
	return false
}
