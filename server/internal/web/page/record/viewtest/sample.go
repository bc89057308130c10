package viewtest

import "mais/server/api"

// Sample returns a record as police see it, eight months after release if now is November
// 2010: every state, and every kind of item.
func Sample() api.Record {
	r := Empty()
	person(r)
	health(r)
	risks(r)
	agencies(r)
	Withhold(r, Full...)
	return r
}

func person(r api.Record) {
	const of = "service_user_details."
	Say(r, of+"first_name", "Tobias James")
	Say(r, of+"surname", "Kettering")
	Say(r, of+"aliases", []any{map[string]any{"first_name": "Toby", "surname": "Kay"}, map[string]any{"surname": "Ketter"}})
	Say(r, of+"date_of_birth", "1978-02-14")
	Set(r, of+"date_of_release", api.Item{Value: "2010-03-12", Certainty: "actual", AsAt: "2010-03-12", Source: "P-NOMIS"})
	Say(r, of+"interpreter_needed", "no")
	Say(r, of+"language_spoken", "English")
	Say(r, of+"last_known_address", "No fixed address, Northmoor")
	contact := Contact("Mary Kettering", "Mother", "01632 960015", "")
	contact["unsuitable"] = "yes"
	Say(r, of+"preferred_contact", contact)
	Say(r, of+"preferred_contact_as_appropriate_adult", "no")
	Say(r, of+"main_health_professional", Contact("J. Pryce", "Care coordinator", "01632 960115", "01632 960102 (crisis team)"))
}

func health(r api.Record) {
	Note(r, "physical_health.epilepsy", "Tonic-clonic seizures, last one two months ago. Takes sodium valproate.")
	Say(r, "physical_health.diabetes", "no")
	Say(r, "physical_health.asthma", "unknown")
	Set(r, "physical_health.brain_injuries", api.Item{State: api.StateRefused, AsAt: "2010-03-08", Source: "SystmOne"})
	const of = "mental_health_summary."
	Set(r, of+"appropriate_adult_required", api.Item{Value: "yes"})
	Say(r, of+"significant_other_as_appropriate_adult", "no-preference")
	Say(r, of+"professional_as_appropriate_adult", "yes")
	Say(r, of+"professional_contact", Contact("A. Lindqvist", "Community psychiatric nurse", "01632 960120", ""))
	Say(r, of+"mental_disorder", "yes")
	Say(r, of+"self_harm", "yes")
	Note(r, of+"significant_dates_self_harm", "Death of his mother, March.")
	Say(r, of+"problematic_drug_use", "yes")
}

func risks(r api.Record) {
	Say(r, "substance_misuse.substance_misuse", "yes")
	Say(r, "substance_misuse.substances", []any{"opiates", "stimulants"})
	Say(r, "substance_misuse.alcohol_misuse", "yes")
	Say(r, "substance_misuse.alcohol_withdrawal", "yes")
	Say(r, "suicide_and_self_harm.self_harm_history", "yes")
	Say(r, "suicide_and_self_harm.last_self_harm", "Ligature made from bedding. In a police cell.")
	Say(r, "suicide_and_self_harm.suicide_attempts", "yes")
	Say(r, "suicide_and_self_harm.last_attempt_before_release", "6 months")
	Note(r, "suicide_and_self_harm.self_harm_hospital_treatment", "Resuscitated by ambulance crew.")
	Say(r, "risk_factors.triggers_and_warning_signs", "Goes quiet and stops eating.\nPaces and will not sit.")
	const of = "violence_to_others."
	for _, no := range []string{"mappa", "hramm", "visor", "serious_violence", "discriminatory_attitudes"} {
		Set(r, of+no, api.Item{Value: "no", AsAt: "2009-11-02", Source: "OASys"})
	}
	Set(r, of+"violence", api.Item{Value: "yes", AsAt: "2009-11-02", Source: "OASys"})
	Set(r, of+"violence_towards", api.Item{Value: []any{"those_in_authority", "other"}, Other: "hostel staff", AsAt: "2009-11-02", Source: "OASys"})
}

func agencies(r api.Record) {
	const of = "agencies_involved."
	Say(r, of+"kind", []any{"community_gp", "crisis_intervention_team", "probation"})
	Say(r, of+"name", []any{"Larkhill Surgery", "Mersea Vale Crisis Team", "Northmoor Probation"})
	Say(r, of+"address", []any{"4 Ropewalk, Northmoor", nil, "1 Harbour Street, Northmoor"})
	Say(r, of+"telephone", []any{"01632 960301", "01632 960302", "01632 960303"})
	Say(r, of+"out_of_hours", []any{nil, "01632 960399 (24 hours)", nil})
}
