package codes

import (
	"fmt"
	"log/slog"
	"strings"
	"testing"
)

// TestMail: a code is read as people type it, and prints without its secret.
func TestMail(t *testing.T) {
	code := NewMail()
	text := code.Reveal()
	for name, typed := range map[string]string{
		"as it is": text, "small": strings.ToLower(text), "spaces": strings.ReplaceAll(text, "-", "  "), "bare": strings.ReplaceAll(text, "-", ""), "with a line end": " " + text + "\r\n",
		"with digits": strings.NewReplacer("O", "0", "B", "8").Replace(text), "long dashes": strings.ReplaceAll(text, "-", "–"),
	} {
		if got, ok := ReadMail(typed); !ok || got != code {
			t.Errorf("%s: ReadMail = %v, %v", name, got, ok)
		}
	}
	for _, wrong := range []string{"", "x", text[:len(text)-1], text + "A", strings.Repeat("A", 1000), strings.Replace(text, text[:1], "1", 1), "é" + text[1:]} {
		if got, ok := ReadMail(wrong); ok {
			t.Errorf("ReadMail(%q) = %v", wrong, got)
		}
	}
	if other := NewMail(); other.id == code.id || string(other.Hash()) == string(code.Hash()) {
		t.Error("two codes are the same")
	}
	var log strings.Builder
	slog.New(slog.NewTextHandler(&log, nil)).Info("x", "code", code)
	for _, said := range []string{fmt.Sprint(code), fmt.Sprintf("%+v %#v %s", code, code, code), log.String()} {
		if strings.Contains(said, code.secret) || !strings.Contains(said, code.id) {
			t.Errorf("printed as %q", said)
		}
	}
}

// FuzzMail: what is read as a code is the one that is revealed again.
func FuzzMail(f *testing.F) {
	f.Add("AAAAA-AAAAA-AAAAA-AAAAA-AAAAA-AAAAA-AAAAA")
	f.Add("aaaaa aaaaa 08")
	f.Fuzz(func(t *testing.T, typed string) {
		code, ok := ReadMail(typed)
		if !ok {
			return
		}
		if again, ok := ReadMail(code.Reveal()); !ok || again != code {
			t.Errorf("ReadMail(%q) = %v, and again %v, %v", typed, code, again, ok)
		}
	})
}
