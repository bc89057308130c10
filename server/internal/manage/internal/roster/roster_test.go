package roster

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// read returns the rows of a text.
func read(text string) (rows []Row, err error) {
	err = Read(strings.NewReader(text), func(r Row) error { rows = append(rows, r); return nil })
	return rows, err
}

// TestForms: what spreadsheets of all kinds make of the same list reads the same.
func TestForms(t *testing.T) {
	for name, text := range map[string]string{
		"plain":       "email,name,roles\na@x.example,Ann Other,nurse|doctor\n",
		"marked":      "\xef\xbb\xbfemail,name,roles\r\na@x.example,Ann Other,nurse|doctor\r\n",
		"semicolons":  "Email;Name;Roles\r\na@x.example;Ann Other;nurse | doctor\r\n",
		"quoted":      "\"email\",\"name\",\"roles\"\n\"a@x.example\",\"Ann Other\",\"nurse|doctor|nurse\"",
		"other order": "roles,vetting,name,email\nnurse|doctor,,Ann Other,a@x.example\n,,,\n",
		"blank lines": "\nemail,name,roles\n\na@x.example,  Ann Other ,|nurse||doctor|\n\n;;\n"[1:],
	} {
		rows, err := read(strings.TrimSuffix(text, ";;\n"))
		if err != nil || len(rows) != 1 || len(rows[0].Faults) != 0 {
			t.Errorf("%s: %+v, %v", name, rows, err)
			continue
		}
		r := rows[0]
		got := []string{r.Text(Email), r.Text(Name), r.Text(Agency), strings.Join(r.List(Roles), "+")}
		if diff := cmp.Diff([]string{"a@x.example", "Ann Other", "", "nurse+doctor"}, got); diff != "" {
			t.Errorf("%s (-want +got):\n%s", name, diff)
		}
	}
}

// TestFaults: each fault has its line and column, and does not keep the rows after it back.
func TestFaults(t *testing.T) {
	text := "email,name,vouched_by\n" +
		"=cmd|'/c calc'!A0,Ann,\n" + // 2
		"b@x.example,+Bea,-1\n" + // 3
		"\"c@x\n.example\",Cid,\n" + // 4, two lines
		"d@x.example,D\xffe,\n" + // 6
		"e@x.example,E\"ve,\n" + // 7
		"f@x.example,Fay,x,surplus\n" + // 8
		"g@x.example," + strings.Repeat("G", maxCell+1) + ",\n" + // 9
		"h@x.example,H\u202eal,@SUM(A1)\n" + // 10
		"i@x.example,Ida,Sponsor\n" // 11
	rows, err := read(text)
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, r := range rows {
		for _, f := range r.Faults {
			got = append(got, fmt.Sprintf("%d %s", f.Line, f.Column))
		}
	}
	want := []string{"2 email", "3 name", "3 vouched_by", "4 email", "6 name", "7 ", "8 ", "9 name", "10 name", "10 vouched_by"}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("faults (-want +got):\n%s", diff)
	}
	if last := rows[len(rows)-1]; last.Line != 11 || len(last.Faults) != 0 || last.Text(Name) != "Ida" {
		t.Errorf("the last row is %+v", last)
	}
}

// TestWholeFile: what no row of can be taken is said once.
func TestWholeFile(t *testing.T) {
	for text, want := range map[string]string{
		"": "empty", "email\n": "name is missing", "email,name,email\n": "twice", "email,name,salary\n": "no column \"salary\"",
		"\xff\xfee\x00": "UTF-16", "PK\x03\x04": "workbook", "email,na\"me\n": "quotation mark",
		"email,name\n" + strings.Repeat("a,b\n", MaxRows+1):                    "more than 50000 rows",
		"email,name\n" + strings.Repeat(strings.Repeat("x", 1023)+"\n", 8<<10): "8 MiB",
		"email,name\n\"" + strings.Repeat("x\n", MaxBytes/2):                   "8 MiB",
	} {
		_, err := read(text)
		var whole *FileError
		if !errors.As(err, &whole) || !strings.Contains(err.Error(), want) {
			t.Errorf("Read(%.20q…) = %v, want a fault of the file: %s", text, err, want)
		}
	}
}

func TestTakeStops(t *testing.T) {
	stop := errors.New("stop")
	err := Read(strings.NewReader("email,name\na,b\nc,d\n"), func(Row) error { return stop })
	if !errors.Is(err, stop) {
		t.Errorf("Read = %v, want what take returned", err)
	}
}

// FuzzRead: whatever comes, what is taken is fit for a line of anything, and each fault has a
// place within the file.
func FuzzRead(f *testing.F) {
	for _, seed := range []string{
		"email,name\na@x.example,Ann\n", "\xef\xbb\xbfEmail;Name;roles\r\n\"a\"\"b\";=1+1;x|y\r\n", "email,name\n\"a\nb\",c\n", "email,name\n\"open", "PK\x03\x04", "email,name\na\"b,c\n,,,\n",
	} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, text []byte) {
		lines := strings.Count(string(text), "\n") + 1
		rows := 0
		Read(strings.NewReader(string(text)), func(r Row) error {
			rows++
			if r.Line < 1 || r.Line > lines+1 {
				t.Errorf("a row on line %d of %d", r.Line, lines)
			}
			for _, fault := range r.Faults {
				if fault.Column != "" && !slices.Contains(Columns, fault.Column) || fault.Detail == "" {
					t.Errorf("a fault of column %q: %q", fault.Column, fault.Detail)
				}
			}
			for _, c := range Columns {
				if cell := r.Text(c); cell != "" && (strings.ContainsAny(cell[:1], "=+-@ \t") || strings.ContainsAny(cell, "\r\n\x00") || len(cell) > maxCell) {
					t.Errorf("cell %q of column %s is taken", cell, c)
				}
			}
			return nil
		})
		if rows > lines {
			t.Errorf("%d rows on %d lines", rows, lines)
		}
	})
}
