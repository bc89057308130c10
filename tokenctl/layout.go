package main

import (
	"slices"
	"strings"
	"unicode/utf8"
)

const (
	screenWidth = 80
	labelWidth  = 34 // so that the longest labels leave room for values on the screen
)

// wrap breaks text between words into lines of at most width characters, where words allow
// it. The groups of a telephone number are one word.
func wrap(text string, width int) []string {
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

// paragraph prints a text over as many lines as it needs; the first begins with lead, the
// others under it.
func (a *app) paragraph(lead, text string) {
	for _, line := range wrap(text, screenWidth-utf8.RuneCountInString(lead)) {
		a.screen.Line("%s%s", lead, line)
		lead = strings.Repeat(" ", utf8.RuneCountInString(lead))
	}
}

func sortedNames[V any](m map[string]V) []string {
	names := make([]string, 0, len(m))
	for name := range m {
		names = append(names, name)
	}
	slices.Sort(names)
	return names
}
