package audit

import "testing"

// TestDoes: a look under emergency access is told from another.
func TestDoes(t *testing.T) {
	var e Entry
	e.Act = "record.show"
	if got := e.Does(); got != "Opened a record" {
		t.Errorf("Does() = %q", got)
	}
	if e.Detail = map[string]string{"emergency": "true"}; e.Does() != "Opened a record, under emergency access" {
		t.Errorf("under emergency access Does() = %q", e.Does())
	}
}

// TestWhy: a refusal says its cause in words once, a look its reason.
func TestWhy(t *testing.T) {
	for _, test := range []struct{ outcome, reason, code, want string }{
		{"refused", "no-token: no-token: no certificate presented", "", "No token was presented"},
		{"failed", "not-found", "", "There was no such thing"},
		{"allowed", "given: at the desk", "", "given: at the desk"},
		{"allowed", "", "custody", "Risk assessment of a person in custody"},
		{"allowed", "", "", ""},
	} {
		var e Entry
		e.Outcome, e.Reason, e.Detail = test.outcome, test.reason, map[string]string{"reason": test.code}
		if got := e.Why(); got != test.want {
			t.Errorf("%s %q %q: Why() = %q, want %q", test.outcome, test.reason, test.code, got, test.want)
		}
	}
}
