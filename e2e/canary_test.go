package e2e_test

import (
	"encoding/csv"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"go.yaml.in/yaml/v3"

	"mais/server/api"
)

// dataset is what the ratified dataset says of sections and items.
type dataset struct {
	Sections []struct {
		Name, Audience string
		Many           bool
		Items          []struct {
			Name, Type, Audience, Details string
			Of                            any
			Other                         string
		}
	}
}

func readDataset(t testing.TB) (d dataset) {
	t.Helper()
	text := read(t, filepath.Join("..", "server", "internal", "record", "testdata", "dataset.yaml"))
	if err := yaml.Unmarshal([]byte(text), &d); err != nil {
		t.Fatal(err)
	}
	return d
}

// canary is a row of a CSV file in which every item carries a marker of its own: in its own
// words where it has any, and always in its source.
type canary struct {
	columns, cells   []string
	restricted, full []string // the markers, by who may see them
}

// marker is a word that nothing else holds, and that no other marker begins with.
func marker(key string) string { return "canary:" + key + ":" }

func newCanary(t testing.TB) *canary {
	c := &canary{}
	c.add("source", "canary")
	for _, id := range []string{"source_reference", "nhs_number"} {
		c.add(id, marker("person."+id))
		c.full = append(c.full, marker("person."+id))
	}
	for _, s := range readDataset(t).Sections {
		var fields []string // of a section with many rows, which is one cell
		for _, i := range s.Items {
			m := marker(s.Name + "." + i.Name)
			audience := i.Audience
			if audience == "" {
				audience = s.Audience
			}
			switch {
			case i.Type == "constant":
				continue // nothing of it is recorded
			case s.Many && i.Type == "enum":
				fields = append(fields, first(i.Of))
				continue
			case s.Many:
				fields = append(fields, m)
			default:
				c.item(i.Name, i.Type, m, i.Of, i.Other != "", i.Details != "")
			}
			if audience == "full" {
				c.full = append(c.full, m)
			} else {
				c.restricted = append(c.restricted, m)
			}
		}
		if s.Many {
			c.add(s.Name, strings.Join(fields, "|"))
			c.add(s.Name+"_source", marker(s.Name+".source"))
			c.restricted = append(c.restricted, marker(s.Name+".source"))
		}
	}
	return c
}

func (c *canary) add(column, cell string) {
	c.columns, c.cells = append(c.columns, column), append(c.cells, cell)
}

// item adds the columns of one item.
func (c *canary) item(name, kind, m string, of any, other, details bool) {
	switch kind {
	case "text", "note":
		c.add(name, m)
	case "date":
		c.add(name, "2009-11-14")
	case "tri", "pref":
		c.add(name, "yes")
	case "enum":
		if other {
			c.add(name, "other")
		} else {
			c.add(name, first(of))
		}
	case "set":
		var words []string
		for _, w := range of.([]any) {
			words = append(words, w.(string))
		}
		c.add(name, strings.Join(words, ";"))
	case "list":
		if name == "prescriptions" {
			c.add(name, "antipsychotics|"+m)
		} else {
			c.add(name, m+"|"+m)
		}
	case "contact":
		for _, field := range []string{"name", "relationship", "address", "telephone", "out_of_hours"} {
			c.add(name+"_"+field, m)
		}
	}
	if other {
		c.add(name+"_other", m)
	}
	if details {
		c.add(name+"_details", m)
	}
	c.add(name+"_source", m)
}

func first(of any) string { return of.([]any)[0].(string) }

func (c *canary) file(t testing.TB) string {
	t.Helper()
	var text strings.Builder
	w := csv.NewWriter(&text)
	if err := w.WriteAll([][]string{c.columns, c.cells}); err != nil {
		t.Fatal(err)
	}
	return write(t, filepath.Join(t.TempDir(), "canary.csv"), text.String())
}

