// Package recordtest makes people for tests. Start with [Canary]: a person in whom every
// item, item by item, carries a word of its own, so that a test can tell which items of a
// record reached an answer, a log or a page.
package recordtest

import (
	"strings"

	"mais/server/internal/record"
)

// MarkerPrefix begins every marker; no other text of MAIS holds it.
const MarkerPrefix = "canary:"

// Marker returns the word that the item of a key carries. No marker is part of another.
func Marker(key string) string { return MarkerPrefix + key + ":" }

// AsAt is the day of every entry of a canary.
const AsAt record.Day = "2009-11-14"

// Canary returns a person with every item recorded, and every dependent item under its yes.
// Wherever an item takes words of its own they hold its marker; each item's source does, so
// that a yes and a date carry it as well. The numbers by which other systems know the
// person hold Marker("person.NAME").
//
// The person's surname is found by a search for "canary".
func Canary() record.Person {
	p := record.Person{
		Source: "canary", Reference: Marker("person.source_reference"),
		Identifiers: map[string]string{}, Sections: map[string][]record.Row{},
	}
	for _, i := range record.Identifiers() {
		p.Identifiers[i.Name] = Marker("person." + i.Name)
	}
	for _, s := range record.Dictionary() {
		row := record.Row{}
		for _, i := range s.Items {
			row[i.Name] = Entry(i)
		}
		p.Sections[s.Name] = []record.Row{row}
		if s.Many {
			p.Sections[s.Name] = []record.Row{row, row}
		}
	}
	return p
}

// Entry returns the canary's entry of an item.
func Entry(i record.Item) record.Entry {
	if i.Type == record.Constant {
		return i.Entry(nil, nil)
	}
	e := record.Entry{State: record.Recorded, Value: value(i), AsAt: AsAt, Source: Marker(i.Key())}
	if i.Certainty {
		e.Certainty = "actual"
	}
	if i.Details != record.NoDetails {
		e.Details = Marker(i.Key())
	}
	if i.Other {
		e.Other = Marker(i.Key())
	}
	return e
}

func value(i record.Item) record.Value {
	switch i.Type {
	case record.Date:
		return record.Word(AsAt)
	case record.Tri, record.Pref:
		return record.Word("yes")
	case record.Enum:
		if i.Other {
			return record.Word("other")
		}
		return record.Word(i.Values[0])
	case record.Set:
		return record.Words(i.Values)
	case record.Contact:
		return fields(i)
	case record.List:
		return record.Rows{fields(i), fields(i)}
	}
	return record.Word(Marker(i.Key()))
}

func fields(i record.Item) record.Fields {
	fields := record.Fields{}
	for _, f := range i.Fields {
		switch {
		case f.Flag: // contradicts the rest, or says little
		case f.Values != nil:
			fields[f.Name] = f.Values[0]
		default:
			fields[f.Name] = Marker(i.Key())
		}
	}
	return fields
}

// Found returns the keys of the items whose marker stands in text, in the order of the form.
func Found(text string) []string {
	var keys []string
	for _, key := range record.Keys() {
		if strings.Contains(text, Marker(key)) {
			keys = append(keys, key)
		}
	}
	return keys
}
