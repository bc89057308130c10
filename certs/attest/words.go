package attest

import (
	"cmp"
	"fmt"
	"strconv"
	"strings"
)

// String returns the version as makers print it: "5.4.3". That of the zero Version is empty.
func (v Version) String() string {
	if v == (Version{}) {
		return ""
	}
	return fmt.Sprintf("%d.%d.%d", v.Major, v.Minor, v.Patch)
}

// Compare returns -1, 0 or 1 as v is earlier than w, the same, or later.
func (v Version) Compare(w Version) int {
	return cmp.Or(cmp.Compare(v.Major, w.Major), cmp.Compare(v.Minor, w.Minor), cmp.Compare(v.Patch, w.Patch))
}

// ParseVersion reads "5.4.3".
func ParseVersion(text string) (Version, error) {
	parts := strings.Split(text, ".")
	var numbers [3]byte
	if len(parts) != len(numbers) {
		return Version{}, fmt.Errorf("attest: %.20q is not a firmware version such as 5.4.3", text)
	}
	for i, part := range parts {
		n, err := strconv.ParseUint(part, 10, 8)
		if err != nil || strconv.FormatUint(n, 10) != part {
			return Version{}, fmt.Errorf("attest: %.20q is not a firmware version such as 5.4.3", text)
		}
		numbers[i] = byte(n)
	}
	return Version{numbers[0], numbers[1], numbers[2]}, nil
}

// pinWords are the policies' names in settings, and how people read them: "the PIN is wanted …".
var pinWords = map[PINPolicy][2]string{
	PINNever: {"never", "never"}, PINOnce: {"once", "once a session"}, PINAlways: {"always", "for each signature"},
	MatchOnce: {"match-once", "by fingerprint, once a session"}, MatchAlways: {"match-always", "by fingerprint, for each signature"},
}

var touchWords = map[TouchPolicy][2]string{
	TouchNever: {"never", "never"}, TouchAlways: {"always", "for each signature"}, TouchCached: {"cached", "for each signature, good for 15 seconds"},
}

// String says when the PIN is wanted: "never", "once a session", "for each signature". Of the
// zero PINPolicy, which nobody told, it is empty.
func (p PINPolicy) String() string { return wordsOf(pinWords, p) }

// ParsePINPolicy reads a policy's name in settings: never, once, always, match-once or
// match-always.
func ParsePINPolicy(name string) (PINPolicy, error) { return parseName(pinWords, name) }

// String says when a touch is wanted: "never", "for each signature". Of the zero TouchPolicy,
// which nobody told, it is empty.
func (t TouchPolicy) String() string { return wordsOf(touchWords, t) }

// ParseTouchPolicy reads a policy's name in settings: never, always or cached.
func ParseTouchPolicy(name string) (TouchPolicy, error) { return parseName(touchWords, name) }

func wordsOf[P ~byte](words map[P][2]string, p P) string {
	if p == 0 {
		return ""
	}
	if w, ok := words[p]; ok {
		return w[1]
	}
	return fmt.Sprintf("unknown policy %d", byte(p))
}

func parseName[P ~byte](words map[P][2]string, name string) (P, error) {
	for p, w := range words {
		if w[0] == name {
			return p, nil
		}
	}
	return 0, fmt.Errorf("attest: no policy is called %.20q", name)
}

// The bits of a FormFactor beside its shape (Yubico, Config Reference, form factor).
const (
	fips        FormFactor = 0x80
	securityKey FormFactor = 0x40
)

var shapes = map[FormFactor]string{
	1: "USB-A key", 2: "USB-A nano", 3: "USB-C key", 4: "USB-C nano", 5: "USB-C and Lightning key",
	6: "USB-A key with fingerprint reader", 7: "USB-C key with fingerprint reader",
}

// String says what the card looks like, "USB-C key, FIPS". Of the zero FormFactor, which
// nobody told, it is empty.
func (f FormFactor) String() string {
	if f == 0 {
		return ""
	}
	words, ok := shapes[f&^(fips|securityKey)]
	if !ok {
		words = fmt.Sprintf("unknown form %d", byte(f&^(fips|securityKey)))
	}
	if f&fips != 0 {
		words += ", FIPS"
	}
	return words
}
