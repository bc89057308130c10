package server

import (
	"encoding/csv"
	"slices"
	"strings"
	"testing"

	"mais/server/internal/record"
)

// imported loads people into a world by the path that true records take: the import of a
// CSV file.
func (w *world) imported(t testing.TB, people ...record.Person) {
	t.Helper()
	report, err := w.Host().Import(t.Context(), strings.NewReader(asCSV(t, people...)), false, nil)
	if err != nil || report.Loaded != len(people) {
		t.Fatalf("Import = %+v, %v, want %d loaded", report, err, len(people))
	}
}

// asCSV writes people as package importcsv reads them.
func asCSV(t testing.TB, people ...record.Person) string {
	t.Helper()
	var columns []string
	rows := make([]map[string]string, len(people))
	for n, p := range people {
		rows[n] = map[string]string{}
		add := func(column, text string) {
			if rows[n][column] = text; !slices.Contains(columns, column) {
				columns = append(columns, column)
			}
		}
		add("source", p.Source)
		add("source_reference", p.Reference)
		for name, text := range p.Identifiers {
			add(name, text)
		}
		for _, s := range record.Dictionary() {
			addSection(s, p.Sections[s.Name], add)
		}
	}
	slices.Sort(columns)
	table := [][]string{columns}
	for _, row := range rows {
		var cells []string
		for _, column := range columns {
			cells = append(cells, row[column])
		}
		table = append(table, cells)
	}
	var text strings.Builder
	if err := csv.NewWriter(&text).WriteAll(table); err != nil {
		t.Fatal(err)
	}
	return text.String()
}

func addSection(s record.Section, rows []record.Row, add func(column, text string)) {
	if !s.Many {
		for _, row := range rows {
			for _, i := range s.Items {
				addItem(i, row[i.Name], add)
			}
		}
		return
	}
	var entries []string
	for n, row := range rows {
		var fields []string
		for k, i := range s.Items {
			word, _ := row[i.Name].Value.(record.Word)
			fields = append(fields, escaped(string(word)))
			if e := row[i.Name]; n == 0 && k == 0 { // one for all of them
				add(s.Name+"_as_at", string(e.AsAt))
				add(s.Name+"_source", e.Source)
			}
		}
		entries = append(entries, strings.Join(fields, "|"))
	}
	add(s.Name, strings.Join(entries, ";"))
}

func addItem(i record.Item, e record.Entry, add func(column, text string)) {
	if e.State == record.NotRecorded {
		return
	}
	if rows, ok := e.Value.(record.Rows); ok {
		var entries []string
		for _, row := range rows {
			var fields []string
			for _, f := range i.Fields {
				fields = append(fields, escaped(row[f.Name]))
			}
			entries = append(entries, strings.Join(fields, "|"))
		}
		add(i.Name, strings.Join(entries, ";"))
	}
	for _, c := range i.Columns() {
		switch c.Part {
		case record.PartValue:
			add(c.Name, cell(e))
		case record.PartField:
			fields, _ := e.Value.(record.Fields)
			add(c.Name, fields[c.Field.Name])
		case record.PartCertainty:
			add(c.Name, e.Certainty)
		case record.PartDetails:
			add(c.Name, e.Details)
		case record.PartOther:
			add(c.Name, e.Other)
		case record.PartAsAt:
			add(c.Name, string(e.AsAt))
		case record.PartSource:
			add(c.Name, e.Source)
		}
	}
}

func cell(e record.Entry) string {
	switch v := e.Value.(type) {
	case record.Word:
		return string(v)
	case record.Words:
		return strings.Join(v, ";")
	}
	return e.State.String() // refused
}

var listSyntax = strings.NewReplacer(`\`, `\\`, `;`, `\;`, `|`, `\|`)

func escaped(field string) string { return listSyntax.Replace(field) }
