package importcsv_test

import (
	"errors"
	"fmt"
	"io"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"mais/server/internal/record"
	"mais/server/internal/record/importcsv"
	"mais/server/internal/record/recordtest"
)

const today record.Day = "2010-11-22"

// read returns the people of a file, and the faults of its error.
func read(t *testing.T, text string) ([]record.Person, []string) {
	t.Helper()
	var people []record.Person
	for p, err := range importcsv.Read(strings.NewReader(text), today) {
		var faults *importcsv.Faults
		if errors.As(err, &faults) {
			return people, strings.Split(faults.Error(), "\n")
		}
		if err != nil {
			t.Fatal(err)
		}
		people = append(people, p)
	}
	return people, nil
}

const good = "source,source_reference,surname,first_name,date_of_birth"

func TestRead(t *testing.T) {
	text := "\ufeff" + good + ",aliases,asthma,asthma_details,asthma_as_at,asthma_source,substance_misuse,substances,agencies_involved," +
		"date_of_release,preferred_contact_name,prison_number\r\n" +
		"P-NOMIS,A1,Kettering,Tobias,1978-02-14,Toby|Kay;|Smith\\;Jones,yes,\"mild\r\nsince 1990\",2010-01-02,SystmOne,yes,opiates; other," +
		"probation|Team North||01632 960000|;community_gp,2010-12-01, Ann Kettering ,TR4471X\r\n"
	entry := func(v record.Value) record.Entry {
		return record.Entry{State: record.Recorded, Value: v, AsAt: today, Source: "P-NOMIS"}
	}
	word := func(w string) record.Entry { return entry(record.Word(w)) }
	asthma := record.Entry{State: record.Recorded, Value: record.Word("yes"), Details: "mild\nsince 1990", AsAt: "2010-01-02", Source: "SystmOne"}
	release := word("2010-12-01")
	release.Certainty = "estimated"
	want := map[string]record.Entry{
		"surname": word("Kettering"), "first_name": word("Tobias"), "date_of_birth": word("1978-02-14"), "date_of_release": release,
		"aliases":           entry(record.Rows{{"first_name": "Toby", "surname": "Kay"}, {"surname": "Smith;Jones"}}),
		"preferred_contact": entry(record.Fields{"name": "Ann Kettering"}),
		"asthma":            asthma, "substance_misuse": word("yes"), "substances": entry(record.Words{"opiates", "other"}),
	}
	people, faults := read(t, text)
	if len(people) != 1 || faults != nil {
		t.Fatalf("Read = %d people, faults %q, want one and none", len(people), faults)
	}
	p := people[0]
	got := map[string]record.Entry{}
	for section, rows := range p.Sections {
		if section == "agencies_involved" {
			continue
		}
		for name, e := range rows[0] {
			if e.State != record.NotRecorded {
				got[name] = e
			}
		}
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("items (-want +got):\n%s", diff)
	}
	agencies := []record.Row{{"kind": word("probation"), "name": word("Team North"), "telephone": word("01632 960000")}, {"kind": word("community_gp")}}
	if diff := cmp.Diff(agencies, p.Sections["agencies_involved"]); diff != "" {
		t.Errorf("agencies (-want +got):\n%s", diff)
	}
	if p.Source != "P-NOMIS" || p.Reference != "A1" || p.Identifiers["prison_number"] != "TR4471X" {
		t.Errorf("Read = %q, %q, %q", p.Source, p.Reference, p.Identifiers)
	}
}

// Every column that an import may have is read: the canary comes back whole.
func TestReadEveryColumn(t *testing.T) {
	canary := recordtest.Canary()
	people, faults := read(t, format([]record.Person{canary}))
	if len(people) != 1 || faults != nil {
		t.Fatalf("Read = %d people, faults %q, want one and none", len(people), faults)
	}
	for _, row := range canary.Sections {
		for name, e := range row[0] {
			if e.Source == "MAIS" {
				delete(row[0], name) // a constant is nobody's to import
			}
		}
	}
	// One cell holds a whole agency, so the parts share their provenance.
	for _, people := range []record.Person{canary, people[0]} {
		delete(people.Sections, "agencies_involved")
	}
	if diff := cmp.Diff(canary, people[0]); diff != "" {
		t.Errorf("canary (-written +read):\n%s", diff)
	}
}

