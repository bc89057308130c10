package audit

import (
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"
)

// line returns s fit for one line of a log: at most limit bytes and an ellipsis, valid UTF-8,
// and without a character that ends a line, drives a terminal or turns the direction of
// what follows; such a character stands as \uXXXX, a byte that is no UTF-8 as \xXX.
func line(s string, limit int) string {
	if plain(s) && len(s) <= limit {
		return s
	}
	var b strings.Builder
	for i, size := 0, 0; i < len(s); i += size {
		var r rune
		if r, size = utf8.DecodeRuneInString(s[i:]); b.Len()+size > limit {
			b.WriteString("…")
			break
		}
		switch {
		case r == utf8.RuneError && size == 1:
			fmt.Fprintf(&b, `\x%02x`, s[i])
		case disrupts(r):
			fmt.Fprintf(&b, `\u%04x`, r)
		default:
			b.WriteRune(r)
		}
	}
	return b.String()
}

// maxParts bounds the parts of a text that Spell writes.
const maxParts = 8

// Spell puts a text into the detail of an event whole: what exceeds the bound of one value
// goes on under key_2, key_3 and so on. Only what eight parts do not hold is cut.
func Spell(detail map[string]string, key, text string) {
	var part strings.Builder
	name, parts := key, 1
	for _, r := range text {
		piece := line(string(r), maxText)
		if part.Len()+len(piece) > maxReason && parts < maxParts {
			detail[name] = part.String()
			part.Reset()
			parts++
			name = fmt.Sprintf("%s_%d", key, parts)
		}
		part.WriteString(piece)
	}
	detail[name] = part.String()
}

// plain reports whether s is printable ASCII, as nearly everything is.
func plain(s string) bool {
	for i := range len(s) {
		if s[i] < 0x20 || s[i] > 0x7e {
			return false
		}
	}
	return true
}

// disrupts reports whether r is a control character (C0, C1, DEL), a format character (which
// all marks of direction are) or a separator of lines or paragraphs.
func disrupts(r rune) bool { return unicode.In(r, unicode.Cc, unicode.Cf, unicode.Zl, unicode.Zp) }

func lines(list []string) []string {
	out := make([]string, len(list))
	for i, s := range list {
		out[i] = line(s, maxText)
	}
	return out
}

// withoutQuery cuts a query or fragment off. Our own URLs have none; what a stranger puts
// there may be anything.
func withoutQuery(uri string) string {
	if i := strings.IndexAny(uri, "?#"); i >= 0 {
		return uri[:i]
	}
	return uri
}
