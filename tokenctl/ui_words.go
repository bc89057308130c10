package main

import (
	"fmt"
	"strconv"
	"time"
)

// day is a day as it is printed.
func day(t time.Time) string { return t.Format(time.DateOnly) }

// minute is a moment as it is printed.
func minute(t time.Time) string { return t.UTC().Format("2006-01-02 15:04 UTC") }

// second is minute where the second counts.
func second(t time.Time) string { return t.UTC().Format("2006-01-02 15:04:05 UTC") }

// left says how much of a life is left.
func left(until, now time.Time) string {
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

// orDash is a text, or a dash for none.
func orDash(s string) string {
	if s == "" {
		return "-"
	}
	return s
}

// count is a number of things.
func count(n int, what string) string {
	switch {
	case n == 1:
	case what == "person":
		what = "people"
	default:
		what += "s"
	}
	return strconv.Itoa(n) + " " + what
}
