package journal

import (
	"bufio"
	"bytes"
	"crypto"
	"crypto/sha256"
	"errors"
	"fmt"
	"io"
)

// ErrDamaged is a journal whose entries are not what was written.
var ErrDamaged = errors.New("journal: damaged")

// reading is what a journal's file was found to hold.
type reading struct {
	Begin Entry
	Head  Head
	Size  int64 // of the entries
	Torn  int64 // bytes after them, of an entry that was never finished
}

// read reads a journal from its first entry on, and gives each to each, if that is not nil.
// Every entry is held by the next one's hash, so that the last one's signature is the whole
// journal's; the others' are looked at only to tell which of two entries is damaged.
func read(r io.Reader, key crypto.PublicKey, each func(Entry) error) (reading, error) {
	var out reading
	var last []byte
	lines := bufio.NewReaderSize(r, 64<<10)
	for {
		line, whole, err := nextLine(lines)
		if err != nil {
			return out, fmt.Errorf("read entry %d: %w", out.Head.Number+1, err)
		}
		if !whole {
			out.Torn = int64(len(line))
			return out, verifyLast(out, last, key)
		}
		e, _, _, err := parse(line)
		if err != nil {
			return out.tornOr(line, lines, last, key, err)
		}
		if err := out.follows(e); err != nil {
			return out, blame(out, last, line, key, err)
		}
		if e.Number == 1 {
			out.Begin = e
		}
		e.Hash = sha256.Sum256(line)
		out.Head = Head{e.Name, e.Hash}
		out.Size += int64(len(line)) + 1
		last = append(last[:0], line...)
		if each != nil {
			if err := each(e); err != nil {
				return out, err
			}
		}
	}
}

// nextLine returns a line without its end, or what is left of the last one.
func nextLine(r *bufio.Reader) (line []byte, whole bool, err error) {
	for {
		part, err := r.ReadSlice('\n')
		line = append(line, part...)
		switch {
		case err == nil:
			return line[:len(line)-1], true, nil
		case err == io.EOF:
			return line, false, nil
		case !errors.Is(err, bufio.ErrBufferFull):
			return nil, false, err
		case len(line) > maxLine:
			return nil, false, fmt.Errorf("%w: a line of more than %d bytes", ErrDamaged, maxLine)
		}
	}
}

// follows says why an entry cannot be the next.
func (r reading) follows(e Entry) error {
	switch {
	case e.Number != r.Head.Number+1:
		return fmt.Errorf("it has the number %d", e.Number)
	case e.Previous != r.Head.Hash:
		return errors.New("it does not follow the one before")
	case e.Number == 1 && e.Kind != Begin || e.Number > 1 && (e.Kind == Begin || e.Journal != r.Head.Journal):
		return errors.New("it is of another journal")
	}
	return nil
}

// blame names the damaged one of two entries that do not fit together.
func blame(r reading, last, line []byte, key crypto.PublicKey, why error) error {
	number := r.Head.Number + 1
	if last != nil && !genuine(last, key) && genuine(line, key) {
		number--
	}
	return fmt.Errorf("%w: entry %d: %w", ErrDamaged, number, why)
}

func genuine(line []byte, key crypto.PublicKey) bool {
	_, body, signature, err := parse(line)
	return err == nil && signedBy(key, entryDomain, body, signature)
}

func verifyLast(r reading, last []byte, key crypto.PublicKey) error {
	if last != nil && !genuine(last, key) {
		return fmt.Errorf("%w: entry %d is not signed by the journal's key", ErrDamaged, r.Head.Number)
	}
	return nil
}

// tornOr tells what a crash left of a write (zeros, when the file system knew its length but
// not yet its content) from damage: nothing whole and genuine follows it.
func (r reading) tornOr(line []byte, rest *bufio.Reader, last []byte, key crypto.PublicKey, why error) (reading, error) {
	damaged := fmt.Errorf("%w: entry %d: %w", ErrDamaged, r.Head.Number+1, why)
	if bytes.IndexByte(line, 0) < 0 {
		return r, damaged
	}
	r.Torn = int64(len(line)) + 1
	for {
		line, whole, err := nextLine(rest)
		if err != nil || whole && genuine(line, key) {
			return r, damaged
		}
		r.Torn += int64(len(line))
		if !whole {
			return r, verifyLast(r, last, key)
		}
		r.Torn++
	}
}
