package record

import (
	"errors"
	"time"
)

// Day is a date without a time, written YYYY-MM-DD. The zero Day is none. Days that
// [ParseDay] accepted compare as strings do.
type Day string

// ErrDay is what ParseDay answers to anything but a plausible date.
var ErrDay = errors.New("not a date from 1900-01-01 to 2100-12-31 as YYYY-MM-DD")

// ParseDay accepts one spelling of each day from 1900 to 2100, and nothing else.
func ParseDay(s string) (Day, error) {
	t, err := time.Parse(time.DateOnly, s)
	if err != nil || t.Year() < 1900 || t.Year() > 2100 {
		return "", ErrDay
	}
	return Day(s), nil
}

// DayOf returns the day on which t falls in its own location.
func DayOf(t time.Time) Day { return Day(t.Format(time.DateOnly)) }

// Time returns midnight UTC of the day, or the zero time if d is none.
func (d Day) Time() time.Time {
	t, err := time.Parse(time.DateOnly, string(d))
	if err != nil {
		return time.Time{}
	}
	return t
}

// AddDays returns the day n days later.
func (d Day) AddDays(n int) Day { return DayOf(d.Time().AddDate(0, 0, n)) }
