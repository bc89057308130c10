package lifecycle

import (
	"fmt"
	"log/slog"
	"strings"
	"testing"
)

// TestLostCode: a code is read as people type it, and prints without its secret.
func TestLostCode(t *testing.T) {
	code := newLostCode()
	text := code.reveal()
	for name, typed := range map[string]string{
		"as it is": text, "small": strings.ToLower(text), "spaces": strings.ReplaceAll(text, "-", "  "), "bare": strings.ReplaceAll(text, "-", ""), "with a line end": " " + text + "\r\n",
		"with digits": strings.NewReplacer("O", "0", "B", "8").Replace(text), "long dashes": strings.ReplaceAll(text, "-", "–"),
	} {
		if got, ok := readLostCode(typed); !ok || got != code {
			t.Errorf("%s: readLostCode = %v, %v", name, got, ok)
		}
	}
	for _, wrong := range []string{"", "x", text[:len(text)-1], text + "A", strings.Repeat("A", 1000), strings.Replace(text, text[:1], "1", 1), "é" + text[1:]} {
		if got, ok := readLostCode(wrong); ok {
			t.Errorf("readLostCode(%q) = %v", wrong, got)
		}
	}
	if other := newLostCode(); other.id == code.id || string(other.hash()) == string(code.hash()) {
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

// FuzzLostCode: what is read as a code is the one that is revealed again.
func FuzzLostCode(f *testing.F) {
	f.Add("AAAAA-AAAAA-AAAAA-AAAAA-AAAAA-AAAAA-AAAAA")
	f.Add("aaaaa aaaaa 08")
	f.Fuzz(func(t *testing.T, typed string) {
		code, ok := readLostCode(typed)
		if !ok {
			return
		}
		if again, ok := readLostCode(code.reveal()); !ok || again != code {
			t.Errorf("readLostCode(%q) = %v, and again %v, %v", typed, code, again, ok)
		}
	})
}
