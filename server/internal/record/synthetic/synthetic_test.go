package synthetic_test

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io"
	"math"
	"regexp"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"mais/server/internal/record"
	"mais/server/internal/record/synthetic"
)

const today record.Day = "2010-11-22"

func collect(t testing.TB, n int, seed uint64) []record.Person {
	t.Helper()
	var people []record.Person
	for p, err := range synthetic.People(n, seed, today) {
		if err != nil {
			t.Fatal(err)
		}
		people = append(people, p)
	}
	return people
}

func entry(p record.Person, section, item string) record.Entry {
	return p.Sections[section][0][item]
}

func says(section, item string, words ...record.Word) func(record.Person) bool {
	return func(p record.Person) bool {
		for _, w := range words {
			if entry(p, section, item).Is(w) {
				return true
			}
		}
		return false
	}
}

func holds(section, item, word string) func(record.Person) bool {
	return func(p record.Person) bool {
		words, _ := entry(p, section, item).Value.(record.Words)
		for _, w := range words {
			if w == word {
				return true
			}
		}
		return false
	}
}

func both(a, b func(record.Person) bool) func(record.Person) bool {
	return func(p record.Person) bool { return a(p) && b(p) }
}

// sample is what the report counts among its thirty-one.
var sample = []struct {
	fact string
	of31 int
	is   func(record.Person) bool
}{
	{"schizophrenia", 9, says("mental_health_diagnosis", "primary_diagnosis", "schizophrenia_or_other_delusional_disorders")},
	{"depressive illness", 9, says("mental_health_diagnosis", "primary_diagnosis", "depressive_illness")},
	{"personality disorder", 8, says("mental_health_diagnosis", "primary_diagnosis", "personality_disorder")},
	{"bipolar disorder", 2, says("mental_health_diagnosis", "primary_diagnosis", "bipolar_affective_disorder")},
	{"organic disorder", 1, says("mental_health_diagnosis", "primary_diagnosis", "organic_disorder")},
	{"other diagnosis", 2, says("mental_health_diagnosis", "primary_diagnosis", "other")},
	{"personality disorder, secondary", 4, says("mental_health_diagnosis", "secondary_diagnosis", "personality_disorder")},
	{"substance misuse", 17, says("substance_misuse", "substance_misuse", "yes")},
	{"alcohol misuse", 14, says("substance_misuse", "alcohol_misuse", "yes")},
	{"both", 8, both(says("substance_misuse", "substance_misuse", "yes"), says("substance_misuse", "alcohol_misuse", "yes"))},
	{"suicide attempts", 25, says("suicide_and_self_harm", "suicide_attempts", "yes")},
	{"resuscitation or hospital", 5, says("suicide_and_self_harm", "self_harm_hospital_treatment", "yes")},
	{"asthma", 5, says("physical_health", "asthma", "yes")},
	{"brain injury", 2, says("physical_health", "brain_injuries", "yes")},
	{"heart problems", 2, says("physical_health", "heart_problems", "yes")},
	{"epilepsy", 4, says("physical_health", "epilepsy", "yes")},
	{"diabetes", 1, says("physical_health", "diabetes", "yes")},
	{"learning difficulties", 0, says("mental_health_summary", "learning_difficulties", "yes")},
	{"violence", 27, says("violence_to_others", "violence", "yes")},
	{"violence to those in authority", 9, holds("violence_to_others", "violence_towards", "those_in_authority")},
	{"serious violence", 14, says("violence_to_others", "serious_violence", "yes")},
	{"MAPPA", 15, says("violence_to_others", "mappa", "yes")},
	{"MAPPA 2, level 1", 6, both(says("violence_to_others", "mappa_category", "2"), says("violence_to_others", "mappa_level", "1"))},
	{"MAPPA 2, level 2", 6, both(says("violence_to_others", "mappa_category", "2"), says("violence_to_others", "mappa_level", "2"))},
	{"MAPPA 1, level 1", 2, both(says("violence_to_others", "mappa_category", "1"), says("violence_to_others", "mappa_level", "1"))},
	{"MAPPA 3, level 2", 1, both(says("violence_to_others", "mappa_category", "3"), says("violence_to_others", "mappa_level", "2"))},
	{"English alone", 30, says("service_user_details", "language_spoken", "English")},
	{"released", 24, func(p record.Person) bool {
		e := entry(p, "service_user_details", "date_of_release")
		return e.Certainty == "actual" && e.Value.(record.Word) <= record.Word(today)
	}},
}

// The thirty-one people of the demonstration are counted like the report's.
func TestDefaultPeopleAreTheSample(t *testing.T) {
	people := collect(t, synthetic.DefaultPeople, 1)
	for _, s := range sample {
		n := 0
		for _, p := range people {
			if s.is(p) {
				n++
			}
		}
		if n != s.of31 {
			t.Errorf("%s: %d of 31, want %d", s.fact, n, s.of31)
		}
	}
}

// At ten thousand the proportions hold to a hundredth, ages too, and what is not counted in
// the report comes in every kind.
func TestProportions(t *testing.T) {
	people := collect(t, 10_000, 2)
	for _, s := range sample {
		n := 0
		for _, p := range people {
			if s.is(p) {
				n++
			}
		}
		got, want := float64(n)/float64(len(people)), float64(s.of31)/31
		if math.Abs(got-want) > 0.01 {
			t.Errorf("%s: %.3f of all, want %.3f", s.fact, got, want)
		}
	}
	mean, sd, low, high := ages(people)
	if math.Abs(mean-37) > 0.2 || math.Abs(sd-12.1) > 0.2 || low != 21 || high != 56 {
		t.Errorf("ages: mean %.1f, SD %.1f, %d to %d; want 37, 12.1, 21 to 56", mean, sd, low, high)
	}
	for kind, n := range kinds(people) {
		if n < len(people)/100 {
			t.Errorf("%s: %d of %d people, want some", kind, n, len(people))
		}
	}
}

