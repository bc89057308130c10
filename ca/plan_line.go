package ca

import (
	"errors"
	"strings"
	"unicode"
	"unicode/utf8"

	"mais/certs"
)

// maxLine is how much of a line is kept to be shown again.
const maxLine = 80

// readLine reads a serial, or ISSUER/SERIAL, as a person or a spreadsheet writes it; fault says
// in a sentence why it is neither.
func readLine(text string) (issuer, serial, fault string) {
	typed := strings.TrimSpace(text)
	if len(typed) > 4*maxLine || !utf8.ValidString(typed) {
		return "", "", "This is not a serial number."
	}
	ref, err := certs.ParseRef(typed)
	switch {
	case errors.Is(err, certs.ErrIssuer):
		return "", "", "What stands before the stroke is not an issuer, such as people-1."
	case err != nil:
		return "", "", "This is not a serial number: those are hexadecimal digits, at most 40."
	}
	return ref.Issuer, ref.Serial, ""
}

// cut returns a line as it may be kept and shown: what does not print is a question mark.
func cut(text string) string {
	var b strings.Builder
	for _, r := range strings.TrimSpace(text) {
		if !unicode.IsPrint(r) || r == utf8.RuneError {
			r = '?'
		}
		if b.Len() > maxLine {
			return b.String() + "…"
		}
		b.WriteRune(r)
	}
	return b.String()
}

// OneLine reports whether a text is one line that shows all that it holds.
func OneLine(text string) bool {
	return utf8.ValidString(text) && !strings.ContainsFunc(text, func(r rune) bool { return !unicode.IsPrint(r) })
}
