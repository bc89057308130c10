package admin

import (
	"strconv"
	"strings"
	"time"

	"mais/server/internal/web/page/frame"
)

// Date is a date in three boxes of a form. The first box has the field's own name for its
// id, so that links to the field lead there.
type Date struct {
	Field, Label, Hint string
	Day, Month, Year   string // as typed
	Fault              string
}

// DateFields returns the names of the three boxes.
func DateFields(field string) []string { return []string{field, field + "-month", field + "-year"} }

// DateTyped returns the date as a form brought it.
func DateTyped(field string, sent map[string]string) Date {
	return Date{Field: field, Day: sent[field], Month: sent[field+"-month"], Year: sent[field+"-year"]}
}

// DateOf returns the boxes filled with a day, or empty ones for the zero time.
func DateOf(field string, t time.Time) Date {
	if t.IsZero() {
		return Date{Field: field}
	}
	t = t.In(frame.London)
	return Date{Field: field, Day: strconv.Itoa(t.Day()), Month: strconv.Itoa(int(t.Month())), Year: strconv.Itoa(t.Year())}
}

// Time returns the beginning of the day that was typed, the zero time for none, or what is
// wrong with it.
func (d Date) Time() (time.Time, frame.Faults) {
	day, month, year := strings.TrimSpace(d.Day), strings.TrimSpace(d.Month), strings.TrimSpace(d.Year)
	if day+month+year == "" {
		return time.Time{}, nil
	}
	t, err := time.ParseInLocation("2.1.2006", day+"."+month+"."+year, frame.London)
	if err != nil || t.Year() < 1990 || t.Year() > 2200 {
		return time.Time{}, frame.Faults{{Field: d.Field, Text: "Enter a real date with day, month and year in numbers, like 27 3 2026"}}
	}
	return t, nil
}
