// Package importcsv reads records from a CSV file (RFC 4180). Start with [Read].
//
// The first row names the columns, each once, in any order: source and source_reference,
// which together name a record and are required; the items' columns under the dictionary's
// names ([record.Item.Columns]: ITEM, ITEM_details, ITEM_other, ITEM_certainty, the fields
// of a contact as ITEM_name and so on, ITEM_as_at, ITEM_source); prison_number, pnc_number
// and nhs_number. A column that is not there leaves its items unrecorded; one that the
// dictionary does not know is refused. Without a value of its own ITEM_as_at is the day of
// the import and ITEM_source the row's source; a date of release without a certainty is
// taken for estimated.
//
// A set's cell holds its words with ";" between them. A list (aliases, prescriptions) and a
// section with many rows (agencies_involved) are one cell each: entries with ";" between
// them, the fields of an entry in the dictionary's order with "|" between them. A backslash
// before one of these three characters makes it text:
//
//	aliases            Toby|Kay;|Kettering
//	agencies_involved  probation|Northmoor Probation|1 High St|01632 960000|;community_gp|Dr A
//
// The file is UTF-8, with or without a byte order mark. Spaces around a cell are dropped.
// The package reads and checks; it does not load, and it does not know what is loaded.
package importcsv

import (
	"errors"
	"fmt"
	"io"
	"iter"
	"strings"

	"mais/server/internal/record"
)

// Bounds of a file. A file may have any number of rows.
const (
	MaxRow    = 256 << 10 // bytes in one row
	MaxFaults = 100       // faults told; the rest are counted
)

// Fault is something wrong with a cell, a row or, with Row 0, the whole file. It does not
// repeat what stands in the cell.
type Fault struct {
	Row     int    // as a spreadsheet counts: the heading is row 1, empty lines left out
	Line    int    // in the file; not the same where a cell has several lines
	Column  string // the heading; "" when the whole row is meant
	Problem string
}

// Error returns the place and the problem.
func (f Fault) Error() string {
	var place []string
	if f.Row > 0 {
		place = append(place, fmt.Sprintf("row %d", f.Row))
	}
	if f.Line > 0 && f.Line != f.Row {
		place = append(place, fmt.Sprintf("line %d", f.Line))
	}
	if f.Column != "" {
		place = append(place, "column "+f.Column)
	}
	if place == nil {
		return f.Problem
	}
	return strings.Join(place, ", ") + ": " + f.Problem
}

// Faults is the error of a file with faults.
type Faults struct {
	Told []Fault // the first MaxFaults
	More int     // how many were not told
}

// Error lists the faults, one a line.
func (f *Faults) Error() string {
	var lines []string
	for _, fault := range f.Told {
		lines = append(lines, fault.Error())
	}
	if f.More > 0 {
		lines = append(lines, fmt.Sprintf("and %d more", f.More))
	}
	return strings.Join(lines, "\n")
}

func (f *Faults) add(fault Fault) {
	if len(f.Told) == MaxFaults {
		f.More++
		return
	}
	f.Told = append(f.Told, fault)
}

// Read returns the people in a file, row by row, holding no more than a row and a
// fingerprint of each row's reference. After a row with a fault it yields no more people,
// reads on for other faults, and ends with a *[Faults]; so a load in one transaction keeps
// nothing of a faulty file. Any other error is the reader's.
//
// today is the day of the import. The sequence can be gone through once.
func Read(r io.Reader, today record.Day) iter.Seq2[record.Person, error] {
	return func(yield func(record.Person, error) bool) {
		f := &file{rows: newRowReader(r), today: today, seen: seen{}}
		if err := f.read(yield); err != nil && !errors.Is(err, errStopped) {
			yield(record.Person{}, err)
		}
	}
}

// errStopped ends a reading whose consumer has had enough.
var errStopped = errors.New("stopped")

type file struct {
	rows   *rowReader
	today  record.Day
	seen   seen
	faults Faults
}

func (f *file) read(yield func(record.Person, error) bool) error {
	heading, err := f.heading()
	if err != nil {
		return err
	}
	for {
		row, err := f.rows.next()
		if errors.Is(err, io.EOF) {
			break
		}
		var fault Fault
		switch {
		case errors.As(err, &fault):
			f.faults.add(fault)
			if f.rows.lost {
				return &f.faults
			}
			continue
		case err != nil:
			return fmt.Errorf("read the file: %w", err)
		}
		person, ok := f.person(heading, row)
		if ok && len(f.faults.Told) == 0 && !yield(person, nil) {
			return errStopped
		}
	}
	if len(f.faults.Told) > 0 {
		return &f.faults
	}
	return nil
}

// heading reads the first row. Without a good one there is no sense in the others.
func (f *file) heading() (heading, error) {
	row, err := f.rows.next()
	var fault Fault
	switch {
	case errors.Is(err, io.EOF):
		return heading{}, &Faults{Told: []Fault{{Problem: "the file is empty"}}}
	case errors.As(err, &fault):
		return heading{}, &Faults{Told: []Fault{fault}}
	case err != nil:
		return heading{}, fmt.Errorf("read the file: %w", err)
	}
	h, faults := parseHeading(row.cells)
	for _, fault := range faults {
		f.faults.add(fault)
	}
	if len(faults) > 0 {
		return heading{}, &f.faults
	}
	return h, nil
}
