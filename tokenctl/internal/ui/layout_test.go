package ui

import (
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestWrap(t *testing.T) {
	for text, want := range map[string][]string{
		"":                         {""},
		"one":                      {"one"},
		"Directed address here":    {"Directed", "address", "here"},
		"averyveryverylongword is": {"averyveryverylongword", "is"},
		"ring 0151 496 0889 (day)": {"ring", "0151 496 0889", "(day)"},
		"éééé éééé é":              {"éééé éééé", "é"},
	} {
		if diff := cmp.Diff(want, Wrap(text, 10)); diff != "" {
			t.Errorf("Wrap(%q) (-want +got):\n%s", text, diff)
		}
	}
}
