package serials

import (
	"errors"
	"fmt"
	"io"
	"runtime"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"mais/certs"
	"mais/server/api"
)

func read(t testing.TB, r io.Reader) *List {
	t.Helper()
	l, err := Read(r)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { l.Close() })
	return l
}

func TestRead(t *testing.T) {
	text := "\ufeff# lost with the van\n" +
		"7f00000000000000000000000000000a\r\n" +
		"\n  people-1/7F:00:0b  \n" +
		"not a serial\n" +
		"7F00000000000000000000000000000A\n" +
		"People/7f\n" +
		strings.Repeat("a", 600) + "\n" +
		"\x1b[31m\xff\n" +
		"0c" // without an end
	l := read(t, strings.NewReader(text))
	var got []api.SerialLine
	portions := 0
	if err := l.Each(3, func(lines []api.SerialLine) error { portions++; got = append(got, lines...); return nil }); err != nil {
		t.Fatal(err)
	}
	want := []api.SerialLine{
		{Line: 2, Serial: "7f00000000000000000000000000000a"}, {Line: 4, Serial: "people-1/7f000b"},
		{Line: 6, Serial: "7f00000000000000000000000000000a"}, {Line: 10, Serial: "0c"},
	}
	if diff := cmp.Diff(want, got); diff != "" || portions != 2 {
		t.Errorf("Each gave %d portions, want 2 (-want +got):\n%s", portions, diff)
	}
	var bad []int
	for _, b := range l.Bad {
		bad = append(bad, b.Line)
	}
	if !slices.Equal(bad, []int{5, 7, 8, 9}) || l.Good != 4 || l.Duplicates != 1 || l.BadLines != 4 {
		t.Errorf("Read = %d good, %d duplicates, %d bad at %v, want 4, 1, 4 at [5 7 8 9]", l.Good, l.Duplicates, l.BadLines, bad)
	}
}

func TestParse(t *testing.T) {
	for text, want := range map[string]string{
		"7F:0a": "7f0a", " people-1/7F 0A ": "people-1/7f0a", "0x7f": "", "": "", "0": "", "people-1/": "", "/7f": "", "a/b/7f": "",
		"PEOPLE/7f": "", strings.Repeat("1", 41): "", "..": "", "people-1/../7f": "",
	} {
		if got, err := Parse(text); got.String() != want || (err == nil) != (want != "") {
			t.Errorf("Parse(%q) = %q, %v, want %q", text, got, err, want)
		}
	}
}

func TestReadStops(t *testing.T) {
	broken := errors.New("the disk is gone")
	if _, err := Read(io.MultiReader(strings.NewReader("7f\n"), failing{broken})); !errors.Is(err, broken) {
		t.Errorf("Read of a file that breaks off = %v, want %v", err, broken)
	}
	if _, err := readUpTo(&endless{line: "\n"}, 1000); err == nil || !strings.Contains(err.Error(), "split the file") {
		t.Errorf("Read of a file without an end = %v, want it refused", err)
	}
}

type failing struct{ err error }

func (f failing) Read([]byte) (int, error) { return 0, f.err }

// endless repeats a line.
type endless struct{ line string }

func (e *endless) Read(p []byte) (n int, err error) {
	for n+len(e.line) <= len(p) {
		n += copy(p[n:], e.line)
	}
	return n, nil
}

// million gives a million lines, every thousandth of them bad.
type million struct {
	n    int
	rest []byte
}

func (m *million) Read(p []byte) (int, error) {
	if len(m.rest) == 0 {
		if m.n == 1_000_000 {
			return 0, io.EOF
		}
		m.n++
		m.rest = fmt.Appendf(m.rest, "people-1/40%030x\n", m.n)
		if m.n%1000 == 0 {
			m.rest = []byte("people-1/oops\n")
		}
	}
	n := copy(p, m.rest)
	m.rest = m.rest[n:]
	return n, nil
}

// TestMillionLines: the memory that a million lines take is eight bytes a line and the room
// for its growth, not the lines.
func TestMillionLines(t *testing.T) {
	var before, after runtime.MemStats
	runtime.GC()
	runtime.ReadMemStats(&before)
	l := read(t, &million{})
	runtime.GC()
	runtime.ReadMemStats(&after)
	if l.Good != 999_000 || l.BadLines != 1000 || len(l.Bad) != maxBad || l.Bad[0].Line != 1000 || l.Duplicates != 0 {
		t.Errorf("Read = %d good, %d bad, %d kept, %d duplicates", l.Good, l.BadLines, len(l.Bad), l.Duplicates)
	}
	if kept := int64(after.HeapAlloc) - int64(before.HeapAlloc); kept > 1<<20 {
		t.Errorf("a list of a million lines keeps %d bytes, want less than 1 MiB", kept)
	}
	portions, lines := 0, 0
	if err := l.Each(20_000, func(p []api.SerialLine) error { portions++; lines += len(p); return nil }); err != nil || portions != 50 || lines != 999_000 {
		t.Errorf("Each gave %d lines in %d portions, %v, want 999000 in 50", lines, portions, err)
	}
}

func FuzzRead(f *testing.F) {
	f.Add([]byte("# a\n7f00\n\npeople-1/7f:00\nbad\n"))
	f.Add([]byte("\xff\xfe7\x00f\x00\n"))
	f.Add([]byte(strings.Repeat("7", 2000)))
	f.Fuzz(func(t *testing.T, text []byte) {
		l := read(t, strings.NewReader(string(text)))
		lines, last := 0, 0
		err := l.Each(7, func(p []api.SerialLine) error {
			for _, s := range p {
				serial := s.Serial[strings.IndexByte(s.Serial, '/')+1:]
				if canonical, err := certs.ParseSerial(serial); err != nil || canonical != serial || s.Line <= last {
					t.Errorf("line %d after %d gave %q, %v", s.Line, last, s.Serial, err)
				}
				last = s.Line
			}
			lines += len(p)
			return nil
		})
		if err != nil || lines != l.Good || l.Duplicates > max(0, l.Good-1) || len(l.Bad) > l.BadLines {
			t.Errorf("Read(%q) = %d of %d lines, %d duplicates, %d of %d bad, %v", text, lines, l.Good, l.Duplicates, len(l.Bad), l.BadLines, err)
		}
	})
}
