package main

import (
	"strings"
	"testing"
)

func TestWantsJSON(t *testing.T) {
	for args, want := range map[string]bool{"": false, "search --json x": true, "search x --json=true": true, "search -- --json": false} {
		if got := wantsJSON(strings.Fields(args)); got != want {
			t.Errorf("wantsJSON(%q) = %t, want %t", args, got, want)
		}
	}
}
