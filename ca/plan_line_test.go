package ca

import (
	"strings"
	"testing"
	"unicode/utf8"

	"mais/certs"
)

func TestReadLine(t *testing.T) {
	for text, want := range map[string][2]string{
		"0a":                {"", "0a"},
		" 0A:ff ":           {"", "0aff"},
		"people-1/7F00":     {"people-1", "7f00"},
		"\t7f 00\r":         {"", "7f00"},
		"people-1/":         {},
		"/7f":               {},
		"people-1/7f/00":    {},
		"People-1/7f":       {},
		"0x7f":              {},
		"serial":            {},
		"":                  {},
		"00":                {},
		"7f,Jane,revoked":   {},
		"7f\x00":            {},
		"\ufeff7f":          {},
		"=HYPERLINK(\"x\")": {},
	} {
		issuer, serial, fault := readLine(text)
		if got := [2]string{issuer, serial}; got[1] != want[1] || want[1] != "" && got != want || (fault == "") != (want[1] != "") {
			t.Errorf("readLine(%q) = %q, %q, %q, want %q", text, issuer, serial, fault, want)
		}
	}
}

// Whatever a line is, it is a serial in its one form or says why it is none, and what is kept
// of it fits into a column and a terminal.
func FuzzReadLine(f *testing.F) {
	for _, seed := range []string{"0a", "people-1/7f00", "", "\x00", "\xff\xfe0\x00a\x00", strings.Repeat("a", 500), "7f\u202e00", "a/b/c", "٧"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		issuer, serial, fault := readLine(text)
		if again, err := certs.ParseSerial(serial); fault == "" && (err != nil || again != serial) {
			t.Errorf("readLine(%q) gives the serial %q", text, serial)
		}
		if fault != "" && serial != "" {
			t.Errorf("readLine(%q) = %q, %q, %q", text, issuer, serial, fault)
		}
		if kept := cut(text); len(kept) > maxLine+8 || !utf8.ValidString(kept) || !OneLine(kept) {
			t.Errorf("cut(%q) = %q", text, kept)
		}
	})
}
