package view

import (
	"fmt"
	"strings"
	"time"

	"mais/server/api"
	"mais/server/api/form"
)

// maxAliases are named at the head of a page; the record's own row has them all.
const maxAliases = 3

// Person is who a record is about.
type Person struct {
	Name    string   // "KETTERING, Tobias James"
	Full    string   // "Tobias James Kettering"
	Born    string   // "14 February 1978 (32)"
	Aliases []string // at most three
	More    int      // aliases beside them
	// Interpreter says that one is needed, and for which language.
	Interpreter string
}

func personOf(r api.Record, now time.Time) Person {
	details := func(name string) api.Item { return form.ItemAt(r, "service_user_details."+name) }
	p := Person{Name: nameOf(details("surname"), details("first_name")), Full: fullName(details("surname"), details("first_name")), Born: bornOf(details("date_of_birth"), now)}
	for _, fields := range itemOf("", form.Item{}, details("aliases"), Reader{}).Fields {
		if len(p.Aliases) == maxAliases {
			p.More++
			continue
		}
		p.Aliases = append(p.Aliases, textOf(fields))
	}
	if needed := form.Text(details("interpreter_needed")); needed == "yes" || needed == "unknown" {
		p.Interpreter = map[string]string{"yes": "Needed", "unknown": "Not known whether needed"}[needed]
		if language := form.Text(details("language_spoken")); language != "" {
			p.Interpreter += ": speaks " + language
		}
	}
	return p
}

func nameOf(surname, first api.Item) string {
	last, given := form.Text(surname), form.Text(first)
	switch {
	case last == "" && given == "" && stateOf(surname) == Withheld:
		return "Name withheld from your role"
	case last == "" && given == "":
		return "No name recorded"
	}
	return form.Name(strings.ToUpper(last), given)
}

// fullName is for a line of text.
func fullName(surname, first api.Item) string {
	if full := strings.TrimSpace(form.Text(first) + " " + form.Text(surname)); full != "" {
		return full
	}
	return "this service user"
}

func bornOf(birth api.Item, now time.Time) string {
	day := form.Text(birth)
	if day == "" {
		return form.StateLabel(birth.State)
	}
	if years, ok := form.Years(day, now); ok {
		return fmt.Sprintf("%s (%d)", form.Day(day), years)
	}
	return form.Day(day)
}
