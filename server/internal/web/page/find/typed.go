package find

import (
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"mais/server/api"
	"mais/server/api/form"
	"mais/server/internal/web/page/frame"
)

// The names of the form's fields, which are the ids of its inputs.
const (
	FamilyName = "family-name"
	FirstName  = "first-name"
	BirthDay   = "date-of-birth-day"
	BirthMonth = "date-of-birth-month"
	BirthYear  = "date-of-birth-year"
	WholeNames = "whole-names"
)

// Fields returns the names of all fields.
func Fields() []string {
	return []string{FamilyName, FirstName, BirthDay, BirthMonth, BirthYear, WholeNames}
}

const (
	fewest = 2   // letters of a name, as the records' search has it
	most   = 100 // characters of a name
	oldest = 1900
)

// bothNames is how results and files write a name: the family name, a comma, the first name.
var bothNames = regexp.MustCompile(`^([\pL\pM '’-]*\pL), *(\pL[\pL\pM '’-]*)$`)

// Typed is what stands in the form, by the name of its field.
type Typed map[string]string

// TypedOf returns the form of a query, to change and send again.
func TypedOf(q api.SearchRequest) Typed {
	t := Typed{FamilyName: q.Surname, FirstName: q.FirstName}
	if born, err := time.Parse(time.DateOnly, q.DateOfBirth); err == nil {
		t[BirthDay], t[BirthMonth], t[BirthYear] = strconv.Itoa(born.Day()), strconv.Itoa(int(born.Month())), strconv.Itoa(born.Year())
	}
	if q.Exact {
		t[WholeNames] = "yes"
	}
	return t
}

// Query returns what is asked for, or what is wrong with it in the order of the fields.
// today is the day that it is for the reader.
func (t Typed) Query(today time.Time) (api.SearchRequest, frame.Faults) {
	q := api.SearchRequest{
		Surname: strings.TrimSpace(t[FamilyName]), FirstName: strings.TrimSpace(t[FirstName]), Exact: t[WholeNames] != "",
	}
	if m := bothNames.FindStringSubmatch(q.Surname); m != nil && q.FirstName == "" {
		q.Surname, q.FirstName = m[1], m[2]
	}
	faults := slices.Concat(nameFault(FamilyName, "Family name", q.Surname), nameFault(FirstName, "First name", q.FirstName))
	born, wrong := t.born(today)
	q.DateOfBirth, faults = born, append(faults, wrong...)
	if len(faults) == 0 && q.Surname+q.FirstName+q.DateOfBirth == "" {
		faults = frame.Faults{{Field: FamilyName, Text: "Enter a family name, a first name or a date of birth"}}
	}
	return q, faults
}

func nameFault(field, label, name string) frame.Faults {
	letters, digits := 0, 0
	for _, r := range name {
		switch {
		case unicode.IsLetter(r):
			letters++
		case unicode.IsDigit(r):
			digits++
		}
	}
	_, unseen := form.Unseen(name, "")
	switch {
	case unseen:
		return frame.Faults{{Field: field, Text: label + " holds a character that is not a letter and cannot be seen: type it again"}}
	case letters == 0 && digits > 0:
		return frame.Faults{{Field: field, Text: label + " has numbers only: a date of birth goes into its own boxes"}}
	case name != "" && letters+digits < fewest:
		return frame.Faults{{Field: field, Text: label + " must have at least two letters"}}
	case utf8.RuneCountInString(name) > most:
		return frame.Faults{{Field: field, Text: fmt.Sprintf("%s must be %d letters or fewer", label, most)}}
	}
	return nil
}

// born returns the date of birth as the API has it; empty when none was typed.
func (t Typed) born(today time.Time) (string, frame.Faults) {
	day, month, year := strings.TrimSpace(t[BirthDay]), strings.TrimSpace(t[BirthMonth]), strings.TrimSpace(t[BirthYear])
	if day+month+year == "" {
		return "", nil
	}
	if faults := missing(day, month, year); len(faults) > 0 {
		return "", faults
	}
	d, m, y := number(day), monthOf(month), number(year)
	if len(year) < 4 && y >= 0 {
		return "", frame.Faults{{Field: BirthYear, Text: "Year of birth must have all four numbers, like 1978"}}
	}
	date := time.Date(y, time.Month(m), d, 0, 0, 0, 0, time.UTC)
	switch {
	case y < 0:
		return "", frame.Faults{{Field: BirthYear, Text: "Year of birth must be four numbers, like 1978"}}
	case m < 1 || m > 12:
		return "", frame.Faults{{Field: BirthMonth, Text: "Month of birth must be a number from 1 to 12"}}
	case d < 1 || date.Day() != d:
		return "", frame.Faults{{Field: BirthDay, Text: "Date of birth must be a real date: that month has no such day"}}
	case y < oldest:
		return "", frame.Faults{{Field: BirthYear, Text: "Year of birth must be 1900 or later"}}
	case date.Format(time.DateOnly) > today.Format(time.DateOnly):
		return "", frame.Faults{{Field: BirthYear, Text: "Date of birth must not be in the future"}}
	}
	return date.Format(time.DateOnly), nil
}

// missing names each part of the date that was left out.
func missing(day, month, year string) (faults frame.Faults) {
	for _, part := range []struct{ field, text, name string }{
		{BirthDay, day, "day"}, {BirthMonth, month, "month"}, {BirthYear, year, "year"}} {
		if part.text == "" {
			faults = append(faults, frame.Fault{Field: part.field, Text: "Date of birth must include a " + part.name})
		}
	}
	return faults
}

// number returns a number of at most four digits, or -1.
func number(text string) int {
	n, err := strconv.ParseUint(text, 10, 14) // takes no sign
	if err != nil || n > 9999 || len(text) > 4 {
		return -1
	}
	return int(n)
}

// monthOf takes a number, or a name as far as it is typed: 3, mar, March.
func monthOf(text string) int {
	for m := time.January; m <= time.December && len(text) >= 3; m++ {
		if strings.HasPrefix(strings.ToLower(m.String()), strings.ToLower(text)) {
			return int(m)
		}
	}
	return number(text)
}
