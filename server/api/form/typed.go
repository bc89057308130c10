package form

import (
	"strings"
	"unicode"
)

// Bounds of what people type, in characters. The service keeps them, and the pages say them.
const (
	MinExplanation, MaxExplanation = 5, 200  // of another reason for looking
	MinWhy, MaxWhy                 = 10, 500 // of emergency access
	MaxNote                        = 1000    // of its review
	MaxChange                      = 500     // of the note of a change of who may come in, or of a review of it
	MinLetters                     = 3       // and digits, among those of a reason of either kind
)

// MaxPlan bounds the note of a plan for certificates, in bytes.
const MaxPlan = 200

// Bounds of what the pages show of who looked at whom. The service keeps them, and the pages say them.
const (
	MaxLooks   = 100 // at one record, the last ones
	RecentDays = 30  // for which somebody is shown whose records they looked at
)

// Lines returns what somebody meant who typed a text of several lines: a browser sends two
// characters for the end of each, and the screen counts one.
func Lines(text string) string { return strings.TrimSpace(strings.ReplaceAll(text, "\r\n", "\n")) }

// Says reports whether a text says something, which dots and spaces do not: it has
// MinLetters letters or digits, of whatever script.
func Says(text string) bool {
	n := 0
	for _, r := range text {
		if unicode.IsLetter(r) || unicode.IsDigit(r) {
			n++
		}
	}
	return n >= MinLetters
}

// Unseen returns the first character of a text that nobody sees, other than the allowed ones:
// a control character, one that formats or turns what follows, a line end that is none on the
// keyboard, or a letter that looks like a space. Joiners are part of how some scripts, and
// pictures of people, are written: they are seen by what they join.
func Unseen(text, allowed string) (r rune, found bool) {
	runes := []rune(text)
	for n, r := range runes {
		switch {
		case strings.ContainsRune(allowed, r), joins(runes, n):
		case unicode.In(r, unicode.Cc, unicode.Cf, unicode.Zl, unicode.Zp, unicode.Variation_Selector, unicode.Other_Default_Ignorable_Code_Point, blank):
			return r, true
		}
	}
	return 0, false
}

// blank are characters that no property tells of: a braille cell and a note head without a
// dot of ink.
var blank = &unicode.RangeTable{
	R16: []unicode.Range16{{Lo: 0x2800, Hi: 0x2800, Stride: 1}},
	R32: []unicode.Range32{{Lo: 0x1d159, Hi: 0x1d159, Stride: 1}},
}

// Zero-width characters that change how their neighbours look.
const (
	nonJoiner, joiner = '\u200c', '\u200d'
	asText, asPicture = '\ufe0e', '\ufe0f'
)

// joins reports whether the nth character is a joiner inside a word, or says of the one
// before it whether it is text or a picture.
func joins(text []rune, n int) bool {
	switch text[n] {
	case nonJoiner, joiner:
		return n > 0 && n+1 < len(text) && (seen(text[n-1]) || text[n-1] == asPicture) && seen(text[n+1])
	case asText, asPicture:
		return n > 0 && seen(text[n-1])
	}
	return false
}

// seen reports whether a character is a part of a word or a picture that has ink.
func seen(r rune) bool {
	return unicode.In(r, unicode.L, unicode.M, unicode.Nd, unicode.S) &&
		!unicode.In(r, unicode.Variation_Selector, unicode.Other_Default_Ignorable_Code_Point, blank)
}
