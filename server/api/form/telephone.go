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
// "01632 960101 (24 hours)" and returns the address for a link: "tel:+441632960101".
func Telephone(text string) (href string, ok bool) {
	for _, found := range numbers.FindAllString(text, -1) {
		if number, ok := dial(found); ok {
			return "tel:" + number, true
		}
	}
	return "", false
}

// dial returns the number that found begins with, as E.164 has it. Digits may follow that
// are no part of it: "01632 960101 (24".
func dial(found string) (number string, ok bool) {
	found = strings.Replace(found, "(0)", "", 1) // as in +44 (0)1632
	digits := ""
	for _, group := range groups.FindAllString(found, -1) {
		digits += group
		national := strings.TrimPrefix(digits, "0")
		if strings.HasPrefix(found, "+44") {
			national = strings.TrimPrefix(digits, "44")
		}
		if len(national) == 9 || len(national) == 10 { // all of the country's have ten, but for a few old ones
			number, ok = "+44"+national, true
		}
	}
	return number, ok
}
