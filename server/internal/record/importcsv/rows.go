package importcsv

import (
	"bytes"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
)

// row is a row as it stands in the file.
type row struct {
	number int // the heading is 1
	line   int
	cells  []string // overwritten by the next row
}

// rowReader reads rows of at most MaxRow bytes. encoding/csv has no bound of its own and
// would take a file with one opening quote into memory whole, so its source runs dry at the
// bound.
type rowReader struct {
	csv    *csv.Reader
	source *fence
	number int
	lost   bool // where the next row begins is not known
}

// ahead is how much more than it needs encoding/csv reads at once.
const ahead = 4096

func newRowReader(r io.Reader) *rowReader {
	source := &fence{r: withoutMark(r)}
	reader := csv.NewReader(source)
	reader.FieldsPerRecord = -1
	reader.ReuseRecord = true
	return &rowReader{csv: reader, source: source}
}

// next returns the next row, a Fault, or what the source returned.
func (r *rowReader) next() (row, error) {
	start := r.csv.InputOffset()
	r.source.most = start + MaxRow + ahead
	cells, err := r.csv.Read()
	if errors.Is(err, io.EOF) {
		return row{}, err
	}
	r.number++
	var parse *csv.ParseError
	switch {
	case errors.Is(err, errFence) || err == nil && r.csv.InputOffset()-start > MaxRow:
		r.lost = true
		return row{}, Fault{Row: r.number, Problem: fmt.Sprintf("the row is longer than %d KiB; a quote may not be closed", MaxRow>>10)}
	case errors.As(err, &parse):
		return row{}, Fault{Row: r.number, Line: parse.Line, Problem: parseProblem(parse.Err)}
	case err != nil:
		return row{}, err
	}
	line, _ := r.csv.FieldPos(0)
	return row{r.number, line, cells}, nil
}

func parseProblem(err error) string {
	switch {
	case errors.Is(err, csv.ErrQuote):
		return "a quote is missing or not doubled"
	case errors.Is(err, csv.ErrBareQuote):
		return "a quote stands in a cell that is not quoted"
	}
	return "is not CSV"
}

var errFence = errors.New("row too long")

// fence reads from r up to the offset most.
type fence struct {
	r          io.Reader
	done, most int64
}

func (f *fence) Read(p []byte) (int, error) {
	if f.done >= f.most {
		return 0, errFence
	}
	n, err := f.r.Read(p[:min(int64(len(p)), f.most-f.done)])
	f.done += int64(n)
	return n, err
}

// withoutMark drops a byte order mark, which spreadsheets write.
func withoutMark(r io.Reader) io.Reader {
	mark := []byte("\ufeff")
	first := make([]byte, len(mark))
	n, err := io.ReadFull(r, first)
	if err == nil && bytes.Equal(first, mark) {
		return r
	}
	if err != nil && !errors.Is(err, io.EOF) && !errors.Is(err, io.ErrUnexpectedEOF) {
		return &failing{err}
	}
	return io.MultiReader(bytes.NewReader(first[:n]), r)
}

// failing is a reader whose first read failed.
type failing struct{ err error }

func (f *failing) Read([]byte) (int, error) { return 0, f.err }
