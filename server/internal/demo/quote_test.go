package demo

import (
	"os/exec"
	"testing"
)

// TestQuote asks a shell.
func TestQuote(t *testing.T) {
	for _, word := range []string{"officer@police.example", "Northgate Custody Suite", "$(touch x)@y.z", "it's", `a"b\c`, "", "`id`", "a\nb"} {
		got, err := exec.Command("sh", "-c", "printf %s "+Quote(word)).Output()
		if err != nil || string(got) != word {
			t.Errorf("Quote(%q) = %s, which a shell takes for %q, %v", word, Quote(word), got, err)
		}
	}
}
