package audit

import "testing"

// TestDaysInWords: days are told so that no order of numbers can mislead.
func TestDaysInWords(t *testing.T) {
	for _, test := range []struct {
		days Days
		want string
	}{
		{Days{From: "2026-11-02", To: "2026-12-01"}, "From Monday 2 November 2026, to and including Tuesday 1 December 2026."},
		{Days{From: "2026-11-02", To: "2026-11-02"}, "Monday 2 November 2026."},
		{Days{From: "2026-11-02", To: "2026-11-01", Wrong: true}, ""}, {Days{}, ""},
	} {
		if got := test.days.Words(); got != test.want {
			t.Errorf("%+v in words: %q, want %q", test.days, got, test.want)
		}
	}
}
