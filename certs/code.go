package certs

import "strings"

// The form of an enrolment code: characters of Crockford's base 32, in groups of five when it
// is written.
const (
	CodeAlphabet = "0123456789ABCDEFGHJKMNPQRSTVWXYZ" // without I, L, O and U
	CodeLength   = 35
	maxTypedCode = 4 * CodeLength
)

// NormaliseCode reads an enrolment code as people type it: in any case, with spaces, dashes or
// neither, O for 0, and I or L for 1. ok says that it has the form of one; whether it is one,
// the CA alone knows.
func NormaliseCode(typed string) (code string, ok bool) {
	if len(typed) > maxTypedCode {
		return "", false
	}
	code = strings.Map(func(r rune) rune {
		switch r {
		case ' ', '-', '\t', '\r', '\n', '‐', '‑', '–', '\u00a0':
			return -1
		case 'o', 'O':
			return '0'
		case 'i', 'I', 'l', 'L':
			return '1'
		}
		if r >= 'a' && r <= 'z' {
			return r - 'a' + 'A'
		}
		return r
	}, typed)
	return code, len(code) == CodeLength && strings.Trim(code, CodeAlphabet) == ""
}
