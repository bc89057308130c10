package config

import (
	"fmt"
	"regexp"
	"strings"
)

// maxUrgent keeps the page of urgent contacts one that is read at a glance.
const maxUrgent = 20

var (
	// dialable is a number of 3 (101, 111) to 15 digits (ITU-T E.164), with single spaces
	// between groups; how many digits it has is counted apart.
	dialable = regexp.MustCompile(`^\+?[0-9]+( [0-9]+)*$`)
	// alwaysOpen is how people write what has to be written as RoundTheClock.
	alwaysOpen = regexp.MustCompile(`(?i)^\s*24 ?(h|/)|round the clock`)
)

func (c *checker) urgent(contacts []Contact) {
	if len(contacts) > maxUrgent {
		c.fault("urgent", "there are %d: at most %d fit a page that is read in a hurry", len(contacts), maxUrgent)
	}
	for i, contact := range contacts[:min(len(contacts), maxUrgent)] {
		key := func(name string) string { return fmt.Sprintf("urgent, number %d: %s", i+1, name) }
		c.text(key("name"), contact.Name, 1, 80)
		c.text(key("hours"), contact.Hours, 1, 80)
		c.text(key("for"), contact.For, 1, 200)
		c.telephone(key("telephone"), contact.Telephone)
		if alwaysOpen.MatchString(contact.Hours) && !contact.RoundTheClock() {
			c.fault(key("hours"), "%q: write %q when somebody always answers, so that the number comes first", contact.Hours, RoundTheClock)
		}
	}
}

func (c *checker) telephone(key, number string) {
	digits := len(strings.Trim(number, "+")) - strings.Count(number, " ")
	switch {
	case number == "":
		c.fault(key, "is required")
	case !dialable.MatchString(number) || digits < 3 || digits > 15:
		c.fault(key, "%.40q cannot be dialled: want 3 to 15 digits, such as \"01632 960101\"", number)
	}
}
