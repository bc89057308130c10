package record

import "strings"

// Cells is the written form of an entry, the same in a row of the database and in a row of
// an import: the text of each of the item's columns by name, "" where there is none. The
// words of a set are joined by ";".
type Cells func(column string) string

// Entry reads an item from its cells; entries are a list's, each with the fields in their
// order. It never fails: what makes no sense comes out as it stands, for [Item.Check] to
// find.
func (i Item) Entry(cells Cells, entries [][]string) Entry {
	if i.Type == Constant {
		return Entry{State: Recorded, Value: Word(i.Values[0]), Source: "MAIS"}
	}
	var e Entry
	var fields Fields
	for _, c := range i.Columns() {
		text := cells(c.Name)
		if text == "" {
			continue
		}
		switch c.Part {
		case PartValue:
			e.Value = i.value(text)
		case PartField:
			if fields == nil {
				fields = Fields{}
			}
			fields[c.Field.Name] = text
		case PartCertainty:
			e.Certainty = text
		case PartDetails:
			e.Details = text
		case PartOther:
			e.Other = text
		case PartAsAt:
			e.AsAt = Day(text)
		case PartSource:
			e.Source = text
		}
	}
	switch {
	case i.Type == Contact && len(fields) > 0:
		e.Value = fields
	case i.Type == List && (len(entries) > 0 || e.AsAt != ""):
		e.Value = i.rows(entries)
	case e.Value == nil && e.Certainty == string(unknown):
		e.Value = unknown
	}
	return e.settle(i)
}

// settle derives the state from what was read.
func (e Entry) settle(i Item) Entry {
	switch {
	case e.Value == nil:
		e.State = NotRecorded
	case i.Type == Tri && e.Value == refused:
		e.State, e.Value = Refused, nil
	default:
		e.State = Recorded
	}
	return e
}

func (i Item) value(text string) Value {
	if i.Type == Set {
		words := Words(strings.Split(text, ";"))
		for n, word := range words {
			words[n] = strings.TrimSpace(word)
		}
		return words
	}
	return Word(text)
}

func (i Item) rows(entries [][]string) Rows {
	rows := Rows{}
	for _, entry := range entries {
		row := Fields{}
		for n, text := range entry {
			if text != "" && n < len(i.Fields) {
				row[i.Fields[n].Name] = text
			}
		}
		rows = append(rows, row)
	}
	return rows
}

// Cells returns the written form of e, the inverse of [Item.Entry].
func (i Item) Cells(e Entry) Cells {
	cells := map[string]string{}
	for _, c := range i.Columns() {
		switch c.Part {
		case PartValue:
			cells[c.Name] = e.text()
		case PartField:
			if fields, ok := e.Value.(Fields); ok {
				cells[c.Name] = fields[c.Field.Name]
			}
		case PartCertainty:
			cells[c.Name] = e.Certainty
		case PartDetails:
			cells[c.Name] = e.Details
		case PartOther:
			cells[c.Name] = e.Other
		case PartAsAt:
			cells[c.Name] = string(e.AsAt)
		case PartSource:
			cells[c.Name] = e.Source
		}
	}
	return func(column string) string { return cells[column] }
}

// Entries returns the entries of a list, each with the fields in their order.
func (i Item) Entries(e Entry) [][]string {
	rows, _ := e.Value.(Rows)
	var entries [][]string
	for _, row := range rows {
		entry := make([]string, len(i.Fields))
		for n, f := range i.Fields {
			entry[n] = row[f.Name]
		}
		entries = append(entries, entry)
	}
	return entries
}

// text returns the text of the value's own column.
func (e Entry) text() string {
	if e.State == Refused {
		return string(refused)
	}
	switch v := e.Value.(type) {
	case Word:
		if v == unknown && e.Certainty == string(unknown) {
			return ""
		}
		return string(v)
	case Words:
		return strings.Join(v, ";")
	}
	return ""
}
