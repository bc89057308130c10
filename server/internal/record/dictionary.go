package record

import "slices"

// Dictionary returns the ten sections in the order of the form. The caller must not change
// what it points to.
func Dictionary() []Section { return slices.Clone(dictionary) }

// Identifiers returns the numbers by which other systems know a person.
func Identifiers() []Identifier { return slices.Clone(identifiers) }

// Lookup returns the item with a key such as "physical_health.epilepsy".
func Lookup(key string) (Item, bool) {
	item, ok := byKey[key]
	return item, ok
}

// LookupSection returns the section with a name such as "physical_health".
func LookupSection(name string) (Section, bool) {
	for _, s := range dictionary {
		if s.Name == name {
			return s, true
		}
	}
	return Section{}, false
}

// Keys returns the keys of all items, in the order of the form.
func Keys() []string {
	var keys []string
	for _, s := range dictionary {
		for _, i := range s.Items {
			keys = append(keys, i.Key())
		}
	}
	return keys
}

var identifiers = []Identifier{
	{"prison_number", "Prison number", Restricted}, // P-NOMIS; the key of the police's PNC flag
	{"pnc_number", "PNC number", Restricted},
	{"nhs_number", "NHS number", Full},
}

var (
	contactFields = []Field{{Name: "name"}, {Name: "relationship"}, {Name: "address"}, {Name: "telephone"},
		{Name: "out_of_hours"}, {Name: "unsuitable", Flag: true}, {Name: noneNamed, Flag: true}}
	diagnoses = []string{"schizophrenia_or_other_delusional_disorders", "bipolar_affective_disorder", "depressive_illness",
		"anxiety_disorders", "dementia", "personality_disorder", "organic_disorder", "learning_disabilities", "other"}
	substances = []string{"opiates", "stimulants", "other", "unknown"}
	grades     = []string{"1", "2", "3", "unknown"}
)

// noneNamed is the flag of a contact by which "no one" is an answer.
const noneNamed = "none_named"

