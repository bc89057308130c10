// Package roster reads a list of people from a file of a spreadsheet: CSV as RFC 4180 has it,
// in UTF-8 with or without a byte order mark, with commas or semicolons between its cells and
// the names of our columns in its first row, in any order. [Read] is the one thing to call.
//
// It knows the form of a cell, not what is right for it: whether there is such an agency is
// its caller's to say. Everything is bounded, and each fault has the line and the column where
// a spreadsheet shows it. Formulas are refused wherever they stand, since what comes from this
// file is seen in other people's spreadsheets one day.
package roster

import (
	"bufio"
	"bytes"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"
)

// The bounds of a file.
const (
	MaxBytes = 8 << 20
	MaxRows  = 50_000
	maxCell  = 2000 // bytes
	// between several values in a cell
	bar = "|"
)

// The columns. Email and Name have to be there, the others may be left out.
const (
	Email     = "email"
	Name      = "name"
	Agency    = "agency"
	Sites     = "sites"
	Roles     = "roles"
	Starts    = "starts"
	Ends      = "ends"
	Vetting   = "vetting"
	VettedOn  = "vetted_on"
	VouchedBy = "vouched_by"
)

// Columns are their names, in the order in which a file of ours has them.
var Columns = []string{Email, Name, Agency, Sites, Roles, Starts, Ends, Vetting, VettedOn, VouchedBy}

// Fault is what is wrong at a place of the file.
type Fault struct {
	Line   int    // from 1
	Column string // its name; "": the row, or the file
	Detail string // what is wrong, to follow the place: "is not a date"
}

// Row is a row that could be read, with what is wrong with its cells. Its texts have no space
// around them.
type Row struct {
	Line   int
	cells  map[string]string
	Faults []Fault
}

// Text returns the cell of a column.
func (r Row) Text(column string) string { return r.cells[column] }

// List returns the values of a cell that has several, each once.
func (r Row) List(column string) []string {
	values := []string{}
	for v := range strings.SplitSeq(r.cells[column], bar) {
		if v = strings.TrimSpace(v); v != "" && !slices.Contains(values, v) {
			values = append(values, v)
		}
	}
	return values
}

// Blame adds a fault.
func (r *Row) Blame(column, format string, args ...any) {
	r.Faults = append(r.Faults, Fault{r.Line, column, fmt.Sprintf(format, args...)})
}

// FileError is a fault of the whole file: nothing of it can be taken.
type FileError struct{ Fault }

func (e *FileError) Error() string { return fmt.Sprintf("line %d: %s", e.Line, e.Detail) }

func whole(line int, format string, args ...any) error {
	return &FileError{Fault{Line: line, Detail: fmt.Sprintf(format, args...)}}
}

// Read gives each row to take, as it comes. It returns a *FileError, what take returned, or
// what reading returned.
func Read(in io.Reader, take func(Row) error) error {
	limited := &bounded{in, MaxBytes}
	buffered := bufio.NewReaderSize(limited, 64<<10)
	if err := skipMark(buffered); err != nil {
		return err
	}
	r := csv.NewReader(buffered)
	first, _ := buffered.Peek(8 << 10) // what is wrong with it comes again
	r.Comma, r.FieldsPerRecord, r.ReuseRecord = separator(first), -1, true
	columns, err := header(r)
	if err != nil {
		return err
	}
	for rows := 0; ; {
		record, err := r.Read()
		row := Row{cells: make(map[string]string, len(columns))}
		var syntax *csv.ParseError
		switch {
		case err == io.EOF:
			return nil
		case errors.As(err, &syntax):
			row.Line = syntax.StartLine
			row.Blame("", "has a quotation mark out of place, at line %d, character %d", syntax.Line, syntax.Column)
		case err != nil:
			return err
		default:
			row.Line, _ = r.FieldPos(0)
			if row.fill(columns, record); len(row.cells) == 0 {
				continue // cells, all of them empty, as spreadsheets leave them below a list
			}
		}
		if rows++; rows > MaxRows {
			return whole(row.Line, "there are more than %d rows: divide the file", MaxRows)
		}
		if err := take(row); err != nil {
			return err
		}
	}
}

