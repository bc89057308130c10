package data_test

import (
	"errors"
	"fmt"
	"iter"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"mais/server/internal/authz/internal/data"
	"mais/server/internal/authz/internal/policy"
	"mais/server/internal/record"
	"mais/server/internal/record/recordtest"
)

func TestSearch(t *testing.T) {
	s := open(t, newDatabase(t))
	load(t, s, people(
		named("1", "Kettering", "Tobias", "1978-02-14", record.Fields{"first_name": "Toby", "surname": "Kay"}),
		named("2", "O’Neill-Łukasik", "Seán", "1960-05-06"),
		named("3", "Kaye", "Tobias", "1978-02-14"),
		named("4", "Ng", "Wei", "1990-01-01", record.Fields{"surname": "Kettle"}),
		named("5", "%_\\'; DROP TABLE", "<b>", "1991-01-01"),
	))
	full := readingAudience(record.Full)
	noAliases := reading(slices.DeleteFunc(full.Items(), func(k string) bool { return k == "service_user_details.aliases" })...)
	for _, test := range []struct {
		name     string
		query    record.Query
		decision policy.Decision
		want     string // surnames
	}{
		{"surname", record.Query{Surname: "Kettering"}, full, "Kettering"},
		{"prefix and alias", record.Query{Surname: "KA"}, full, "Kaye Kettering"},
		{"alias by first name", record.Query{FirstName: "toby"}, full, "Kettering"},
		{"names of one alias", record.Query{Surname: "kay", FirstName: "toby"}, full, "Kettering"},
		{"not across a name and an alias", record.Query{Surname: "kay", FirstName: "tobias"}, full, "Kaye"},
		{"alias without a first name", record.Query{Surname: "kettl"}, full, "Ng"},
		{"accents and apostrophes", record.Query{Surname: "oneill lukasik", FirstName: "SEAN"}, full, "O’Neill-Łukasik"},
		{"two letters are a name", record.Query{Surname: "ng"}, full, "Ng"},
		{"date of birth alone", record.Query{DateOfBirth: "1978-02-14"}, full, "Kaye Kettering"},
		{"all three", record.Query{Surname: "kett", FirstName: "to", DateOfBirth: "1978-02-14"}, full, "Kettering"},
		{"another date of birth", record.Query{Surname: "kettering", DateOfBirth: "1978-02-15"}, full, ""},
		{"no wildcards", record.Query{Surname: "k_y"}, full, ""},
		{"hostile text", record.Query{Surname: "' OR true --"}, full, ""},
		{"hostile name", record.Query{Surname: "drop table"}, full, "%_\\'; DROP TABLE"},
		{"aliases not allowed", record.Query{Surname: "kay"}, noAliases, "Kaye"},
		{"restricted", record.Query{Surname: "kay"}, readingAudience(record.Restricted), "Kaye Kettering"},
		{"whole", record.Query{Surname: "KAYE", Exact: true}, full, "Kaye"},
		{"whole is no prefix", record.Query{Surname: "Ketterin", Exact: true}, full, ""},
		{"whole alias", record.Query{Surname: "kay", Exact: true}, full, "Kettering"},
		{"whole names of one alias", record.Query{Surname: "kay", FirstName: "toby", Exact: true}, full, "Kettering"},
		{"whole, with accents", record.Query{Surname: "ONeill Lukasik", FirstName: "sean", Exact: true}, full, "O’Neill-Łukasik"},
		{"whole, but not both", record.Query{Surname: "Kaye", FirstName: "Tob", Exact: true}, full, ""},
		{"whole, aliases not allowed", record.Query{Surname: "kay", Exact: true}, noAliases, ""},
		{"date of birth, whole or not", record.Query{DateOfBirth: "1978-02-14", Exact: true}, full, "Kaye Kettering"},
	} {
		found, err := s.Search(t.Context(), test.decision, test.query)
		if err != nil {
			t.Errorf("%s: %v", test.name, err)
			continue
		}
		var got []string
		for _, m := range found.Matches {
			got = append(got, m.Surname)
		}
		if want := test.want; strings.Join(got, " ") != want {
			t.Errorf("%s: Search(%+v) = %q, want %q", test.name, test.query, got, want)
		}
		if found.AsOf.IsZero() || found.Total != len(got) || found.Truncated {
			t.Errorf("%s: as of %v, total %d, truncated %t", test.name, found.AsOf, found.Total, found.Truncated)
		}
	}
}

