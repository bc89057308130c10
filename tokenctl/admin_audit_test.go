package main

import (
	"testing"
	"time"
)

func TestDayOrTime(t *testing.T) {
	day := time.Date(2026, 3, 12, 0, 0, 0, 0, time.Local)
	for _, test := range []struct {
		text  string
		later int
		want  time.Time
	}{
		{"", 1, time.Time{}}, {"2026-03-12", 0, day}, {"2026-03-12", 1, day.AddDate(0, 0, 1)}, {"2026-03-12T02:14:00Z", 1, time.Date(2026, 3, 12, 2, 14, 0, 0, time.UTC)},
	} {
		if got, err := dayOrTime("since", test.text, test.later); err != nil || !got.Equal(test.want) {
			t.Errorf("dayOrTime(%q, %d) = %v, %v, want %v", test.text, test.later, got, err, test.want)
		}
	}
	if _, err := dayOrTime("since", "12.3.", 0); err == nil {
		t.Error("12.3. is a day")
	}
}
