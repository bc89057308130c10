package form

import (
	"testing"
	"time"
)

func TestAge(t *testing.T) {
	from := time.Date(2010, 3, 12, 0, 0, 0, 0, time.UTC)
	for days, want := range map[int]Elapsed{
		-800: {-800, "in 2 years", Future}, -92: {-92, "in 3 months", Future}, -12: {-12, "in 12 days", Future}, -1: {-1, "tomorrow", Future},
		0: {0, "today", Fresh}, 1: {1, "1 day old", Fresh}, 30: {30, "30 days old", Fresh}, 31: {31, "31 days old", Ageing},
		60: {60, "60 days old", Ageing}, 61: {61, "2 months old", Ageing}, 180: {180, "5 months old", Ageing}, 181: {181, "5 months old", Old},
		245: {245, "8 months old", Old}, 730: {730, "23 months old", Old}, 731: {731, "2 years old", Old},
	} {
		now := from.AddDate(0, 0, days).Add(23 * time.Hour)
		if got := Age("2010-03-12", now); got != want {
			t.Errorf("Age after %d days = %+v, want %+v", days, got, want)
		}
	}
	for _, day := range []string{"", "unknown", "2010-02-30"} {
		if got, want := Age(day, from), (Elapsed{Freshness: Unknown}); got != want {
			t.Errorf("Age(%q) = %+v, want %+v", day, got, want)
		}
	}
}

// It is tomorrow in Auckland before it is in London.
func TestAgeIsOfTheDayWhereNowIs(t *testing.T) {
	now := time.Date(2010, 3, 12, 13, 0, 0, 0, time.UTC)
	if got := Age("2010-03-12", now).Words; got != "today" {
		t.Errorf("Age in London = %q, want today", got)
	}
	if got := Age("2010-03-12", now.In(time.FixedZone("Auckland", 13*3600))).Words; got != "1 day old" {
		t.Errorf("Age in Auckland = %q, want 1 day old", got)
	}
}

func TestYears(t *testing.T) {
	for now, want := range map[string]int{"2010-02-13": 31, "2010-02-14": 32, "1978-02-14": 0, "1978-02-13": -1} {
		at, _ := time.Parse(time.DateOnly, now)
		years, ok := Years("1978-02-14", at)
		if !ok {
			years = -1
		}
		if years != want {
			t.Errorf("Years on %s = %d, %t, want %d", now, years, ok, want)
		}
	}
	if years, ok := Years("spring", time.Time{}); ok {
		t.Errorf("Years(spring) = %d, want none", years)
	}
}

func TestDay(t *testing.T) {
	for iso, want := range map[string]string{"2010-03-12": "12 March 2010", "": "", "unknown": "unknown"} {
		if got := Day(iso); got != want {
			t.Errorf("Day(%q) = %q, want %q", iso, got, want)
		}
	}
}
