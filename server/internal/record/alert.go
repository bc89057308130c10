package record

import "slices"

// alerts are what custody staff must see at once, and the items that raise them by a yes.
// Threats to life come first. All of them are restricted items, so that an alert never
// tells more than the page below it.
var alerts = []struct {
	name  string
	items []string
}{
	{"suicide", []string{"suicide_and_self_harm.suicide_attempts"}},
	{"self_harm", []string{"mental_health_summary.self_harm", "suicide_and_self_harm.self_harm_history",
		"suicide_and_self_harm.self_harm_hospital_treatment"}},
	{"appropriate_adult", []string{"mental_health_summary.appropriate_adult_required"}},
	{"alcohol_withdrawal", []string{"substance_misuse.alcohol_withdrawal"}},
	{"alcohol", []string{"substance_misuse.alcohol_misuse"}}, // the custody lead: probably our biggest risk
	{"drug_withdrawal", []string{"substance_misuse.drug_withdrawal"}},
	{"drugs", []string{"substance_misuse.substance_misuse", "mental_health_summary.problematic_drug_use"}},
	{"epilepsy", []string{"physical_health.epilepsy"}},
	{"diabetes", []string{"physical_health.diabetes"}},
	{"asthma", []string{"physical_health.asthma"}},
	{"heart_problems", []string{"physical_health.heart_problems"}},
	{"brain_injuries", []string{"physical_health.brain_injuries"}},
	{"serious_violence", []string{"violence_to_others.serious_violence"}},
	{"violence", []string{"violence_to_others.violence"}},
	{"mappa", []string{"violence_to_others.mappa"}},
	{"visor", []string{"violence_to_others.visor"}},
}

// AlertItems returns the keys of the items that raise an alert.
func AlertItems() []string {
	var keys []string
	for _, a := range alerts {
		keys = append(keys, a.items...)
	}
	return keys
}

// Alerts returns the names of the alerts raised, gravest first. isYes reports whether the
// item of a key is known to the reader to hold a yes; for an item that is not for this
// reader it must say no.
func Alerts(isYes func(key string) bool) []string {
	raised := []string{}
	for _, a := range alerts {
		if slices.ContainsFunc(a.items, isYes) {
			raised = append(raised, a.name)
		}
	}
	return raised
}
