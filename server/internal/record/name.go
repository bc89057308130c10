package record

import (
	"strings"
	"unicode"

	"golang.org/x/text/unicode/norm"
)

// letters are those that canonical decomposition leaves whole.
var letters = strings.NewReplacer("ł", "l", "ø", "o", "đ", "d", "ð", "d", "ß", "ss", "æ", "ae", "œ", "oe", "þ", "th", "ı", "i", "ħ", "h")

// NormaliseName returns the key under which a name is filed and looked up: lower case,
// without accents, apostrophes and points, hyphens and other gaps as one space. It is
// idempotent.
func NormaliseName(name string) string {
	decomposed := letters.Replace(norm.NFD.String(strings.ToLower(name)))
	var key strings.Builder
	gap := false
	for _, r := range decomposed {
		switch {
		case unicode.IsLetter(r) || unicode.IsDigit(r):
			if gap && key.Len() > 0 {
				key.WriteByte(' ')
			}
			gap = false
			key.WriteRune(r)
		case unicode.IsSpace(r) || unicode.Is(unicode.Pd, r) || r == '/' || r == '_':
			gap = true
		}
	}
	return key.String()
}
