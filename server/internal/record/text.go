package record

import (
	"fmt"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"
)

func oneOf(word string, words []string) string {
	if slices.Contains(words, word) {
		return ""
	}
	return "is not one of " + strings.Join(words, ", ")
}

func pastDay(text string, today Day) string {
	day, err := ParseDay(text)
	if err != nil {
		return "is " + err.Error()
	}
	if day > today {
		return "lies in the future"
	}
	return ""
}

// Line says what keeps text from being a line of a record, or "".
func Line(text string) string { return plain(text, MaxText, "") }

// Lines says what keeps text from being a note of a record, or "".
func Lines(text string) string { return plain(text, MaxNote, "\n") }

// plain refuses what could reach beyond its own place on a page or in a log: control
// characters, and those that turn the direction of what follows (Unicode UAX 9).
func plain(text string, most int, allowed string) string {
	switch {
	case text == "":
		return "is empty"
	case !utf8.ValidString(text):
		return "is not UTF-8"
	case utf8.RuneCountInString(text) > most:
		return fmt.Sprintf("is longer than %d characters", most)
	}
	for _, r := range text {
		if (unicode.IsControl(r) || unicode.Is(unicode.Bidi_Control, r)) && !strings.ContainsRune(allowed, r) {
			return fmt.Sprintf("holds the control character U+%04X", r)
		}
	}
	return ""
}