var dictionary = complete([]Section{
	{Name: "service_user_details", Label: "Service user details", Audience: Restricted, Writers: []Writer{Health, Justice}, Items: []Item{
		{Name: "first_name", Label: "First name", Type: Text, Required: true},
		{Name: "surname", Label: "Surname", Type: Text, Required: true},
		{Name: "aliases", Label: "Aliases used", Type: List, Fields: []Field{{Name: "first_name"}, {Name: "surname"}}, Table: "alias"},
		{Name: "date_of_birth", Label: "Date of birth", Type: Date, Required: true},
		{Name: "date_of_release", Label: "Date of release", Type: Date, Certainty: true},
		{Name: "epex_number", Label: "ePEX number", Type: Text, Audience: Full},
		{Name: "interpreter_needed", Label: "Interpreter needed", Type: Tri},
		{Name: "language_spoken", Label: "Language spoken", Type: Text},
		{Name: "last_known_address", Label: "Last known address", Type: Text},
		{Name: "directed_address", Label: "Directed address (a hostel, say)", Type: Text},
		{Name: "preferred_contact", Label: "Familial or preferred contact", Type: Contact},
		{Name: "preferred_contact_as_appropriate_adult", Label: "Would like this person to represent them as their appropriate adult", Type: Tri},
		{Name: "main_health_professional", Label: "Main health professional contact", Type: Contact},
	}},
	{Name: "physical_health", Label: "Summary of physical health issues", Audience: Restricted, Writers: []Writer{Health}, Items: []Item{
		{Name: "epilepsy", Label: "History of epilepsy", Type: Tri, Details: DetailsAlways},
		{Name: "diabetes", Label: "History of diabetes", Type: Tri, Details: DetailsAlways},
		{Name: "asthma", Label: "History of asthma", Type: Tri, Details: DetailsAlways},
		{Name: "brain_injuries", Label: "History of brain injuries", Type: Tri, Details: DetailsAlways},
		{Name: "heart_problems", Label: "History of heart problems", Type: Tri, Details: DetailsAlways},
	}},
	{Name: "mental_health_summary", Label: "Summary of mental health issues", Audience: Restricted, Writers: []Writer{Health}, Items: []Item{
		{Name: "appropriate_adult_required", Label: "Will require an appropriate adult if interviewed", Type: Constant, Values: []string{"yes"}},
		{Name: "significant_other_as_appropriate_adult", Label: "Preferred significant other as appropriate adult", Type: Pref},
		{Name: "significant_other_contact", Label: "Contact details of the significant other", Type: Contact, When: "significant_other_as_appropriate_adult"},
		{Name: "professional_as_appropriate_adult", Label: "Prefers a professional contact as appropriate adult", Type: Pref},
		{Name: "professional_contact", Label: "Contact details of the professional", Type: Contact, When: "professional_as_appropriate_adult"},
		{Name: "learning_difficulties", Label: "Has learning difficulties", Type: Tri},
		{Name: "mental_disorder", Label: "History of mental disorder", Type: Tri},
		{Name: "previous_mental_health_problems", Label: "Has had previous mental health problems", Type: Tri},
		{Name: "self_harm", Label: "A history of self-harm (self-poisoning or injury)", Type: Tri},
		{Name: "significant_dates_self_harm", Label: "Significant dates linked to previous self-harm", Type: Tri, Details: DetailsYes},
		{Name: "problematic_drug_use", Label: "A history of problematic drug use", Type: Tri},
	}},
	{Name: "mental_health_diagnosis", Label: "Mental health issues", Audience: Full, Writers: []Writer{Health}, Items: []Item{
		{Name: "primary_diagnosis", Label: "Primary mental health diagnosis", Type: Enum, Values: diagnoses, Other: true},
		{Name: "secondary_diagnosis", Label: "Secondary mental health diagnosis", Type: Enum, Values: diagnoses, Other: true},
		{Name: "treatment_non_concordance", Label: "History of non-concordance with any treatment", Type: Tri},
	}},
	{Name: "substance_misuse", Label: "Substance misuse", Audience: Restricted, Writers: []Writer{Health, Community}, Items: []Item{
		{Name: "substance_misuse", Label: "History of substance misuse", Type: Tri},
		{Name: "substances", Label: "Type of substance", Type: Set, Values: substances, When: "substance_misuse"},
		{Name: "drug_withdrawal", Label: "History of problematic withdrawal from drugs", Type: Tri},
		{Name: "drug_withdrawal_from", Label: "Withdrawal from", Type: Set, Values: substances, When: "drug_withdrawal"},
		{Name: "alcohol_misuse", Label: "History of problematic alcohol misuse", Type: Tri},
		{Name: "alcohol_withdrawal", Label: "History of problematic withdrawal from alcohol", Type: Tri},
	}},
	{Name: "release_medication", Label: "Medication prescribed on the day of release", Audience: Full, Writers: []Writer{Health}, Items: []Item{
		{Name: "prescriptions", Label: "Prescription", Type: List, Table: "prescription", Fields: []Field{{Name: "class", Values: []string{
			"antipsychotics", "antidepressants", "anti_anxiety", "hypnotics_or_sedatives", "mood_stabilisers", "opiate_substitution", "other"}},
			{Name: "details"}}},
		{Name: "medication_non_concordance", Label: "History of non-concordance with psychiatric medications", Type: Tri},
	}},
	{Name: "suicide_and_self_harm", Label: "Suicide and self-harm risk", Audience: Restricted, Writers: []Writer{Health, Justice, Community}, Items: []Item{
		{Name: "self_harm_history", Label: "History of self-harm", Type: Tri},
		{Name: "last_self_harm", Label: "Details of the last attempt", Type: Note, When: "self_harm_history"},
		{Name: "suicide_attempts", Label: "History of suicide attempts", Type: Tri},
		{Name: "last_attempt_before_release", Label: "Occurred prior to release within", Type: Text, When: "suicide_attempts"},
		{Name: "self_harm_hospital_treatment", Label: "A history of self-harm that required resuscitation or outside hospital treatment", Type: Tri, Details: DetailsYes},
	}},
	{Name: "risk_factors", Label: "Risk factors", Audience: Restricted, Writers: []Writer{Health, Justice, Community}, Items: []Item{
		{Name: "triggers_and_warning_signs", Label: "Individual triggers and warning signs", Type: Note},
		{Name: "significant_dates", Label: "Significant dates", Type: Note},
	}},
	{Name: "violence_to_others", Label: "Violence to others", Audience: Restricted, Writers: []Writer{Health, Justice}, Items: []Item{
		{Name: "mappa", Label: "Registered with MAPPA", Type: Tri},
		{Name: "mappa_category", Label: "Category", Type: Enum, Values: grades, When: "mappa"},
		{Name: "mappa_level", Label: "Level", Type: Enum, Values: grades, When: "mappa"},
		{Name: "hramm", Label: "Registered with HRAMM (Health, Risk and Management Meetings)", Type: Tri},
		{Name: "visor", Label: "Registered with VISOR (Violent and Sex Offender Register)", Type: Tri},
		{Name: "violence", Label: "History of violence to others", Type: Tri},
		{Name: "violence_towards", Label: "Categories that apply", Type: Set, Other: true, When: "violence", Values: []string{
			"environmental_police", "environmental_prison", "environmental_probation", "those_in_authority", "racial", "strangers",
			"family_members", "relationships_or_significant_others", "other"}},
		{Name: "serious_violence", Label: "History of serious violence to others", Type: Tri},
		{Name: "serious_violence_kinds", Label: "History of", Type: Set, When: "serious_violence", Values: []string{
			"carrying_weapons", "sexual_violence", "arson", "other", "unknown"}},
		{Name: "discriminatory_attitudes", Label: "Distorted or discriminatory attitudes", Type: Tri},
		{Name: "discriminatory_towards", Label: "Towards", Type: Set, When: "discriminatory_attitudes", Values: []string{
			"women", "racial", "homophobic", "anti_authoritarian", "other"}},
	}},
	{Name: "agencies_involved", Label: "Agencies currently involved", Audience: Restricted, Many: true, Table: "agency_involved",
		Writers: []Writer{Health, Justice, Community}, Items: []Item{
			{Name: "kind", Label: "Type", Type: Enum, Values: []string{
				"community_gp", "criminal_justice_liaison_team", "community_mental_health_team", "receiving_cpa", "crisis_intervention_team",
				"community_substance_misuse_agencies", "probation", "social_worker", "neighbourhood_police"}},
			{Name: "name", Label: "Name", Type: Text},
			{Name: "address", Label: "Address", Type: Text},
			{Name: "telephone", Label: "Telephone no.", Type: Text},
			{Name: "out_of_hours", Label: "Out of hours contact details", Type: Text},
		}},
})

var byKey = index(dictionary)

// complete fills in what the lines above leave to the rule.
func complete(sections []Section) []Section {
	for s := range sections {
		section := &sections[s]
		if section.Table == "" {
			section.Table = section.Name
		}
		for i := range section.Items {
			item := &section.Items[i]
			item.Section = section.Name
			item.key = section.Name + "." + item.Name
			if item.Audience == 0 {
				item.Audience = section.Audience
			}
			if item.Type == Contact {
				item.Fields = contactFields
			}
			item.columns = item.makeColumns()
		}
	}
	return sections
}

func index(sections []Section) map[string]Item {
	items := map[string]Item{}
	for _, s := range sections {
		for _, i := range s.Items {
			items[i.Key()] = i
		}
	}
	return items
}
