package e2e_test

import (
	"encoding/csv"
	"fmt"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// brackenridge is a record such as a custody sergeant meets: much is known, some of it is
// withheld from police, some was refused, some nobody knew, and it is eight months old.
func brackenridge() (columns, cells []string) {
	released := time.Now().AddDate(0, -8, -10)
	for _, c := range [][2]string{
		{"source", "SystmOne"}, {"source_reference", "e2e-brackenridge"}, {"prison_number", "A0000ZZ"},
		{"first_name", "Tobias James"}, {"surname", "Brackenridge"}, {"aliases", "Toby|Kay"}, {"date_of_birth", "1978-02-14"},
		{"date_of_release", released.Format(time.DateOnly)}, {"date_of_release_certainty", "actual"}, {"epex_number", "000000"},
		{"interpreter_needed", "no"}, {"language_spoken", "English"}, {"last_known_address", "No fixed address"},
		{"directed_address", "Approved premises, 1 Example Street, Northmoor"},
		{"preferred_contact_name", "Marion Brackenridge"}, {"preferred_contact_relationship", "Mother"}, {"preferred_contact_telephone", "01632 960115"},
		{"preferred_contact_as_appropriate_adult", "yes"},
		{"main_health_professional_name", "Dr A. Lindqvist"}, {"main_health_professional_relationship", "Psychiatrist, Northmoor NHS Trust"},
		{"main_health_professional_telephone", "01632 960101"}, {"main_health_professional_out_of_hours", "01632 960102 (crisis team, 24 hours)"},
		{"epilepsy", "yes"}, {"epilepsy_details", "Tonic-clonic seizures, the last in the summer before release"},
		{"diabetes", "no"}, {"asthma", "unknown"}, {"heart_problems", "refused"},
		{"significant_other_as_appropriate_adult", "yes"}, {"significant_other_contact_name", "Jo Pryce"}, {"significant_other_contact_relationship", "Former partner"},
		{"significant_other_contact_telephone", "01632 960116"}, {"significant_other_contact_unsuitable", "yes"},
		{"learning_difficulties", "yes"}, {"mental_disorder", "yes"}, {"previous_mental_health_problems", "yes"}, {"self_harm", "yes"},
		{"significant_dates_self_harm", "yes"}, {"significant_dates_self_harm_details", "Early February: the death of his brother"},
		{"primary_diagnosis", "bipolar_affective_disorder"}, {"secondary_diagnosis", "other"}, {"secondary_diagnosis_other", "Dissociative seizures"},
		{"prescriptions", "mood_stabilisers|400 mg at night;antipsychotics|5 mg in the morning"},
		{"substance_misuse", "yes"}, {"substances", "opiates;stimulants"}, {"drug_withdrawal", "no"}, {"alcohol_misuse", "yes"}, {"alcohol_withdrawal", "yes"},
		{"self_harm_history", "yes"}, {"last_self_harm", "Ligature in his cell in February. Found by an officer. No warning was given."},
		{"suicide_attempts", "yes"}, {"last_attempt_before_release", "5 weeks"}, {"self_harm_hospital_treatment", "yes"},
		{"triggers_and_warning_signs", "Goes quiet and stops eating. Tells staff when the voices begin. Being held face down."},
		{"mappa", "no"}, {"violence", "yes"}, {"violence_towards", "those_in_authority"}, {"serious_violence", "unknown"}, {"visor", "refused"},
		{"agencies_involved", "crisis_intervention_team|Northmoor Crisis Team||01632 960102|01632 960102 (24 hours);probation|Northmoor Probation|2 Example Street|01632 960130|"},
	} {
		columns, cells = append(columns, c[0]), append(cells, c[1])
	}
	return columns, cells
}

// worst is a record with every text at its bound, every list full, and words that no line
// can break where it wants to.
func worst(t testing.TB) (columns, cells []string) {
	t.Helper()
	notes := map[string]bool{}
	for _, s := range readDataset(t).Sections {
		for _, i := range s.Items {
			notes[i.Name] = i.Type == "note"
		}
	}
	c := newCanary(t)
	for n, column := range c.columns {
		bound := 200
		if notes[column] || strings.HasSuffix(column, "_details") {
			bound = 2000
		}
		cell := fillMarkers(c.cells[n], bound)
		switch column {
		case "source", "source_reference", "nhs_number": // they have bounds of their own
			cell = "e2e-worst"
		case "surname":
			cell = strings.Repeat("Worstcase", 22)
		case "aliases", "prescriptions", "agencies_involved":
			cell = strings.Repeat(cell+";", 99) + cell
		}
		columns, cells = append(columns, column), append(cells, cell)
	}
	return columns, cells
}

// fillMarkers puts text of so many characters in place of each of the canary's markers.
func fillMarkers(cell string, bound int) string {
	sentence := "Incomprehensibilities, and more of the same. "
	text := strings.Repeat(sentence, bound/len(sentence)+1)[:bound-1] + "."
	var filled strings.Builder
	for {
		before, after, found := strings.Cut(cell, "canary:")
		filled.WriteString(before)
		if !found {
			return filled.String()
		}
		filled.WriteString(text)
		_, rest, _ := strings.Cut(after, ":")
		cell = rest
	}
}

// load imports one record.
func (s *service) load(t testing.TB, columns, cells []string) {
	t.Helper()
	var text strings.Builder
	if err := csv.NewWriter(&text).WriteAll([][]string{columns, cells}); err != nil {
		t.Fatal(err)
	}
	s.host(t, "import", write(t, filepath.Join(t.TempDir(), "one.csv"), text.String())).exits(t, 0)
}

// manyNamesakes are more people of one name than a search shows.
func manyNamesakes() string {
	var csv strings.Builder
	csv.WriteString("source,source_reference,first_name,surname,date_of_birth\n")
	for n := range 60 {
		fmt.Fprintf(&csv, "SystmOne,e2e-many-%d,Example %c%c,Overmany,19%02d-01-01\n", n, 'A'+n/26, 'a'+n%26, 40+n%60)
	}
	return csv.String()
}