// fill puts the cells in place. The record is the reader's: what is kept of it is a copy.
func (r *Row) fill(columns []string, record []string) {
	for n, cell := range record {
		text := strings.TrimSpace(cell)
		switch {
		case text == "":
		case n >= len(columns):
			r.Blame("", "has more cells than the first row has columns")
			r.cells[""] = ""
			return
		default:
			r.cells[columns[n]] = strings.Clone(r.checked(columns[n], text))
		}
	}
}

// checked returns a text that is fit for a line of a page, a mail and a spreadsheet, or "".
func (r *Row) checked(column, text string) string {
	switch {
	case !utf8.ValidString(text):
		r.Blame(column, "is not in UTF-8: save the file as \"CSV UTF-8\"")
	case len(text) > maxCell:
		r.Blame(column, "is longer than %d bytes", maxCell)
	case strings.ContainsFunc(text, func(c rune) bool { return !unicode.IsPrint(c) }):
		r.Blame(column, "holds a line break or another character that cannot be printed")
	case strings.ContainsRune("=+-@", rune(text[0])):
		r.Blame(column, "begins with %c, as a formula does: leave that out", text[0])
	default:
		return text
	}
	return ""
}

// header reads the first row, which names the columns.
func header(r *csv.Reader) ([]string, error) {
	record, err := r.Read()
	if err == io.EOF {
		return nil, whole(1, "the file is empty: its first row names the columns, %s", strings.Join(Columns, ","))
	}
	var syntax *csv.ParseError
	if errors.As(err, &syntax) {
		return nil, whole(syntax.StartLine, "the first row has a quotation mark out of place")
	}
	if err != nil {
		return nil, err
	}
	line, _ := r.FieldPos(0)
	var columns []string
	for _, cell := range record {
		name := strings.ToLower(strings.TrimSpace(cell))
		switch {
		case !slices.Contains(Columns, name):
			return nil, whole(line, "there is no column %.40q: the first row names columns of %s", name, strings.Join(Columns, ","))
		case slices.Contains(columns, name):
			return nil, whole(line, "the column %s is there twice", name)
		}
		columns = append(columns, name)
	}
	for _, needed := range []string{Email, Name} {
		if !slices.Contains(columns, needed) {
			return nil, whole(line, "the column %s is missing", needed)
		}
	}
	return columns, nil
}

// separator is what stands between the cells of the first row.
func separator(first []byte) rune {
	row, _, _ := bytes.Cut(first, []byte("\n"))
	if bytes.Count(row, []byte(";")) > bytes.Count(row, []byte(",")) {
		return ';'
	}
	return ','
}

// skipMark passes over a byte order mark.
func skipMark(r *bufio.Reader) error {
	mark, err := r.Peek(3)
	switch {
	case bytes.Equal(mark, []byte("\xef\xbb\xbf")):
		_, err = r.Discard(3)
		return err
	case bytes.HasPrefix(mark, []byte("\xff\xfe")), bytes.HasPrefix(mark, []byte("\xfe\xff")):
		return whole(1, "the file is in UTF-16: save it as \"CSV UTF-8\"")
	case bytes.HasPrefix(mark, []byte("PK")):
		return whole(1, "this is a workbook, not CSV: save it as \"CSV UTF-8\"")
	case err == io.EOF:
		return nil
	}
	return err
}

// bounded fails where a file is longer than it may be, rather than ending it there.
type bounded struct {
	in   io.Reader
	left int
}

func (b *bounded) Read(p []byte) (int, error) {
	n, err := b.in.Read(p)
	if b.left -= n; b.left < 0 {
		return 0, whole(1, "the file is longer than %d MiB: divide it", MaxBytes>>20)
	}
	return n, err
}
