package ui

import (
	"bytes"
	"encoding/json"
	"errors"
	"strings"
	"testing"
	"unicode"

	"mais/tokenctl/internal/fault"
)

func TestClean(t *testing.T) {
	for in, want := range map[string]string{
		"":                      "",
		"Łucja O’Hara-Smith 東京": "Łucja O’Hara-Smith 東京",
		"\x1b[31mred":           `\u001b[31mred`,
		"a\r\nb\tc":             `a\u000d\u000ab\u0009c`,
		"\u009b2J\x7f":          `\u009b2J\u007f`,
		"abc\u202ecba":          `abc\u202ecba`,
		"a\u200bb\u2028c":       `a\u200bb\u2028c`,
		"\U000e0041":            `\udb40\udc41`,
		"\xff\xfe":              "\uFFFD",
	} {
		if got := Clean(in); got != want {
			t.Errorf("Clean(%q) = %q, want %q", in, got, want)
		}
	}
}

func FuzzClean(f *testing.F) {
	f.Add("\x1b]0;title\x07")
	f.Add("\u202e\U000e0001")
	f.Fuzz(func(t *testing.T, s string) {
		if got := Clean(s); strings.IndexFunc(got, steers) >= 0 {
			t.Errorf("Clean(%q) = %q, which still steers", s, got)
		}
		encoded, err := json.Marshal(s)
		if err != nil {
			t.Fatal(err)
		}
		var was, got string
		if err := errors.Join(json.Unmarshal(encoded, &was), json.Unmarshal(cleanJSON(encoded), &got)); err != nil || got != was {
			t.Errorf("cleanJSON(%q) means %q, %v, want %q", encoded, got, err, was)
		}
	})
}

func TestFail(t *testing.T) {
	err := fault.New(fault.Revoked, "ask", "the token %s has been revoked", "\x1bx")
	err.Reference = "9c1d"
	for _, test := range []struct {
		json bool
		want string
	}{
		{false, "error: the token \\u001bx has been revoked\nnext: ask\nreference: 9c1d\n"},
		{true, `{"schema":1,"error":{"code":"revoked","message":"the token \u001bx has been revoked","next":"ask","exit":4,"reference":"9c1d"}}` + "\n"},
	} {
		var out, errs bytes.Buffer
		if got := NewScreen(&out, &errs, test.json).Fail(err); got != 4 || errs.String() != test.want || out.Len() > 0 {
			t.Errorf("Fail (json %t) = %d, printed %q, want 4 and %q", test.json, got, errs.String(), test.want)
		}
	}
}

func TestTableIsPlainWithoutATerminal(t *testing.T) {
	var out bytes.Buffer
	screen := NewScreen(&out, &out, false)
	screen.Progress("waiting")()
	if err := screen.Table([][]string{{"A", "B"}, {"long one", "x"}, {"y", ""}}); err != nil {
		t.Fatal(err)
	}
	if want := "A         B\nlong one  x\ny\n"; out.String() != want || strings.ContainsFunc(out.String(), func(r rune) bool { return unicode.IsControl(r) && r != '\n' }) {
		t.Errorf("Table printed %q, want %q", out.String(), want)
	}
}
