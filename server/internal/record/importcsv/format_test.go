package importcsv_test

import (
	"encoding/csv"
	"strings"

	"mais/server/internal/record"
	"mais/server/internal/record/importcsv"
)

// format writes people as a file with every column. The entries of a section with many rows
// get the provenance of the first.
func format(people []record.Person) string {
	var text strings.Builder
	w := csv.NewWriter(&text)
	columns := importcsv.Columns()
	_ = w.Write(columns) // a strings.Builder takes everything
	for _, p := range people {
		cells := personCells(p)
		row := make([]string, len(columns))
		for n, column := range columns {
			row[n] = cells[column]
		}
		_ = w.Write(row)
	}
	w.Flush()
	return text.String()
}

func personCells(p record.Person) map[string]string {
	cells := map[string]string{"source": p.Source, "source_reference": p.Reference}
	for name, text := range p.Identifiers {
		cells[name] = text
	}
	for _, s := range record.Dictionary() {
		if s.Many {
			manyCells(s, p.Sections[s.Name], cells)
			continue
		}
		for _, i := range s.Items {
			e := p.Sections[s.Name][0][i.Name]
			for _, c := range i.Columns() {
				cells[c.Name] = i.Cells(e)(c.Name)
			}
			if i.Type == record.List {
				cells[i.Name] = joinList(i.Entries(e))
			}
		}
	}
	return cells
}

func manyCells(s record.Section, rows []record.Row, cells map[string]string) {
	var entries [][]string
	for _, row := range rows {
		var entry []string
		for _, i := range s.Items {
			e := row[i.Name]
			entry = append(entry, i.Cells(e)(i.Name))
			if e.State == record.Recorded {
				cells[s.Name+"_as_at"], cells[s.Name+"_source"] = string(e.AsAt), e.Source
			}
		}
		entries = append(entries, entry)
	}
	cells[s.Name] = joinList(entries)
}

var escape = strings.NewReplacer(`\`, `\\`, `;`, `\;`, `|`, `\|`)

func joinList(entries [][]string) string {
	var list []string
	for _, entry := range entries {
		var fields []string
		for _, f := range entry {
			fields = append(fields, escape.Replace(f))
		}
		list = append(list, strings.Join(fields, "|"))
	}
	return strings.Join(list, ";")
}
