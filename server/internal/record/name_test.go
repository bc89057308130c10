package record

import (
	"testing"
	"unicode/utf8"
)

func TestNormaliseName(t *testing.T) {
	for _, test := range []struct{ name, want string }{
		{"Smith", "smith"},
		{"  O'Neill ", "oneill"},
		{"O’NEILL", "oneill"},
		{"Smith-Jones", "smith jones"},
		{"St. John", "st john"},
		{"Zoë Núñez", "zoe nunez"},
		{"Łukasz Ørsted Straße Æther", "lukasz orsted strasse aether"},
		{"İpek", "ipek"},
		{"van  der\tBerg", "van der berg"},
		{"王小明", "王小明"},
		{"%_*", ""},
		{"a\x00b\xff", "ab"},
	} {
		if got := NormaliseName(test.name); got != test.want {
			t.Errorf("NormaliseName(%q) = %q, want %q", test.name, got, test.want)
		}
	}
}

func FuzzNormaliseName(f *testing.F) {
	for _, seed := range []string{"O'Neill-Łukasz", "İ", "ẞ", "\xff", "ﬁ", "가", "ſ"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, name string) {
		key := NormaliseName(name)
		if again := NormaliseName(key); again != key {
			t.Errorf("NormaliseName(%q) = %q, and of that %q", name, key, again)
		}
		if !utf8.ValidString(key) {
			t.Errorf("NormaliseName(%q) = %q is not UTF-8", name, key)
		}
	})
}

func TestQueryCheck(t *testing.T) {
	for _, test := range []struct {
		query Query
		want  string
	}{
		{Query{}, "surname: is needed, or a first name or a date of birth"},
		{Query{Exact: true}, "surname: is needed, or a first name or a date of birth"},
		{Query{Surname: "sm"}, ""},
		{Query{Surname: "s", Exact: true}, "surname: needs two letters or more"},
		{Query{FirstName: "J."}, "first_name: needs two letters or more"},
		{Query{Surname: "%%"}, "surname: needs two letters or more"},
		{Query{Surname: "a\nb"}, "surname: holds the control character U+000A"},
		{Query{DateOfBirth: "1978-2-14"}, "date_of_birth: is not a date from 1900-01-01 to 2100-12-31 as YYYY-MM-DD"},
		{Query{DateOfBirth: "1978-02-14"}, ""},
	} {
		got := ""
		if faults := test.query.Check(); len(faults) > 0 {
			got = faults[0].Error()
		}
		if got != test.want {
			t.Errorf("Check(%+v) = %q, want %q", test.query, got, test.want)
		}
	}
}

func TestParseDay(t *testing.T) {
	for text, ok := range map[string]bool{"1978-02-14": true, "2000-02-29": true, "1900-02-29": false, "1899-12-31": false, "2101-01-01": false,
		"1978-2-14": false, "14/02/1978": false, "": false, "1978-02-14T00:00:00Z": false, " 1978-02-14": false} {
		if _, err := ParseDay(text); (err == nil) != ok {
			t.Errorf("ParseDay(%q) error = %v, want ok %t", text, err, ok)
		}
	}
	if got := Day("2010-02-27").AddDays(3); got != "2010-03-02" {
		t.Errorf("AddDays over February = %q", got)
	}
}

func TestQueryFits(t *testing.T) {
	for _, test := range []struct {
		query              Query
		firstName, surname string
		want               Fit
	}{
		{Query{Surname: "kay"}, "Toby", "Káy", Whole},
		{Query{Surname: "kay"}, "Toby", "Kaye", Beginning},
		{Query{Surname: "kay", FirstName: "to"}, "Toby", "Kay", Beginning},
		{Query{Surname: "kay", FirstName: "to"}, "", "Kay", Misfit},
		{Query{Surname: "kay", FirstName: "to", Exact: true}, "Toby", "Kay", Misfit},
		{Query{Surname: "oneill lukasik", Exact: true}, "", "O’Neill-Łukasik", Whole},
		{Query{DateOfBirth: "1978-02-14"}, "Toby", "Kay", Whole},
	} {
		if got := test.query.Fits(test.firstName, test.surname); got != test.want {
			t.Errorf("%+v fits %q %q: %d, want %d", test.query, test.firstName, test.surname, got, test.want)
		}
	}
}
