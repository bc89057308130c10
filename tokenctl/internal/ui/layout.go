package ui

import (
	"strings"
	"unicode/utf8"
)

// Width is how many characters a line has room for.
const Width = 80

// Wrap breaks text between words into lines of at most width characters, where words allow
// it. The groups of a telephone number are one word.
func Wrap(text string, width int) []string {
	lines := []string{""}
	for _, word := range words(text) {
		last := &lines[len(lines)-1]
		switch {
		case *last == "":
			*last = word
		case utf8.RuneCountInString(*last)+1+utf8.RuneCountInString(word) <= width:
			*last += " " + word
		default:
			lines = append(lines, word)
		}
	}
	return lines
}

func words(text string) (words []string) {
	for _, word := range strings.Fields(text) {
		n := len(words) - 1
		if n >= 0 && isDigit(words[n][len(words[n])-1]) && isDigit(word[0]) {
			words[n] += " " + word
			continue
		}
		words = append(words, word)
	}
	return words
}

func isDigit(b byte) bool { return '0' <= b && b <= '9' }

// Paragraph prints a text over as many lines as it needs; the first begins with lead, the
// others under it.
func (s *Screen) Paragraph(lead, text string) {
	for _, line := range Wrap(text, Width-utf8.RuneCountInString(lead)) {
		s.Line("%s%s", lead, line)
		lead = strings.Repeat(" ", utf8.RuneCountInString(lead))
	}
}
