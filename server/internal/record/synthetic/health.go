package synthetic

import "mais/server/internal/record"

func (w *writer) physicalHealth() {
	w.section("physical_health", "SystmOne")
	for _, p := range []struct {
		item    string
		holds   bool
		details []string
	}{
		{"epilepsy", w.body.epilepsy, []string{"Tonic-clonic seizures, last one two months ago. Takes sodium valproate.", "Seizures when withdrawing from alcohol.", "Rare seizures; must not be left alone in a bath."}},
		{"diabetes", w.body.diabetes, []string{"Type 1, insulin twice a day.", "Type 2, tablets and diet."}},
		{"asthma", w.body.asthma, []string{"Salbutamol inhaler, keeps it on him.", "Admitted with an attack three years ago.", "Mild, worse in winter."}},
		{"brain_injuries", w.body.brain, []string{w.body.brainDetails}},
		{"heart_problems", w.body.heart, []string{"Angina, GTN spray.", "Irregular heartbeat, under cardiology."}},
	} {
		w.yes(p.item, p.holds)
		if p.holds {
			w.beside(p.item, func(e *record.Entry) { e.Details = pick(w, p.details) })
		}
	}
}

func (w *writer) mentalHealth() {
	w.section("mental_health_summary", "ePEX", "SystmOne")
	preference := []odds[record.Word]{{45, "yes"}, {25, "no"}, {25, "no-preference"}, {5, ""}}
	if choice := weighted(w, preference); choice != "" {
		w.put("significant_other_as_appropriate_adult", choice)
		if choice == "yes" {
			w.put("significant_other_contact", w.relative())
		}
	}
	if choice := weighted(w, preference); choice != "" {
		w.put("professional_as_appropriate_adult", choice)
		if choice == "yes" {
			w.put("professional_contact", w.professional())
		}
	}
	w.answer("learning_difficulties", pick(w, []record.Word{"no", "no", "no", "unknown"})) // nobody's were documented
	w.yes("mental_disorder", w.chance(90))
	w.yes("previous_mental_health_problems", w.chance(92))
	w.yes("self_harm", w.harmed())
	w.yes("significant_dates_self_harm", w.harmed() && w.chance(40))
	if w.row["significant_dates_self_harm"].Is("yes") {
		w.beside("significant_dates_self_harm", func(e *record.Entry) { e.Details = w.significantDate() })
	}
	w.yes("problematic_drug_use", w.misuse.substance)

	w.section("mental_health_diagnosis", "ePEX")
	w.put("primary_diagnosis", record.Word(w.diagnosis.primary))
	if w.diagnosis.other != "" {
		w.beside("primary_diagnosis", func(e *record.Entry) { e.Other = w.diagnosis.other })
	}
	w.put("secondary_diagnosis", record.Word(w.diagnosis.secondary))
	w.yes("treatment_non_concordance", w.chance(45))
}

// harmed: a suicide attempt is self-harm as the form defines it.
func (w *writer) harmed() bool { return len(w.attempts.methods) > 0 }

func (w *writer) substances() {
	w.section("substance_misuse", "SystmOne", "OASys")
	kinds := []odds[record.Words]{{45, record.Words{"opiates"}}, {25, record.Words{"opiates", "stimulants"}},
		{20, record.Words{"stimulants"}}, {7, record.Words{"other"}}, {3, record.Words{"unknown"}}}
	w.yes("substance_misuse", w.misuse.substance)
	withdrawal := w.misuse.substance && w.chance(50)
	w.yes("drug_withdrawal", withdrawal)
	if w.misuse.substance {
		used := weighted(w, kinds)
		w.put("substances", used)
		if withdrawal {
			w.put("drug_withdrawal_from", used[:1])
		}
	}
	w.yes("alcohol_misuse", w.misuse.alcohol)
	w.yes("alcohol_withdrawal", w.misuse.alcohol && w.chance(45))
}

// drugs are what is prescribed for a diagnosis: class and details.
var drugs = map[string][][2]string{
	"schizophrenia_or_other_delusional_disorders": {{"antipsychotics", "Olanzapine 10 mg at night"},
		{"antipsychotics", "Risperidone 4 mg daily"}, {"antipsychotics", "Zuclopenthixol decanoate 200 mg, depot every two weeks"}},
	"depressive_illness":         {{"antidepressants", "Sertraline 100 mg in the morning"}, {"antidepressants", "Mirtazapine 30 mg at night"}},
	"bipolar_affective_disorder": {{"mood_stabilisers", "Lithium carbonate 800 mg at night"}, {"mood_stabilisers", "Valproate semisodium 500 mg twice daily"}},
	"personality_disorder":       {{"antidepressants", "Citalopram 20 mg daily"}, {"anti_anxiety", "Propranolol 40 mg as needed"}},
	"organic_disorder":           {{"other", "Carbamazepine 200 mg twice daily"}},
	"other":                      {{"antipsychotics", "Quetiapine 150 mg at night"}, {"anti_anxiety", "Buspirone 5 mg three times daily"}},
}

func (w *writer) medication() {
	w.section("release_medication", "SystmOne")
	prescriptions := record.Rows{}
	add := func(class, details string) {
		prescriptions = append(prescriptions, record.Fields{"class": class, "details": details})
	}
	if w.chance(85) {
		drug := pick(w, drugs[w.diagnosis.primary])
		add(drug[0], drug[1])
	}
	if w.misuse.substance && w.chance(55) {
		add("opiate_substitution", pick(w, []string{"Methadone 40 ml daily, supervised", "Methadone 60 ml daily, supervised", "Buprenorphine 8 mg daily"}))
	}
	if w.chance(15) {
		add("hypnotics_or_sedatives", "Zopiclone 7.5 mg at night, seven days")
	}
	if w.chance(95) {
		w.put("prescriptions", prescriptions)
	}
	w.yes("medication_non_concordance", w.chance(40))
}
