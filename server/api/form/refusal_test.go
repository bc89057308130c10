package form

import "testing"

func TestRefusalLabel(t *testing.T) {
	for why, want := range map[string]string{"wrong-network": "Not from a network of their sites", "authn": "The password, code or second factor was not accepted",
		"some of its certificates could not be changed": "Some of its certificates could not be changed", "": ""} {
		if got := RefusalLabel(why); got != want {
			t.Errorf("RefusalLabel(%q) = %q, want %q", why, got, want)
		}
	}
}
