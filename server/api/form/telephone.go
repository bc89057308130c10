package form

import (
	"regexp"
	"strings"
)

// numbers are digits as people in the United Kingdom write a telephone number: with spaces,
// hyphens and brackets, from 0 or the country's +44.
var (
	numbers = regexp.MustCompile(`(?:\+44|\b0)[\d ()-]*\d`)
	groups  = regexp.MustCompile(`\d+`)
)

// Telephone finds the first number that can be dialled in a text such as
// "01632 960101 (24 hours)" and returns it as E.164 has it: "+441632960101". It is "" if
// there is none.
func Telephone(text string) string {
	for _, found := range numbers.FindAllString(strings.ReplaceAll(text, "\u00a0", " "), -1) {
		if number := dial(found); number != "" {
			return number
		}
	}
	return ""
}

// dial returns the number that found begins with, as E.164 has it, or "". Digits may follow
// that are no part of it: "01632 960101 (24".
func dial(found string) (number string) {
	found = strings.Replace(found, "(0)", "", 1) // as in +44 (0)1632
	digits := ""
	for _, group := range groups.FindAllString(found, -1) {
		digits += group
		national := strings.TrimPrefix(digits, "0")
		if strings.HasPrefix(found, "+44") {
			national = strings.TrimPrefix(digits, "44")
		}
		if len(national) == 9 || len(national) == 10 { // all of the country's have ten, but for a few old ones
			number = "+44" + national
		}
	}
	return number
}
