package ui

import (
	"fmt"
	"strconv"
	"time"
)

// Day is a day as it is printed.
func Day(t time.Time) string { return t.Format(time.DateOnly) }

// Minute is a moment as it is printed.
func Minute(t time.Time) string { return t.UTC().Format("2006-01-02 15:04 UTC") }

// Second is minute where the second counts.
func Second(t time.Time) string { return t.UTC().Format("2006-01-02 15:04:05 UTC") }

// Left says how much of a life is left.
func Left(until, now time.Time) string {
	d := until.Sub(now)
	switch days := int(d.Hours() / 24); {
	case d < 0:
		return "over"
	case days == 0:
		return d.Round(time.Minute).String() + " left"
	case days == 1:
		return "1 day left"
	default:
		return fmt.Sprintf("%d days left", days)
	}
}

// OrDash is a text, or a dash for none.
func OrDash(s string) string {
	if s == "" {
		return "-"
	}
	return s
}

// Count is a number of things.
func Count(n int, what string) string {
	switch {
	case n == 1:
	case what == "person":
		what = "people"
	default:
		what += "s"
	}
	return strconv.Itoa(n) + " " + what
}
