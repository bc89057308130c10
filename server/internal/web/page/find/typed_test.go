package find

import (
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"mais/server/api"
	"mais/server/internal/web/page/frame"
)

var today = time.Date(2010, 11, 24, 2, 14, 0, 0, time.UTC)

func birth(day, month, year string) Typed {
	return Typed{BirthDay: day, BirthMonth: month, BirthYear: year}
}

func TestQuery(t *testing.T) {
	for _, test := range []struct {
		typed Typed
		want  api.SearchRequest
	}{
		{Typed{FamilyName: " Kettering "}, api.SearchRequest{Surname: "Kettering"}},
		{Typed{FirstName: "To"}, api.SearchRequest{FirstName: "To"}},
		{Typed{FamilyName: "Kettering, Tobias"}, api.SearchRequest{Surname: "Kettering", FirstName: "Tobias"}},
		{Typed{FamilyName: "Kettering, <b>"}, api.SearchRequest{Surname: "Kettering, <b>"}},
		{Typed{FamilyName: "Kettering,", FirstName: "To"}, api.SearchRequest{Surname: "Kettering,", FirstName: "To"}},
		{Typed{FamilyName: "O’Neill-Żuk", WholeNames: "yes"}, api.SearchRequest{Surname: "O’Neill-Żuk", Exact: true}},
		{birth("14", "2", "1978"), api.SearchRequest{DateOfBirth: "1978-02-14"}},
		{birth(" 04", "02 ", "1978"), api.SearchRequest{DateOfBirth: "1978-02-04"}},
		{birth("29", "feb", "1996"), api.SearchRequest{DateOfBirth: "1996-02-29"}},
		{birth("1", "September", "1900"), api.SearchRequest{DateOfBirth: "1900-09-01"}},
		{birth("24", "11", "2010"), api.SearchRequest{DateOfBirth: "2010-11-24"}}, // today
	} {
		got, faults := test.typed.Query(today)
		if diff := cmp.Diff(test.want, got); diff != "" || len(faults) > 0 {
			t.Errorf("%v.Query() = %v, want none, and (-want +got)\n%s", test.typed, faults, diff)
		}
		if again, _ := TypedOf(got).Query(today); again != got {
			t.Errorf("TypedOf(%+v) asks for %+v", got, again)
		}
	}
}

func TestFaults(t *testing.T) {
	for _, test := range []struct {
		typed Typed
		want  frame.Faults
	}{
		{Typed{FamilyName: "13/05/2003"}, frame.Faults{{Field: FamilyName, Text: "Family name has numbers only: a date of birth goes into its own boxes"}}},
		{Typed{}, frame.Faults{{Field: FamilyName, Text: "Enter a family name, a first name or a date of birth"}}},
		{Typed{FamilyName: "  ", WholeNames: "yes"}, frame.Faults{{Field: FamilyName, Text: "Enter a family name, a first name or a date of birth"}}},
		{Typed{FamilyName: "K", FirstName: "-'."}, frame.Faults{
			{Field: FamilyName, Text: "Family name must have at least two letters"}, {Field: FirstName, Text: "First name must have at least two letters"}}},
		{Typed{FamilyName: strings.Repeat("é", 101)}, frame.Faults{{Field: FamilyName, Text: "Family name must be 100 letters or fewer"}}},
		{Typed{FirstName: "To\u202ebias"}, frame.Faults{{Field: FirstName, Text: "First name holds a character that is not a letter and cannot be seen: type it again"}}},
		{birth("14", "", ""), frame.Faults{{Field: BirthMonth, Text: "Date of birth must include a month"}, {Field: BirthYear, Text: "Date of birth must include a year"}}},
		{birth("", "2", "1978"), frame.Faults{{Field: BirthDay, Text: "Date of birth must include a day"}}},
		{birth("14", "2", "78"), frame.Faults{{Field: BirthYear, Text: "Year of birth must have all four numbers, like 1978"}}},
		{birth("14", "2", "x978"), frame.Faults{{Field: BirthYear, Text: "Year of birth must be four numbers, like 1978"}}},
		{birth("14", "2", "19780"), frame.Faults{{Field: BirthYear, Text: "Year of birth must be four numbers, like 1978"}}},
		{birth("14", "2", "-978"), frame.Faults{{Field: BirthYear, Text: "Year of birth must be four numbers, like 1978"}}},
		{birth("14", "13", "1978"), frame.Faults{{Field: BirthMonth, Text: "Month of birth must be a number from 1 to 12"}}},
		{birth("14", "0", "1978"), frame.Faults{{Field: BirthMonth, Text: "Month of birth must be a number from 1 to 12"}}},
		{birth("14", "fe", "1978"), frame.Faults{{Field: BirthMonth, Text: "Month of birth must be a number from 1 to 12"}}},
		{birth("29", "2", "1978"), frame.Faults{{Field: BirthDay, Text: "Date of birth must be a real date: that month has no such day"}}},
		{birth("0", "2", "1978"), frame.Faults{{Field: BirthDay, Text: "Date of birth must be a real date: that month has no such day"}}},
		{birth("+4", "2", "1978"), frame.Faults{{Field: BirthDay, Text: "Date of birth must be a real date: that month has no such day"}}},
		{birth("31", "12", "1899"), frame.Faults{{Field: BirthYear, Text: "Year of birth must be 1900 or later"}}},
		{birth("25", "11", "2010"), frame.Faults{{Field: BirthYear, Text: "Date of birth must not be in the future"}}},
	} {
		_, got := test.typed.Query(today)
		if diff := cmp.Diff(test.want, got); diff != "" {
			t.Errorf("%q.Query(): faults (-want +got)\n%s", test.typed, diff)
		}
	}
}

// FuzzQuery: whatever is typed, the outcome is a fault or a query that is safe to make.
func FuzzQuery(f *testing.F) {
	f.Add("Kettering", "Tobias", "14", "2", "1978")
	f.Add("\x00", "ﷺ", "31", "feb", "1e3")
	f.Fuzz(func(t *testing.T, family, first, day, month, year string) {
		typed := birth(day, month, year)
		typed[FamilyName], typed[FirstName] = family, first
		q, faults := typed.Query(today)
		if len(faults) > 0 {
			return
		}
		if q.DateOfBirth != "" {
			if born, err := time.Parse(time.DateOnly, q.DateOfBirth); err != nil || born.After(today) {
				t.Errorf("%q asks for the birth date %q", typed, q.DateOfBirth)
			}
		}
		if q.Surname+q.FirstName+q.DateOfBirth == "" || strings.ContainsAny(q.Surname+q.FirstName, "\x00\n\r\t\u202e") {
			t.Errorf("%q asks for %+v", typed, q)
		}
	})
}
