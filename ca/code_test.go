package ca_test

import (
	"encoding/json"
	"fmt"
	"log/slog"
	"strings"
	"testing"

	"mais/ca"
)

func TestCodeIsReadAsPeopleTypeIt(t *testing.T) {
	code := ca.NewCode()
	text := code.Reveal()
	if groups := strings.Split(text, "-"); len(groups) != 7 {
		t.Fatalf("Reveal() = %s, want seven groups", text)
	}
	for name, typed := range map[string]string{
		"as shown":       text,
		"in lower case":  strings.ToLower(text),
		"without dashes": strings.ReplaceAll(text, "-", ""),
		"with spaces":    " " + strings.ReplaceAll(text, "-", "  ") + "\r\n",
		"O for 0":        strings.ReplaceAll(text, "0", "O"),
		"o for 0":        strings.ReplaceAll(text, "0", "o"),
		"I for 1":        strings.ReplaceAll(text, "1", "I"),
		"l for 1":        strings.ReplaceAll(text, "1", "l"),
		"with hyphens":   strings.ReplaceAll(text, "-", "‑"),
	} {
		if got, err := ca.ParseCode(typed); err != nil || got != code {
			t.Errorf("ParseCode %s = another code, %v", name, err)
		}
	}
}

func TestParseCodeRefuses(t *testing.T) {
	text := ca.NewCode().Reveal()
	for name, typed := range map[string]string{
		"nothing":       "",
		"a short code":  text[:len(text)-1],
		"a long code":   text + "0",
		"a U":           "U" + text[1:],
		"other letters": "é" + text[1:],
		"spare bits":    text[:len(text)-1] + "Z",
		"a megabyte":    strings.Repeat("0", 1<<20),
		"broken UTF-8":  "\xff" + text[1:],
	} {
		if _, err := ca.ParseCode(typed); err == nil {
			t.Errorf("ParseCode(%s) = nil error, want one", name)
		}
	}
}

func TestCodeHidesItsSecret(t *testing.T) {
	code := ca.NewCode()
	secret := strings.ReplaceAll(code.Reveal(), "-", "")[9:]
	encoded, err := json.Marshal(map[string]any{"code": code})
	if err != nil {
		t.Fatal(err)
	}
	var logged strings.Builder
	slog.New(slog.NewJSONHandler(&logged, nil)).Info("made", "code", code)
	for _, shown := range []string{
		fmt.Sprint(code), fmt.Sprintf("%v %+v %#v %s %q %x %d", code, code, code, code, code, code, code), string(encoded), logged.String(),
	} {
		if strings.Contains(strings.ReplaceAll(shown, "-", ""), secret[:8]) || !strings.Contains(shown, code.ID()) {
			t.Errorf("shown as %q, want the id without the secret", shown)
		}
	}
}

func FuzzParseCode(f *testing.F) {
	f.Add("7R4KM-9XWPQ-2B8HT-ZC5NV-0D3JG-S6EYA-1FMKW")
	f.Add("7r4km 9xwpq 2b8ht zc5nv od3jg s6eya lfmkw")
	f.Add(ca.NewCode().Reveal())
	f.Fuzz(func(t *testing.T, typed string) {
		code, err := ca.ParseCode(typed)
		if err != nil {
			if typed != "" && strings.Contains(err.Error(), typed) && len(typed) > 8 {
				t.Errorf("ParseCode(%q) tells what was typed: %v", typed, err)
			}
			return
		}
		if again, err := ca.ParseCode(code.Reveal()); err != nil || again != code {
			t.Errorf("ParseCode(Reveal()) of %q = %v, %v, want the same", typed, again, err)
		}
	})
}
