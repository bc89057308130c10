package form

import (
	"fmt"
	"time"
)

// Day returns a day, YYYY-MM-DD, as people write it: "12 March 2010". What is no day stays
// as it is.
func Day(iso string) string {
	day, err := time.Parse(time.DateOnly, iso)
	if err != nil {
		return iso
	}
	return day.Format("2 January 2006")
}

// Freshness says how far something old may be relied on. Colours follow it; words carry it.
type Freshness string

// The freshnesses.
const (
	Fresh   Freshness = "fresh"  // at most 30 days old
	Ageing  Freshness = "ageing" // at most 180
	Old     Freshness = "old"
	Future  Freshness = "future"
	Unknown Freshness = "unknown"
)

// Elapsed is the time between a day and now.
type Elapsed struct {
	Days      int    // since the day; negative before it
	Words     string // "8 months old", "today", "in 12 days"; empty when the day is unknown
	Freshness Freshness
}

// Age returns how old something of a day, YYYY-MM-DD, is on the day that it is where now is.
func Age(day string, now time.Time) Elapsed {
	from, err := time.Parse(time.DateOnly, day)
	if err != nil {
		return Elapsed{Freshness: Unknown}
	}
	today := time.Date(now.Year(), now.Month(), now.Day(), 0, 0, 0, 0, time.UTC)
	days := int(today.Sub(from) / (24 * time.Hour))
	if days < 0 {
		return Elapsed{days, until(span(today, from)), Future}
	}
	e := Elapsed{days, span(from, today) + " old", Old}
	switch {
	case days == 0:
		e.Words, e.Freshness = "today", Fresh
	case days <= 30:
		e.Freshness = Fresh
	case days <= 180:
		e.Freshness = Ageing
	}
	return e
}

func until(span string) string {
	if span == "1 day" {
		return "tomorrow"
	}
	return "in " + span
}

// span says the time between two days in the largest unit of which there are two.
func span(from, to time.Time) string {
	months := monthsBetween(from, to)
	switch days := int(to.Sub(from) / (24 * time.Hour)); {
	case days == 1:
		return "1 day"
	case months < 2:
		return fmt.Sprintf("%d days", days)
	case months < 24:
		return fmt.Sprintf("%d months", months)
	}
	return fmt.Sprintf("%d years", months/12)
}

func monthsBetween(from, to time.Time) int {
	months := 12*(to.Year()-from.Year()) + int(to.Month()-from.Month())
	if to.Day() < from.Day() {
		months--
	}
	return months
}

// Years returns the age in years of somebody born on a day, YYYY-MM-DD.
func Years(birth string, now time.Time) (years int, ok bool) {
	from, err := time.Parse(time.DateOnly, birth)
	if err != nil {
		return 0, false
	}
	today := time.Date(now.Year(), now.Month(), now.Day(), 0, 0, 0, 0, time.UTC)
	if today.Before(from) {
		return 0, false
	}
	return monthsBetween(from, today) / 12, true
}
