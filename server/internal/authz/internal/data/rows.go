package data

import (
	"strings"

	"mais/server/internal/record"
)

// target is a table that a person is written to: the columns, and the rows that a person
// has there.
type target struct {
	table   string
	columns []string
	rows    func(id string, p record.Person) [][]any
}

// targets are all tables of schema record, parents first.
var targets = func() []target {
	all := []target{personTarget(), nameTarget()}
	for _, s := range record.Dictionary() {
		all = append(all, sectionTarget(s))
		for _, i := range s.Items {
			if i.Type == record.List {
				all = append(all, listTarget(i))
			}
		}
	}
	return all
}()

func personTarget() target {
	columns := []string{"id", "source", "source_reference"}
	for _, i := range record.Identifiers() {
		columns = append(columns, i.Name)
	}
	return target{"person", columns, func(id string, p record.Person) [][]any {
		row := []any{id, p.Source, p.Reference}
		for _, i := range record.Identifiers() {
			row = append(row, sqlValue("", p.Identifiers[i.Name]))
		}
		return [][]any{row}
	}}
}

// nameTarget files the person's name and aliases for the search, each pair once.
func nameTarget() target {
	columns := []string{"person", "surname_key", "first_name_key", "is_alias"}
	return target{"search_name", columns, func(id string, p record.Person) [][]any {
		var rows [][]any
		filed := map[[3]string]bool{}
		file := func(surname, firstName, isAlias string) {
			name := [3]string{record.NormaliseName(surname), record.NormaliseName(firstName), isAlias}
			if !filed[name] {
				filed[name] = true
				rows = append(rows, []any{id, name[0], name[1], name[2]})
			}
		}
		for _, row := range p.Sections["service_user_details"] {
			surname, _ := row["surname"].Value.(record.Word)
			firstName, _ := row["first_name"].Value.(record.Word)
			file(string(surname), string(firstName), "f")
			aliases, _ := row["aliases"].Value.(record.Rows)
			for _, alias := range aliases {
				file(alias["surname"], alias["first_name"], "t")
			}
		}
		return rows
	}}
}

func sectionTarget(s record.Section) target {
	columns := []string{"person"}
	if s.Many {
		columns = append(columns, "ordinal")
	}
	for _, c := range columnsOf(s.Items) {
		columns = append(columns, c.Name)
	}
	return target{s.Table, columns, func(id string, p record.Person) [][]any {
		var rows [][]any
		for n, entries := range p.Sections[s.Name] {
			row := []any{id}
			if s.Many {
				row = append(row, n+1)
			}
			held := false
			for _, i := range s.Items {
				e := entries[i.Name]
				held = held || i.Type != record.Constant && e.State != record.NotRecorded
				cells := i.Cells(e)
				for _, c := range i.Columns() {
					row = append(row, sqlValue(c.Type, cells(c.Name)))
				}
			}
			if held {
				rows = append(rows, row)
			}
		}
		return rows
	}}
}

func listTarget(i record.Item) target {
	columns := []string{"person", "ordinal"}
	for _, c := range i.EntryColumns() {
		columns = append(columns, c.Name)
	}
	return target{i.Table, columns, func(id string, p record.Person) [][]any {
		var rows [][]any
		for _, section := range p.Sections[i.Section] {
			for n, entry := range i.Entries(section[i.Name]) {
				row := []any{id, n + 1}
				for f, c := range i.EntryColumns() {
					row = append(row, sqlValue(c.Type, entry[f]))
				}
				rows = append(rows, row)
			}
		}
		return rows
	}}
}

// sqlValue returns the text of a cell as a column of that type takes it; "" is NULL.
func sqlValue(columnType, text string) any {
	switch {
	case text == "":
		return nil
	case columnType == "text[]": // the words of a set need no quoting
		return "{" + strings.ReplaceAll(text, ";", ",") + "}"
	}
	return text // a flag's "yes" is a true boolean to PostgreSQL
}
