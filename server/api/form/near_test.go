package form

import (
	"strings"
	"testing"
)

// TestNear: what is called nearly so is suggested, the likest first and each once, and nothing else.
func TestNear(t *testing.T) {
	all := []string{"Northgate Custody", "Southgate Custody", "Ward 7", "police_officer", "custody_nurse", "Ward 7"}
	for typed, want := range map[string]string{
		"northgate": "Northgate Custody", " Nortgate Custody ": "Northgate Custody Southgate Custody", "ward": "Ward 7", "police": "police_officer", "x": "", "probation": "", "": "",
	} {
		if got := strings.Join(Near(typed, all), " "); got != want {
			t.Errorf("Near(%q) = %q, want %q", typed, got, want)
		}
	}
}
