package form

import "testing"

// TestWhyLabel: a code says what it means, whatever follows it, the end of a session is no refusal, and what
// is in words already stands as it was said.
func TestWhyLabel(t *testing.T) {
	for _, test := range []struct{ act, reason, want string }{
		{"record.show", "wrong-network", "Not from a network of their sites"}, {"record.search", "invalid: surname", "What was sent could not be taken"},
		{"session.end", "timeout", "Nobody used it any more, or its time was over"}, {"session.end", "wrong-network", "Not from a network of their sites"},
		{"record.show", "locked", "Locked"}, {"lost.ask", "nobody: neither here nor there", "nobody: neither here nor there"}, {"session.start", "", ""},
	} {
		if got := WhyLabel(test.act, test.reason); got != test.want {
			t.Errorf("WhyLabel(%q, %q) = %q, want %q", test.act, test.reason, got, test.want)
		}
	}
}

func TestRefusalLabel(t *testing.T) {
	for why, want := range map[string]string{"wrong-network": "Not from a network of their sites", "authn": "The password, code or second factor was not accepted",
		"some of its certificates could not be changed": "Some of its certificates could not be changed", "": ""} {
		if got := RefusalLabel(why); got != want {
			t.Errorf("RefusalLabel(%q) = %q, want %q", why, got, want)
		}
	}
}
