// Package codes is of codes that people type from a mail or from paper, in base 32 (RFC 4648, 6).
// [NewMail] makes one that comes by mail and [ReadMail] reads it as it was typed; [Grouped] and
// [Read] serve the others. It counts no tries and knows of no code whether it is good.
package codes

import "strings"

const digits = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567"

// Grouped returns a text in groups of n characters, as people read it best.
func Grouped(text string, n int, between string) string {
	var groups []string
	for ; len(text) > n; text = text[n:] {
		groups = append(groups, text[:n])
	}
	return strings.Join(append(groups, text), between)
}

// Read reads a code of so many characters in any case, with spaces, dashes or neither, 0 for O
// and 8 for B.
func Read(typed string, length int) (string, bool) {
	if len(typed) > 4*length {
		return "", false
	}
	text := strings.Map(func(r rune) rune {
		switch {
		case r == '0':
			return 'O'
		case r == '8':
			return 'B'
		case strings.ContainsRune(" -\t\r\n‐‑–\u00a0", r):
			return -1
		case r >= 'a' && r <= 'z':
			return r - 'a' + 'A'
		}
		return r
	}, typed)
	return text, len(text) == length && strings.Trim(text, digits) == ""
}
