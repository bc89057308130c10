package e2e_test

import (
	"path/filepath"
	"slices"
	"testing"

	"mais/server/api"
)

// namesakes are two people to find: one by accents, an alias and an apostrophe.
const namesakes = `source,source_reference,first_name,surname,date_of_birth,aliases

SystmOne,e2e-1,Zoë,Ångström-O'Neill,1961-02-28,Kit|Vantongerloo
SystmOne,e2e-2,Zacharias,Angermann,1990-07-01,
`

// importPeople loads a CSV text at the host.
func (s *service) importPeople(t testing.TB, csv string) {
	t.Helper()
	s.host(t, "import", write(t, filepath.Join(t.TempDir(), "people.csv"), csv)).exits(t, 0)
}

func (p *person) search(t testing.TB, args ...string) api.SearchResults {
	t.Helper()
	return data[api.SearchResults](t, p.ctl(t, append([]string{"search", "--json"}, args...)...).exits(t, 0))
}

// searchFinds asks for two people in every way there is.
func searchFinds(t *testing.T, officer *person) {
	const zoe, zacharias = "Ångström-O'Neill", "Angermann"
	program := officer.client(t)
	for _, tt := range []struct {
		query api.SearchRequest
		want  []string
	}{
		{api.SearchRequest{Surname: "Ångström-O'Neill"}, []string{zoe}},
		{api.SearchRequest{Surname: "angstrom"}, []string{zoe}},
		{api.SearchRequest{Surname: "ANGSTRÖM-ONEILL"}, []string{zoe}},
		{api.SearchRequest{Surname: "ang"}, []string{zacharias, zoe}},
		{api.SearchRequest{Surname: "ang", FirstName: "zo"}, []string{zoe}},
		{api.SearchRequest{FirstName: "zoe", DateOfBirth: "1961-02-28"}, []string{zoe}},
		{api.SearchRequest{Surname: "vantongerloo"}, []string{zoe}},               // an alias
		{api.SearchRequest{Surname: "VANT", FirstName: "kit"}, []string{zoe}},     // all of an alias
		{api.SearchRequest{Surname: "angermann", DateOfBirth: "1961-02-28"}, nil}, // nobody is both
		{api.SearchRequest{DateOfBirth: "1990-07-01"}, []string{zacharias}},
		{api.SearchRequest{Surname: "zzzz"}, nil},
	} {
		found := decode[api.SearchResults](t, program.post(t, api.PathSearch, tt.query).granted(t))
		if got := surnames(found); !slices.Equal(got, tt.want) || found.Total != len(tt.want) || found.Truncated {
			t.Errorf("search %+v = %v of %d, want %v", tt.query, got, found.Total, tt.want)
		}
		if found.AsOf.IsZero() || found.Results == nil {
			t.Errorf("search %+v: as of %v, results %v", tt.query, found.AsOf, found.Results)
		}
	}
	for _, args := range [][]string{{"ang", "zo"}, {"1961-02-28"}, {"--surname", "ångström", "--first-name", "ZOË", "--date-of-birth", "1961-02-28"}} {
		if got := surnames(officer.search(t, args...)); !slices.Equal(got, []string{zoe}) {
			t.Errorf("tokenctl search %v = %v, want %s", args, got, zoe)
		}
	}
	officer.ctl(t, "search", "--surname", "zzzz").exits(t, 0).says(t, "Nobody found", "not the same as no risk")
	if found := officer.search(t, "--surname", "mo"); found.Total == 0 {
		t.Error("search --surname mo, which the README gives, finds none of the demo's people")
	}
}

func surnames(found api.SearchResults) (names []string) {
	for _, r := range found.Results {
		names = append(names, r.Surname)
	}
	slices.Sort(names)
	return names
}

// eachSeesTheirPart compares one record as four people see it.
func eachSeesTheirPart(t *testing.T, officer, nurse, research, admin *person) {
	id := officer.search(t, "--surname", "mo").Results[0].ID
	show := func(p *person) api.Record {
		return data[api.Record](t, p.ctl(t, "show", id, "--json").exits(t, 0))
	}
	theirs, whole := show(officer), show(nurse)
	if theirs.ID != id || whole.ID != id || len(theirs.Sections) != 10 {
		t.Fatalf("show: ids %s, %s, %d sections, want %s and 10", theirs.ID, whole.ID, len(theirs.Sections), id)
	}
	items, withheld := 0, 0
	for name, section := range whole.Sections {
		for item, full := range section {
			items++
			cut, there := theirs.Sections[name][item]
			switch {
			case !there:
				t.Errorf("%s.%s is missing from the officer's record", name, item)
			case full.State == api.StateWithheld:
				t.Errorf("%s.%s is withheld from the nurse", name, item)
			case cut.State == api.StateWithheld:
				withheld++
				if cut.Value != nil || cut.AsAt != "" || cut.Source != "" || cut.Details != "" || cut.Other != "" {
					t.Errorf("%s.%s is withheld and yet tells %+v", name, item, cut)
				}
			}
		}
	}
	if items != 63 || withheld != 6 {
		t.Errorf("the record has %d items, %d withheld from the officer; want 63 and 6", items, withheld)
	}
	officer.ctl(t, "show", id).exits(t, 0).shows(t, "withheld", "Suicide and self-harm risk")
	if got := len(show(research).Sections); got != 10 {
		t.Errorf("the research clinician sees %d sections, want 10", got)
	}
	for _, args := range [][]string{{"show", id}, {"search", "--surname", "mo"}} {
		if f := failure(t, admin.ctl(t, append(args, "--json")...).exits(t, 4)); f.Code != "denied" || f.Next == "" || f.Reference == "" {
			t.Errorf("the administrator's %s = %+v, want denied with a next step and a reference", args[0], f)
		}
	}
}