// TestCanary follows a marker in every item through everything that an officer and a nurse
// can ask for.
func TestCanary(t *testing.T) {
	t.Parallel()
	s := up(t, "--people", "1")
	c := newCanary(t)
	if len(c.full) != 6+2 || len(c.restricted) < 50 {
		t.Fatalf("the canary has %d full and %d restricted markers", len(c.full), len(c.restricted))
	}
	file := c.file(t)
	count := func() string {
		return s.psql(t, "SELECT count(*) FROM record.person WHERE source = 'canary'")
	}
	server(t, "import", file, "--dry-run", "--dir", s.dir).exits(t, 0).shows(t, "would load 1 records")
	if n := count(); n != "0" {
		t.Fatalf("import --dry-run has loaded %s", n)
	}
	server(t, "import", file, "--dir", s.dir).exits(t, 0).shows(t, "loaded 1 records; 0 were there already")
	server(t, "import", file, "--dir", s.dir).exits(t, 0).shows(t, "loaded 0 records; 1 were there already")
	if n := count(); n != "1" {
		t.Fatalf("after two imports there are %s", n)
	}

	officer := everythingSeen(t, s.join(t, "canary-officer", "police_officer", custody))
	nurse := everythingSeen(t, s.join(t, "canary-nurse", "clinician", liaison))
	for _, m := range c.full {
		if strings.Contains(officer, m) {
			t.Errorf("the officer's answers hold %s", m)
		}
		if !strings.Contains(nurse, m) && !strings.HasPrefix(m, "canary:person.") {
			t.Errorf("the nurse's answers do not hold %s", m)
		}
	}
	for _, m := range c.restricted {
		if !strings.Contains(officer, m) || !strings.Contains(nurse, m) {
			t.Errorf("%s: in the officer's answers %t, in the nurse's %t; want both", m, strings.Contains(officer, m), strings.Contains(nurse, m))
		}
	}
	log := s.stderr.String()
	for _, e := range s.audit(t, func(event) bool { return true }) {
		log += e.String()
	}
	for _, m := range slices.Concat(c.full, c.restricted) {
		if strings.Contains(log, m) {
			t.Errorf("the log or the audit holds %s", m)
		}
	}
}

// everythingSeen returns every byte of every answer about the canary: headers and bodies of
// the API, what tokenctl prints as JSON and for people.
func everythingSeen(t *testing.T, p *person) string {
	t.Helper()
	var seen strings.Builder
	api1 := p.client(t)
	note := func(a answer) answer {
		a.granted(t)
		a.header.Write(&seen)
		seen.Write(a.body)
		return a
	}
	found := decode[api.SearchResults](t, note(api1.post(t, api.PathSearch, api.SearchRequest{Surname: "canary"})))
	if len(found.Results) != 1 {
		t.Fatalf("search canary = %+v", found)
	}
	id := found.Results[0].ID
	note(api1.post(t, api.PathSearch, api.SearchRequest{DateOfBirth: "2009-11-14"}))
	note(api1.get(t, api.PathPeople+id))
	for _, args := range [][]string{{"show", id}, {"show", id, "--json"}, {"search", "canary"}, {"search", "canary", "--json"}} {
		seen.WriteString(p.ctl(t, args...).exits(t, 0).stdout)
	}
	return seen.String()
}

// TestImportFaults: each fault is told with its place, and nothing of the file is loaded.
func TestImportFaults(t *testing.T) {
	t.Parallel()
	s := sharedDemo(t)
	count := func() string { return s.psql(t, "SELECT count(*) FROM record.person WHERE source = 'faulty'") }
	for _, tt := range []struct {
		name, text string
		want       []string
	}{
		{"cells", `source,source_reference,first_name,surname,date_of_birth,epilepsy,violence_towards
faulty,1,Good,Person,1970-01-01,yes,
faulty,2,,Nameless,1970-02-30,perhaps,
faulty,1,Same,Reference,1970-01-01,,nobody
faulty,4,Too,Few
`, []string{
			"row 3, column first_name", "row 3, column date_of_birth", "row 3, column epilepsy",
			"row 4, column source_reference", "row 4, column violence_towards", "row 5",
		}},
		{"heading", "source,surname,surname,favourite_colour\n", []string{"source_reference", "surname", "favourite_colour", "date_of_birth", "first_name"}},
		{"empty", "", []string{"empty"}},
		{"bytes", "source,source_reference,first_name,surname,date_of_birth\nfaulty,9,A\xff,B\x00,1970-01-01\n", []string{"row 2, column first_name"}},
		{"quote", "source,source_reference,first_name,surname,date_of_birth\nfaulty,9,\"A,B,1970-01-01\n", []string{"row 2"}},
	} {
		file := write(t, filepath.Join(t.TempDir(), "faulty.csv"), tt.text)
		for _, args := range [][]string{{"import", file, "--dir", s.dir}, {"import", file, "--dry-run", "--dir", s.dir}} {
			r := server(t, args...).exits(t, 1).says(t, append(tt.want, "nothing was loaded")...)
			if strings.Contains(r.stderr, "Nameless") || strings.Contains(r.stdout, "loaded") {
				t.Errorf("%s: %s %s", tt.name, r.stdout, r.stderr)
			}
		}
		if n := count(); n != "0" {
			t.Errorf("%s: %s people of a faulty file are loaded", tt.name, n)
		}
	}
	server(t, "import", "/nowhere.csv", "--dir", s.dir).exits(t, 3).says(t, "next:")
}
