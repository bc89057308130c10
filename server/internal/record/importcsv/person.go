package importcsv

import (
	"crypto/sha256"
	"fmt"
	"strings"
	"unicode/utf8"

	"mais/server/internal/record"
)

// person makes a person of a row and adds what is wrong with it to the file's faults. It
// answers false when there is nobody in the row.
func (f *file) person(h heading, r row) (record.Person, bool) {
	add := func(column, problem string) {
		f.faults.add(Fault{Row: r.number, Line: r.line, Column: column, Problem: problem})
	}
	if strings.TrimSpace(strings.Join(r.cells, "")) == "" {
		return record.Person{}, false // spreadsheets leave such rows at the end
	}
	if len(r.cells) != len(h.names) {
		add("", fmt.Sprintf("has %d cells, the heading %d", len(r.cells), len(h.names)))
		return record.Person{}, false
	}
	for n, cell := range r.cells {
		if !utf8.ValidString(cell) {
			add(h.names[n], "is not UTF-8")
			return record.Person{}, false
		}
	}
	p, faults := parse(h.cells(r), f.today)
	for _, fault := range append(faults, p.Check(f.today)...) {
		add(fault.Column, fault.Problem)
	}
	if first := f.seen.add(p, r.number); first > 0 {
		add(referenceColumn, fmt.Sprintf("is that of row %d as well", first))
	}
	return p, true
}

func (h heading) cells(r row) record.Cells {
	return func(column string) string {
		n, ok := h.at[column]
		if !ok {
			return ""
		}
		return strings.TrimSpace(r.cells[n])
	}
}

// parse reads a person from the cells of a row. Its faults are those of the notation; what
// the cells say is for [record.Person.Check].
func parse(cells record.Cells, today record.Day) (record.Person, []record.Fault) {
	p := record.Person{Source: cells(sourceColumn), Reference: cells(referenceColumn),
		Identifiers: map[string]string{}, Sections: map[string][]record.Row{}}
	for _, i := range record.Identifiers() {
		if text := cells(i.Name); text != "" {
			p.Identifiers[i.Name] = text
		}
	}
	in := input{cells: cells, today: today, source: p.Source}
	if record.Line(in.source) != "" {
		in.source = "unknown" // the fault is the row's, not that of each of its items
	}
	for _, s := range record.Dictionary() {
		if s.Many {
			p.Sections[s.Name] = in.rows(s)
		} else {
			p.Sections[s.Name] = []record.Row{in.row(s)}
		}
	}
	return p, in.faults
}

// input is one row being read.
type input struct {
	cells  record.Cells
	today  record.Day
	source string
	faults []record.Fault
}

func (in *input) row(s record.Section) record.Row {
	row := record.Row{}
	for _, i := range s.Items {
		if i.Type == record.Constant {
			continue
		}
		var entries [][]string
		if i.Type == record.List {
			entries = in.list(i.Name, len(i.Fields))
		}
		e := i.Entry(in.cells, entries)
		if i.Certainty && e.State == record.Recorded && e.Certainty == "" {
			e.Certainty = "estimated"
		}
		row[i.Name] = in.withProvenance(e)
	}
	return row
}

// rows reads the one cell of a section with many rows.
func (in *input) rows(s record.Section) []record.Row {
	var rows []record.Row
	for _, entry := range in.list(s.Name, len(s.Items)) {
		row := record.Row{}
		for n, text := range entry {
			if text == "" {
				continue
			}
			row[s.Items[n].Name] = in.withProvenance(record.Entry{State: record.Recorded, Value: record.Word(text),
				AsAt: record.Day(in.cells(s.Name + "_as_at")), Source: in.cells(s.Name + "_source")})
		}
		rows = append(rows, row)
	}
	return rows
}

// withProvenance fills in the day of the import and the row's source.
func (in *input) withProvenance(e record.Entry) record.Entry {
	if e.State == record.NotRecorded {
		return e
	}
	if e.AsAt == "" {
		e.AsAt = in.today
	}
	if e.Source == "" {
		e.Source = in.source
	}
	return e
}

func (in *input) list(column string, fields int) [][]string {
	entries, err := splitList(in.cells(column), fields)
	if err != nil {
		in.faults = append(in.faults, record.Fault{Column: column, Problem: err.Error()})
		return nil
	}
	return entries
}

// seen knows the records that the file had so far, by a fingerprint of 16 bytes: a million
// of them take some 50 MB.
type seen map[[16]byte]int32

// add returns the row that had the same record before, or 0.
func (s seen) add(p record.Person, row int) int {
	sum := sha256.Sum256([]byte(p.Source + "\x00" + p.Reference))
	key := [16]byte(sum[:16])
	if first, ok := s[key]; ok {
		return int(first)
	}
	s[key] = int32(row)
	return 0
}
