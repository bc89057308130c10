package main

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"mais/server/api"
	"mais/tokenctl/internal/form"
)

// itemLines says what an item holds. The states of having no value are three different facts.
func itemLines(i form.Item, many bool, item api.Item) []string {
	switch item.State {
	case api.StateNotRecorded:
		return []string{"not recorded"}
	case api.StateRefused:
		return []string{"asked, refused to say"}
	case api.StateWithheld:
		return []string{"withheld: not for your role, whether or not anything is recorded"}
	case "":
	default:
		return []string{form.Bare(item.State)}
	}
	lines := valueLines(i, many, item.Value)
	if item.Certainty == "estimated" {
		lines[0] += " (estimated)"
	}
	for _, note := range []string{item.Other, item.Details} {
		if note != "" {
			lines = append(lines, strings.Split(note, "\n")...)
		}
	}
	return lines
}

// valueLines turns a value of any shape that the API has into lines.
func valueLines(i form.Item, many bool, value any) []string {
	switch v := value.(type) {
	case string:
		if i.Coded {
			v = form.Bare(v)
		}
		return strings.Split(v, "\n")
	case map[string]any:
		return []string{fields(v)}
	case []any:
		if many {
			return entries(i, v)
		}
		return list(i, v)
	case nil:
		return []string{"not recorded"}
	}
	return []string{fmt.Sprint(value)}
}

// entries numbers what stands in each entry of a section with many.
func entries(i form.Item, values []any) []string {
	var lines []string
	for n, value := range values {
		lines = append(lines, fmt.Sprintf("%d. %s", n+1, strings.Join(valueLines(i, false, value), " / ")))
	}
	return orNone(lines)
}

// list prints words on one line and objects one a line.
func list(i form.Item, values []any) []string {
	var words, lines []string
	for _, value := range values {
		if text, ok := value.(string); ok {
			words = append(words, valueLines(i, false, text)...)
			continue
		}
		lines = append(lines, valueLines(i, false, value)...)
	}
	if len(words) > 0 {
		lines = append([]string{strings.Join(words, ", ")}, lines...)
	}
	return orNone(lines)
}

func orNone(lines []string) []string {
	if len(lines) == 0 {
		return []string{"none"}
	}
	return lines
}

// fieldOrder is that of somebody who has to ring: whom, and how. Other fields follow.
var fieldOrder = []string{"first_name", "surname", "class", "name", "relationship", "telephone", "out_of_hours", "address"}

func fields(object map[string]any) string {
	names := sortedNames(object)
	slices.SortStableFunc(names, func(a, b string) int { return rank(a) - rank(b) })
	var parts []string
	for _, name := range names {
		if object[name] == "" || object[name] == nil {
			continue
		}
		parts = append(parts, form.Bare(name)+" "+strings.Join(valueLines(form.Item{}, false, object[name]), " / "))
	}
	return strings.Join(orNone(parts), "; ")
}

func rank(field string) int {
	if i := slices.Index(fieldOrder, field); i >= 0 {
		return i
	}
	return len(fieldOrder)
}

const nothingSaid = "no day or source recorded"

// provenance says when a value was known to hold and where it came from.
func provenance(item api.Item) string {
	var parts []string
	if item.AsAt != "" {
		at := "as at " + item.AsAt
		if day, err := time.Parse(time.DateOnly, item.AsAt); err == nil {
			at += ", " + age(day, now())
		}
		parts = append(parts, at)
	}
	if item.Source != "" {
		parts = append(parts, "from "+item.Source)
	}
	if len(parts) == 0 {
		return nothingSaid
	}
	return strings.Join(parts, "; ")
}

// age says in words how old something is, in whole days, months or years.
func age(from, to time.Time) string {
	days := int(to.Sub(from).Hours() / 24)
	switch {
	case days < 0:
		return "in the future"
	case days == 0:
		return "today"
	case days == 1:
		return "1 day old"
	case days < 61:
		return fmt.Sprintf("%d days old", days)
	case days < 730:
		return fmt.Sprintf("%d months old", days*12/365)
	}
	return fmt.Sprintf("%d years old", days/365)
}
