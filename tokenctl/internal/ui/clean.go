package ui

import (
	"fmt"
	"strings"
	"unicode"
)

// Clean returns text from outside in a form that cannot steer a terminal: control
// characters (C0, DEL, C1, and with them every escape sequence), line and paragraph
// separators, invisible and bidirectional format characters become their \u escapes.
// It stays on one line. Bytes that are not UTF-8 become U+FFFD.
func Clean(s string) string {
	return escape(strings.ToValidUTF8(s, "\uFFFD"), func(rune) bool { return false })
}

// cleanJSON makes encoded JSON safe to print. JSON already escapes C0 inside its strings;
// the others stand only inside strings too, where \u means the same.
func cleanJSON(encoded []byte) []byte {
	return []byte(escape(string(encoded), func(r rune) bool { return r == '\n' }))
}

func escape(s string, keep func(rune) bool) string {
	if strings.IndexFunc(s, steers) < 0 {
		return s
	}
	var out strings.Builder
	for _, r := range s {
		switch {
		case !steers(r) || keep(r):
			out.WriteRune(r)
		case r > 0xffff: // tags and the like: a surrogate pair, as JSON wants it
			r -= 0x10000
			fmt.Fprintf(&out, `\u%04x\u%04x`, 0xd800+(r>>10), 0xdc00+(r&0x3ff))
		default:
			fmt.Fprintf(&out, `\u%04x`, r)
		}
	}
	return out.String()
}

func steers(r rune) bool {
	return unicode.In(r, unicode.Cc, unicode.Cf, unicode.Zl, unicode.Zp)
}
