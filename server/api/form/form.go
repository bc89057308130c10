// Package form knows how the record's form is read: its sections and items in order, and
// what the form calls them, so that a history is never shown as a present fact ("History of
// epilepsy", not "Epilepsy"). It says coded values, alerts, roles and ages in words that the
// pages of the server and tokenctl share, so that both tell an officer the same. What people
// type into the pages' own forms has its bounds here too.
//
// Start with [Sections] for the whole form, with [Cards] for what a custody sergeant must
// see first, and with [AgeOf] for how old it is. All of them take what the service sends,
// which is cut to the reader's role: what is withheld cannot be told here.
//
// The service decides what a record holds; what it sends that is not here is shown under
// its bare name. Tests compare the words with the dataset's and the alerts with those that
// the service raises.
package form

// Section is one part of the form.
type Section struct {
	Name, Label string
	Many        bool // its items hold one value for each entry
	Items       []Item
}

// Item is one line of the form.
type Item struct {
	Name, Label string
	Coded       bool // its values are words of a list, written with underscores
}

// Sections returns the form's sections in order.
func Sections() []Section { return sections }

var sections = []Section{
	{Name: "service_user_details", Label: "Service user details", Items: []Item{
		{"first_name", "First name", false},
		{"surname", "Surname", false},
		{"aliases", "Aliases used", false},
		{"date_of_birth", "Date of birth", false},
		{"date_of_release", "Date of release", false},
		{"epex_number", "ePEX number", false},
		{"interpreter_needed", "Interpreter needed", true},
		{"language_spoken", "Language spoken", false},
		{"last_known_address", "Last known address", false},
		{"directed_address", "Directed address (a hostel, say)", false},
		{"preferred_contact", "Familial or preferred contact", false},
		{"preferred_contact_as_appropriate_adult", "Would like this person to represent them as their appropriate adult", true},
		{"main_health_professional", "Main health professional contact", false},
	}},
	{Name: "physical_health", Label: "Summary of physical health issues", Items: []Item{
		{"epilepsy", "History of epilepsy", true},
		{"diabetes", "History of diabetes", true},
		{"asthma", "History of asthma", true},
		{"brain_injuries", "History of brain injuries", true},
		{"heart_problems", "History of heart problems", true},
	}},
	{Name: "mental_health_summary", Label: "Summary of mental health issues", Items: []Item{
		{"appropriate_adult_required", "Will require an appropriate adult if interviewed", true},
		{"significant_other_as_appropriate_adult", "Preferred significant other as appropriate adult", true},
		{"significant_other_contact", "Contact details of the significant other", false},
		{"professional_as_appropriate_adult", "Prefers a professional contact as appropriate adult", true},
		{"professional_contact", "Contact details of the professional", false},
		{"learning_difficulties", "Has learning difficulties", true},
		{"mental_disorder", "History of mental disorder", true},
		{"previous_mental_health_problems", "Has had previous mental health problems", true},
		{"self_harm", "A history of self-harm (self-poisoning or injury)", true},
		{"significant_dates_self_harm", "Significant dates linked to previous self-harm", true},
		{"problematic_drug_use", "A history of problematic drug use", true},
	}},
	{Name: "mental_health_diagnosis", Label: "Mental health issues", Items: []Item{
		{"primary_diagnosis", "Primary mental health diagnosis", true},
		{"secondary_diagnosis", "Secondary mental health diagnosis", true},
		{"treatment_non_concordance", "History of non-concordance with any treatment", true},
	}},
	{Name: "substance_misuse", Label: "Substance misuse", Items: []Item{
		{"substance_misuse", "History of substance misuse", true},
		{"substances", "Type of substance", true},
		{"drug_withdrawal", "History of problematic withdrawal from drugs", true},
		{"drug_withdrawal_from", "Withdrawal from", true},
		{"alcohol_misuse", "History of problematic alcohol misuse", true},
		{"alcohol_withdrawal", "History of problematic withdrawal from alcohol", true},
	}},
	{Name: "release_medication", Label: "Medication prescribed on the day of release", Items: []Item{
		{"prescriptions", "Prescription", false},
		{"medication_non_concordance", "History of non-concordance with psychiatric medications", true},
	}},
	{Name: "suicide_and_self_harm", Label: "Suicide and self-harm risk", Items: []Item{
		{"self_harm_history", "History of self-harm", true},
		{"last_self_harm", "Details of the last attempt", false},
		{"suicide_attempts", "History of suicide attempts", true},
		{"last_attempt_before_release", "Occurred prior to release within", false},
		{"self_harm_hospital_treatment", "A history of self-harm that required resuscitation or outside hospital treatment", true},
	}},
	{Name: "risk_factors", Label: "Risk factors", Items: []Item{
		{"triggers_and_warning_signs", "Individual triggers and warning signs", false},
		{"significant_dates", "Significant dates", false},
	}},
	{Name: "violence_to_others", Label: "Violence to others", Items: []Item{
		{"mappa", "Registered with MAPPA", true},
		{"mappa_category", "Category", true},
		{"mappa_level", "Level", true},
		{"hramm", "Registered with HRAMM (Health, Risk and Management Meetings)", true},
		{"visor", "Registered with VISOR (Violent and Sex Offender Register)", true},
		{"violence", "History of violence to others", true},
		{"violence_towards", "Categories that apply", true},
		{"serious_violence", "History of serious violence to others", true},
		{"serious_violence_kinds", "History of", true},
		{"discriminatory_attitudes", "Distorted or discriminatory attitudes", true},
		{"discriminatory_towards", "Towards", true},
	}},
	{Name: "agencies_involved", Label: "Agencies currently involved", Many: true, Items: []Item{
		{"kind", "Type", true},
		{"name", "Name", false},
		{"address", "Address", false},
		{"telephone", "Telephone no.", false},
		{"out_of_hours", "Out of hours contact details", false},
	}},
}
