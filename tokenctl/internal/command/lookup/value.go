package lookup

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"mais/server/api"
	"mais/server/api/form"
)

// itemLines says what an item holds. The states of having no value are three different facts.
func itemLines(i form.Item, many bool, item api.Item) []string {
	if item.State != "" {
		return []string{form.StateLabel(item.State)}
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
		switch {
		case i.Coded:
			v = form.Word(v)
		case strings.HasPrefix(i.Name, "date_of_"):
			v = form.Day(v)
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
		return []string{form.StateLabel(api.StateNotRecorded)}
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
		return []string{"None"}
	}
	return lines
}

// fieldOrder is that of somebody who has to ring at night: whether to, whom, and how. Other
// fields follow.
var fieldOrder = []string{"none_named", "unsuitable", "first_name", "surname", "class", "name", "relationship", "out_of_hours", "telephone", "address"}

// flags are the fields that hold a yes or nothing, in words.
var flags = map[string]string{"none_named": "no one named", "unsuitable": "NOT SUITABLE as appropriate adult"}

func fields(object map[string]any) string {
	names := slices.Sorted(maps.Keys(object))
	slices.SortStableFunc(names, func(a, b string) int { return rank(a) - rank(b) })
	var parts []string
	for _, name := range names {
		value := object[name]
		switch {
		case value == "" || value == nil:
		case flags[name] != "" && value == "yes":
			parts = append(parts, flags[name])
		default:
			field := form.Item{Name: name, Coded: name == "class"}
			parts = append(parts, form.Bare(name)+" "+strings.Join(valueLines(field, false, value), " / "))
		}
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
		at := "as at " + form.Day(item.AsAt)
		if age := form.Age(item.AsAt, now()); age.Words != "" {
			at += ", " + age.Words
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