func TestReadFaults(t *testing.T) {
	const kay = "ePEX,1,Kay,Toby,1978-02-14"
	for _, test := range []struct {
		name, text string
		want       []string
	}{
		{"empty file", "", []string{"the file is empty"}},
		{"heading only", good + "\n", nil},
		{"unknown and twice", good + ",surname,epilepsey\n" + kay + ",,", []string{
			"row 1, column surname: stands there twice", `row 1, column 7: the heading "epilepsey" is not known`}},
		{"columns missing", "surname\nKay", []string{"row 1, column source: is missing", "row 1, column source_reference: is missing",
			"row 1, column first_name: is missing", "row 1, column date_of_birth: is missing"}},
		{"source empty", good + "\n,1,Kay,Toby,1978-02-14", []string{"row 2, column source: is empty"}},
		{"cells missing", good + "\nePEX,1,Kay", []string{"row 2: has 3 cells, the heading 5"}},
		{"rows of nothing", good + "\n" + kay + "\n,,,,\n\n,,,,\n", nil},
		{"the same record twice", good + "\n" + kay + "\n" + kay, []string{"row 3, column source_reference: is that of row 2 as well"}},
		{"not UTF-8", good + "\nePEX,1,K\xffy,Toby,1978-02-14", []string{"row 2, column surname: is not UTF-8"}},
		{"NUL", good + "\nePEX,1,K\x00y,Toby,1978-02-14", []string{"row 2, column surname: holds the control character U+0000"}},
		{"date", good + "\nePEX,1,Kay,Toby,14/02/1978", []string{"row 2, column date_of_birth: is not a date from 1900-01-01 to 2100-12-31 as YYYY-MM-DD"}},
		{"quote", good + "\nePEX,1,K\"ay,Toby,1978-02-14\n" + kay, []string{"row 2: a quote stands in a cell that is not quoted"}},
		{"quote not closed", good + "\n" + kay + "\nePEX,2,\"Kay,Toby,1978-02-14\n", []string{"row 3: a quote is missing or not doubled"}},
		{"long row", good + "\nePEX,1,\"" + strings.Repeat("x\n", importcsv.MaxRow/2) + "\",Toby,1978-02-14", []string{"row 2: the row is longer than 256 KiB; a quote may not be closed"}},
		{"row without an end", good + "\n" + strings.Repeat("x", 4*importcsv.MaxRow), []string{"row 2: the row is longer than 256 KiB; a quote may not be closed"}},
		{"long name", good + "\nePEX,1," + strings.Repeat("x", 64<<10) + ",Toby,1978-02-14", []string{"row 2, column surname: is longer than 200 characters"}},
		{"dependant", good + ",substances\n" + kay + ",opiates", []string{"row 2, column substances: is given without a yes to substance_misuse"}},
		{"list", good + ",aliases\n" + kay + ",a|b|c", []string{"row 2, column aliases: entry 1 has more than 2 fields"}},
		{"empty entry", good + ",aliases\n" + kay + ",a;;b", []string{"row 2, column aliases: entry 2 is empty"}},
		{"backslash", good + ",aliases\n" + kay + `,a\b`, []string{`row 2, column aliases: has a backslash before something other than ; | \`}},
		{"agency", good + ",agencies_involved\n" + kay + ",police|x", []string{"row 2, column agencies_involved: entry 1, kind is not one of community_gp, " +
			"criminal_justice_liaison_team, community_mental_health_team, receiving_cpa, crisis_intervention_team, community_substance_misuse_agencies, probation, social_worker, neighbourhood_police"}},
		{"lines and rows", good + ",asthma,asthma_details\n" + kay + ",yes,\"a\nb\"\nePEX,2,Kay,Toby,1978-02-14,perhaps,", []string{
			"row 3, line 4, column asthma: is not one of yes, no, unknown, refused"}},
	} {
		if _, got := read(t, test.text); !cmp.Equal(got, test.want) {
			t.Errorf("%s: faults = %q, want %q", test.name, got, test.want)
		}
	}
}

// After the first fault nobody more is yielded, and the faults told are bounded.
func TestReadManyFaults(t *testing.T) {
	text := good + "\nePEX,ok,Kay,Toby,1978-02-14\n"
	for n := range importcsv.MaxFaults + 7 {
		text += fmt.Sprintf("ePEX,%d,Kay,Toby,never\n", n)
	}
	people, faults := read(t, text+"ePEX,last,Kay,Toby,1978-02-14\n")
	if len(people) != 1 {
		t.Errorf("Read = %d people, want the one before the first fault", len(people))
	}
	if len(faults) != importcsv.MaxFaults+1 || faults[importcsv.MaxFaults] != "and 7 more" {
		t.Errorf("Read tells %d faults, the last %q; want %d and then %q", len(faults), faults[len(faults)-1], importcsv.MaxFaults, "and 7 more")
	}
}

func TestReadPassesOnTheReadersError(t *testing.T) {
	broken := errors.New("disk gone")
	for _, before := range []string{"", good + "\nePEX,1,Kay,Toby,1978-02-14\n"} {
		var got error
		for _, err := range importcsv.Read(io.MultiReader(strings.NewReader(before), failing{broken}), today) {
			got = err
		}
		if !errors.Is(got, broken) {
			t.Errorf("Read after %d bytes ends with %v, want %v", len(before), got, broken)
		}
	}
}

type failing struct{ err error }

func (f failing) Read([]byte) (int, error) { return 0, f.err }

func FuzzRead(f *testing.F) {
	f.Add(good + "\nePEX,1,Kay,Toby,1978-02-14\n")
	f.Add("\ufeff" + good + ",aliases,agencies_involved\r\n\"ePEX\",1,Kay,Toby,1978-02-14,\"a|b;c\\;|\",probation|x\r\n")
	f.Add(format([]record.Person{recordtest.Canary()}))
	f.Add(good + "\n\"")
	f.Add("")
	f.Fuzz(func(t *testing.T, text string) {
		people, faults := read(t, text)
		for _, p := range people {
			if wrong := p.Check(today); len(wrong) > 0 {
				t.Errorf("Read(%q) yields a person with %v", text, wrong)
			}
		}
		if faults != nil || people == nil {
			return
		}
		again, faults := read(t, format(people))
		if faults != nil || !cmp.Equal(again, people) {
			t.Errorf("Read(%q): written and read again: %q\n%s", text, faults, cmp.Diff(people, again))
		}
	})
}
