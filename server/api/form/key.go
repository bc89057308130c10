package form

import (
	"encoding/hex"
	"regexp"
	"strings"
)

// A key is named by the SHA-256 of its SubjectPublicKeyInfo. Two people compare it digit by
// digit, so it is written in groups of four; and they compare all of it, since keys can be made
// in pairs whose first digits are the same.

const keyGroup = 4

var keyDigits = regexp.MustCompile(`^[0-9a-f]{64}$`)

// KeyGroups writes a key's name in groups of four digits. What is not one stays as it is.
func KeyGroups(key string) string {
	if !keyDigits.MatchString(key) {
		return key
	}
	groups := make([]string, 0, len(key)/keyGroup)
	for ; key != ""; key = key[keyGroup:] {
		groups = append(groups, key[:keyGroup])
	}
	return strings.Join(groups, " ")
}

// Key reads a key's name as people type it: in any case, in groups or not, with spaces, dashes
// or colons between them. ok is false for what is not the whole of one.
func Key(typed string) (key string, ok bool) {
	if len(typed) > 4*hex.EncodedLen(32) {
		return "", false
	}
	key = strings.ToLower(strings.NewReplacer(" ", "", "-", "", ":", "", "\t", "", "\r", "", "\n", "", "\u00a0", "").Replace(typed))
	return key, keyDigits.MatchString(key)
}