// What was typed comes before what begins with it, and names before aliases; of the latter
// the answer says which it was.
func TestSearchRanks(t *testing.T) {
	s := open(t, newDatabase(t))
	load(t, s, people(
		named("1", "Kayes", "Tom", "1970-01-01"),
		named("2", "Abel", "Ann", "1970-01-01", record.Fields{"first_name": "Bo", "surname": "Kayleigh"}, record.Fields{"first_name": "Zed", "surname": "Káy"}),
		named("3", "Abbot", "Ann", "1970-01-01", record.Fields{"surname": "Kaybert"}),
		named("4", "Kay", "Tom", "1970-01-01", record.Fields{"first_name": "Tommy", "surname": "Kay"}),
		named("5", "Kaye", "Tom", "1970-01-01"),
	))
	full := readingAudience(record.Full)
	noAliases := reading(slices.DeleteFunc(full.Items(), func(k string) bool { return k == "service_user_details.aliases" })...)
	for _, test := range []struct {
		query    record.Query
		decision policy.Decision
		want     string // surnames, with the alias that fitted
	}{
		{record.Query{Surname: "kay"}, full, "Kay, Kaye, Kayes, Abel = Zed Káy, Abbot =  Kaybert"},
		{record.Query{Surname: "kay"}, readingAudience(record.Restricted), "Kay, Kaye, Kayes, Abel = Zed Káy, Abbot =  Kaybert"},
		{record.Query{Surname: "kayl"}, full, "Abel = Bo Kayleigh"},
		{record.Query{Surname: "kay", FirstName: "to"}, full, "Kay, Kaye, Kayes"},
		{record.Query{FirstName: "tommy"}, full, "Kay = Tommy Kay"},
		{record.Query{Surname: "kay", DateOfBirth: "1970-01-01"}, noAliases, "Kay, Kaye, Kayes"},
		{record.Query{Surname: "kay", Exact: true}, full, "Kay, Abel = Zed Káy"},
	} {
		found, err := s.Search(t.Context(), test.decision, test.query)
		var got []string
		for _, m := range found.Matches {
			line := m.Surname
			if m.Alias != (record.Name{}) {
				line += " = " + m.Alias.FirstName + " " + m.Alias.Surname
			}
			got = append(got, line)
		}
		if strings.Join(got, ", ") != test.want || err != nil {
			t.Errorf("Search(%+v) = %q, %v, want %q", test.query, got, err, test.want)
		}
	}
}

func TestSearchCountsWhatItDoesNotShow(t *testing.T) {
	s := open(t, newDatabase(t))
	var many iter.Seq2[record.Person, error] = func(yield func(record.Person, error) bool) {
		for n := range record.MaxFound + 13 {
			if !yield(named(fmt.Sprint(n), fmt.Sprintf("Smith%03d", n), "John", "1970-01-01", record.Fields{"surname": "Smithy"}), nil) {
				return
			}
		}
	}
	load(t, s, many)
	found, err := s.Search(t.Context(), readingAudience(record.Restricted), record.Query{Surname: "smith"})
	if err != nil {
		t.Fatal(err)
	}
	if len(found.Matches) != record.MaxFound || found.Total != record.MaxFound+13 || !found.Truncated || found.Matches[0].Surname != "Smith000" {
		t.Errorf("Search = %d matches of %d, truncated %t, first %q", len(found.Matches), found.Total, found.Truncated, found.Matches[0].Surname)
	}
}

// A match shows what is allowed: alerts from allowed items only, and no date of release, no
// name, that is not.
func TestSearchIsCutToTheDecision(t *testing.T) {
	s := open(t, newDatabase(t))
	load(t, s, people(recordtest.Canary()))
	const surname = "service_user_details.surname"
	for _, test := range []struct {
		allowed []string
		want    record.Match
	}{
		{[]string{surname}, record.Match{Surname: recordtest.Marker(surname), Alerts: []string{}}},
		{[]string{surname, "service_user_details.date_of_release"},
			record.Match{Surname: recordtest.Marker(surname), Released: recordtest.AsAt, Alerts: []string{}}},
		{[]string{surname, "mental_health_summary.appropriate_adult_required", "physical_health.epilepsy"},
			record.Match{Surname: recordtest.Marker(surname), Alerts: []string{"appropriate_adult", "epilepsy"}}},
		{[]string{surname, "service_user_details.first_name", "service_user_details.date_of_birth", "violence_to_others.mappa"},
			record.Match{Surname: recordtest.Marker(surname), FirstName: recordtest.Marker("service_user_details.first_name"),
				DateOfBirth: recordtest.AsAt, Alerts: []string{"mappa"}}},
	} {
		found, err := s.Search(t.Context(), reading(test.allowed...), record.Query{Surname: "canary"})
		if err != nil || len(found.Matches) != 1 {
			t.Fatalf("Search with %v = %+v, %v, want one person", test.allowed, found, err)
		}
		got := found.Matches[0]
		got.ID = record.PersonID{}
		if diff := cmp.Diff(test.want, got, cmp.Comparer(func(a, b record.PersonID) bool { return a == b })); diff != "" {
			t.Errorf("match with %v allowed (-want +got):\n%s", test.allowed, diff)
		}
	}
	for _, q := range []record.Query{{FirstName: "canary"}, {Surname: "canary", DateOfBirth: "1970-01-01"}, {}} {
		if _, err := s.Search(t.Context(), reading(surname), q); !errors.Is(err, data.ErrNotAllowed) {
			t.Errorf("Search(%+v) with only the surname allowed: %v, want %v", q, err, data.ErrNotAllowed)
		}
	}
}
