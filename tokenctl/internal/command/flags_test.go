package command

import (
	"strings"
	"testing"
)

func TestCheckEmail(t *testing.T) {
	for text, want := range map[string]string{
		" Anna@Police.Example ":                 "anna@police.example",
		"anna":                                  "",
		"@police.example":                       "",
		"anna@":                                 "",
		"an na@police.example":                  "",
		"anna@police\x1b[31m":                   "",
		strings.Repeat("a", 250) + "@b.example": "",
	} {
		if got, err := CheckEmail(text); got != want || (err == nil) != (want != "") {
			t.Errorf("checkEmail(%.30q) = %q, %v, want %q", text, got, err, want)
		}
	}
}