func ages(people []record.Person) (mean, sd float64, low, high int) {
	low = 1000
	var sum, squares float64
	for _, p := range people {
		born := record.Day(entry(p, "service_user_details", "date_of_birth").Value.(record.Word)).Time()
		age := today.Time().Year() - born.Year()
		if born.AddDate(age, 0, 0).After(today.Time()) {
			age--
		}
		sum, squares, low, high = sum+float64(age), squares+float64(age*age), min(low, age), max(high, age)
	}
	mean = sum / float64(len(people))
	return mean, math.Sqrt(squares/float64(len(people)) - mean*mean), low, high
}

// kinds counts the people who have something at least once.
func kinds(people []record.Person) map[string]int {
	counts := map[string]int{"refused": 0, "unknown": 0, "not recorded": 0, "alias": 0, "no alias": 0, "out of hours": 0, "agencies": 0, "prescriptions": 0,
		"no one named": 0, "release unknown": 0}
	for _, p := range people {
		has := map[string]bool{"agencies": len(p.Sections["agencies_involved"]) > 0}
		for _, row := range p.Sections["substance_misuse"] {
			has["refused"] = has["refused"] || row["alcohol_withdrawal"].State == record.Refused
			has["unknown"] = has["unknown"] || row["alcohol_withdrawal"].Is("unknown")
			has["not recorded"] = has["not recorded"] || row["alcohol_withdrawal"].State == record.NotRecorded
		}
		aliases, asked := entry(p, "service_user_details", "aliases").Value.(record.Rows)
		prescriptions, _ := entry(p, "release_medication", "prescriptions").Value.(record.Rows)
		contact, _ := entry(p, "service_user_details", "preferred_contact").Value.(record.Fields)
		has["alias"], has["no alias"], has["prescriptions"] = len(aliases) > 0, asked && len(aliases) == 0, len(prescriptions) > 0
		has["out of hours"], has["no one named"] = contact["out_of_hours"] != "", contact["none_named"] != ""
		has["release unknown"] = entry(p, "service_user_details", "date_of_release").Certainty == "unknown"
		for kind, yes := range has {
			if yes {
				counts[kind]++
			}
		}
	}
	return counts
}

func TestPeopleAreRightRecords(t *testing.T) {
	references := map[string]bool{}
	for _, p := range collect(t, 5000, 3) {
		if faults := p.Check(today); len(faults) > 0 {
			t.Fatalf("%s: %v", p.Reference, faults)
		}
		if p.Source != synthetic.Source || references[p.Reference] {
			t.Fatalf("%s of %s is not a reference of its own", p.Reference, p.Source)
		}
		references[p.Reference] = true
	}
}

// Everything that looks like a telephone number or a postcode is one that nobody has.
func TestNumbersAreNobodys(t *testing.T) {
	number := regexp.MustCompile(`\b0[0-9][0-9 ]{8,}[0-9]\b`)
	drama := regexp.MustCompile(`^(0151 496 0\d{3}|01632 960\d{3}|07700 900\d{3})$`)
	postcode := regexp.MustCompile(`\b([A-Z]{1,2})[0-9]{1,2} [0-9][A-Z]{2}\b`)
	seen := 0
	for _, p := range collect(t, 1000, 4) {
		text, err := json.Marshal(p.Sections)
		if err != nil {
			t.Fatal(err)
		}
		for _, n := range number.FindAllString(string(text), -1) {
			seen++
			if !drama.MatchString(n) {
				t.Errorf("telephone number %q is not from a drama range", n)
			}
		}
		for _, m := range postcode.FindAllStringSubmatch(string(text), -1) {
			if m[1] != "LX" {
				t.Errorf("postcode %q is not of the area LX", m[0])
			}
		}
		if nhs := p.Identifiers["nhs_number"]; nhs != "" && !strings.HasPrefix(nhs, "999") {
			t.Errorf("NHS number %q is not from the test range", nhs)
		}
	}
	if seen < 1000 {
		t.Errorf("found %d telephone numbers, want at least one a person", seen)
	}
}

// The demonstration shows the same people wherever it is built. When the generator is
// changed on purpose, so is this fingerprint.
func TestSeedRepeats(t *testing.T) {
	const want = "79eabf551b5a1bf5"
	if got := fingerprint(t, 100, 1); got != want {
		t.Errorf("fingerprint of seed 1 = %s, want %s", got, want)
	}
	if fingerprint(t, 100, 1) == fingerprint(t, 100, 2) {
		t.Error("seeds 1 and 2 make the same people")
	}
	if diff := cmp.Diff(collect(t, 40, 1), collect(t, 100, 1)[:40]); diff != "" {
		t.Errorf("the first 40 people differ with how many follow:\n%s", diff)
	}
}

func fingerprint(t *testing.T, n int, seed uint64) string {
	t.Helper()
	h := sha256.New()
	for _, p := range collect(t, n, seed) {
		text, err := json.Marshal(p)
		if err != nil {
			t.Fatal(err)
		}
		fmt.Fprintf(h, "%s\n", text)
	}
	return hex.EncodeToString(h.Sum(nil)[:8])
}

func BenchmarkPeople(b *testing.B) {
	b.ReportAllocs()
	for p := range synthetic.People(b.N, 1, today) {
		fmt.Fprint(io.Discard, p.Reference)
	}
}
