// Package serials reads files of serial numbers, such as an administrator has who must act on
// many certificates: one a line, blank lines and those that begin with # left out.
//
// Start with [Read]: it looks at every line once and keeps the good ones in a temporary file
// without a name, so that a million of them take no room in memory and do not change between
// the look and the use. [List.Each] then hands them out in portions. The package asks no
// service whether a certificate is there.
package serials

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"hash/maphash"
	"io"
	"os"
	"slices"
	"strconv"
	"strings"

	"mais/certs"
	"mais/server/api"
)

// Bounds on a file. A line that is longer than a serial can be is bad, whatever follows.
const (
	MaxLines = 2_000_000 // as many as the service takes in one plan
	maxBytes = 1 << 30
	maxLine  = 512
	maxBad   = 100 // bad lines that are kept to be shown
	maxShown = 60  // bytes of a bad line
)

// Bad is a line that names no certificate.
type Bad struct {
	Line int    `json:"line"`
	Text string `json:"text"` // cut
	Why  string `json:"why"`
}

// List is the good lines of a file, kept aside, and what was found on the way.
type List struct {
	Good       int   // lines that name a certificate
	Duplicates int   // of those, how many name one that an earlier line names
	BadLines   int   // lines that name none
	Bad        []Bad // the first of them
	file       *os.File
}

// Read reads r to its end. The caller closes the list.
func Read(r io.Reader) (*List, error) { return readUpTo(r, MaxLines) }

func readUpTo(r io.Reader, lines int) (*List, error) {
	l := &List{}
	var err error
	if l.file, err = os.CreateTemp("", "mais-serials-"); err != nil {
		return nil, fmt.Errorf("keep the serials aside: %w", err)
	}
	if err := errors.Join(os.Remove(l.file.Name()), l.fill(r, lines)); err != nil {
		l.Close()
		return nil, err
	}
	return l, nil
}

// Close forgets the list.
func (l *List) Close() error { return l.file.Close() }

func (l *List) fill(r io.Reader, lines int) error {
	limited := &io.LimitedReader{R: r, N: maxBytes + 1}
	in, out := bufio.NewReaderSize(limited, maxLine), bufio.NewWriter(l.file)
	var seen sums
	for n := 1; ; n++ {
		text, long, err := nextLine(in)
		if err == io.EOF {
			break
		}
		if err != nil {
			return fmt.Errorf("read line %d: %w", n, err)
		}
		if limited.N == 0 || n > lines {
			return fmt.Errorf("more than %d lines or %d bytes: split the file", lines, maxBytes)
		}
		if n == 1 {
			text = strings.TrimPrefix(text, "\ufeff") // as some editors begin a file
		}
		if err := l.take(out, &seen, n, text, long); err != nil {
			return err
		}
	}
	l.Duplicates = seen.duplicates()
	return out.Flush()
}

// take puts one line where it belongs.
func (l *List) take(out io.Writer, seen *sums, n int, text string, long bool) error {
	text = strings.TrimSpace(text)
	if text == "" || text[0] == '#' {
		return nil
	}
	ref, err := Parse(text)
	if long {
		err = errors.New("longer than a serial number can be")
	}
	if err != nil {
		if l.BadLines++; len(l.Bad) < maxBad {
			l.Bad = append(l.Bad, Bad{n, strings.ToValidUTF8(text[:min(len(text), maxShown)], "\uFFFD"), err.Error()})
		}
		return nil
	}
	l.Good++
	seen.add(ref.String())
	_, err = fmt.Fprintf(out, "%d %s\n", n, ref)
	return err
}

// Parse is certs.ParseRef with an error for whoever typed the text.
func Parse(text string) (certs.Ref, error) {
	ref, err := certs.ParseRef(text)
	switch {
	case errors.Is(err, certs.ErrIssuer):
		return certs.Ref{}, errors.New("what stands before the / does not name an issuer, such as people-1")
	case err != nil:
		return certs.Ref{}, errors.New("not a serial number: want hexadecimal digits, at most 40 of them")
	}
	return ref, nil
}

// nextLine returns a line without its end, or the beginning of one that is longer than maxLine.
func nextLine(in *bufio.Reader) (text string, long bool, err error) {
	part, err := in.ReadSlice('\n')
	text = string(bytes.TrimRight(part, "\r\n"))
	for errors.Is(err, bufio.ErrBufferFull) {
		long = true
		_, err = in.ReadSlice('\n')
	}
	if err == io.EOF && (text != "" || long) {
		err = nil // the last line has no end
	}
	return text, long, err
}

// Each hands the good lines to give, at most size of them at a time, in order.
func (l *List) Each(size int, give func([]api.SerialLine) error) error {
	if _, err := l.file.Seek(0, io.SeekStart); err != nil {
		return err
	}
	lines := bufio.NewScanner(l.file)
	portion := make([]api.SerialLine, 0, min(size, l.Good))
	for lines.Scan() {
		number, serial, _ := strings.Cut(lines.Text(), " ")
		n, err := strconv.Atoi(number)
		if err != nil {
			return fmt.Errorf("read the serials kept aside: %w", err)
		}
		if portion = append(portion, api.SerialLine{Line: n, Serial: serial}); len(portion) == size {
			if err := give(portion); err != nil {
				return err
			}
			portion = portion[:0]
		}
	}
	if err := lines.Err(); err != nil || len(portion) == 0 {
		return err
	}
	return give(portion)
}

// sums counts what was seen before by 8 bytes for each: two serials that differ are taken for
// one about once in a hundred million files of a million lines. It decides nothing, the
// service counts again.
type sums []uint64

var seed = maphash.MakeSeed()

func (s *sums) add(name string) { *s = append(*s, maphash.String(seed, name)) }

func (s sums) duplicates() int {
	slices.Sort(s)
	return len(s) - len(slices.Compact(s))
}
