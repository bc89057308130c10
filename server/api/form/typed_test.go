package form

import (
	"strings"
	"testing"
)

func TestLines(t *testing.T) {
	if got, want := Lines(" one,\r\ntwo\r\n\r\n"), "one,\ntwo"; got != want {
		t.Errorf("Lines = %q, want %q", got, want)
	}
}

func TestUnseen(t *testing.T) {
	for _, text := range []string{"", "Siân’s – “yes”", "one\ntwo", "می\u200cخواهم", "क्\u200dष", "👩\u200d⚕\ufe0f is here", "❤\ufe0f\u200d🔥", "1\ufe0f\u20e3",
		"a\u00a0b", "한글", "e\u0301"} {
		if got, found := Unseen(text, "\n"); found {
			t.Errorf("Unseen(%q) = %U, want none", text, got)
		}
	}
	for text, want := range map[string]rune{
		"one\ttwo": '\t', "nul\x00": 0, "a\x1b[2J": 0x1b, "\u0085": 0x85, "a\u202eb": 0x202e, "\u2066a\u2069": 0x2066,
		"a\u200bb": 0x200b, "so\u00adft": 0xad, "\ufeffa": 0xfeff, "a\u2060b": 0x2060, "tag\U000e0041": 0xe0041, "a\u2028b": 0x2028, "a\u2029b": 0x2029,
		"\u3164\u3164": 0x3164, "a\u115fb": 0x115f, "a\u1160": 0x1160, "\uffa0": 0xffa0, "a\u034fb": 0x34f, "a\u17b4": 0x17b4, "\u2800": 0x2800,
		"\u200da": 0x200d, "a\u200d": 0x200d, "a \u200db": 0x200d, "a\u200d b": 0x200d, "a\u200c\u200cb": 0x200c, "\u200c": 0x200c,
		"a\u200d\u3164": 0x200d, "\ufe0f": 0xfe0f, "a\ufe0f\ufe0f": 0xfe0f, "a\U000e0100": 0xe0100, "a\u2065b": 0x2065,
	} {
		if got, found := Unseen(text, "\n"); got != want || !found {
			t.Errorf("Unseen(%q) = %U, %t, want %U", text, got, found, want)
		}
	}
}

func TestSays(t *testing.T) {
	for text, want := range map[string]bool{
		"": false, strings.Repeat(". ", 99): false, "..........a1": false, "a . . 1 . . b": true, "911": true, "дом": true, "無意識": true, "🙂🙂🙂🙂": false,
		strings.Repeat("\u2003", 20): false,
	} {
		if got := Says(text); got != want {
			t.Errorf("Says(%q) = %v, want %v", text, got, want)
		}
	}
}
