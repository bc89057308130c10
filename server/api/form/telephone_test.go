package form

import (
	"regexp"
	"testing"
)

func TestTelephone(t *testing.T) {
	for text, want := range map[string]string{
		"01632 960101 (24 hours)":            "+441632960101",
		"01632960101":                        "+441632960101",
		"Ring (01632) 960-101 ext. 12":       "+441632960101",
		"07700 900123 or 01632 960101":       "+447700900123",
		"07700 900123 01632 960101":          "+447700900123",
		"+44 (0)1632 960101":                 "+441632960101",
		"+447700900123":                      "+447700900123",
		"0300 000 0120":                      "+443000000120",
		"till 02/03, then 020 7946 0958":     "+442079460958",
		"0123":                               "",
		"ask the duty desk":                  "",
		"A0123456789":                        "",
		"":                                   "",
		"javascript:alert(1)":                "",
		"02 03 04":                           "",
		"out of hours: see 2010-03-12, 9 am": "",
	} {
		if got := Telephone(text); got != want {
			t.Errorf("Telephone(%q) = %q, want %q", text, got, want)
		}
	}
}

func FuzzTelephone(f *testing.F) {
	f.Add("01632 960101 (24 hours)")
	f.Add("+44 (0)(0) 1632 960101")
	shape := regexp.MustCompile(`^\+44\d{9,10}$`)
	f.Fuzz(func(t *testing.T, text string) {
		if number := Telephone(text); number != "" && !shape.MatchString(number) {
			t.Errorf("Telephone(%q) = %q", text, number)
		}
	})
}
