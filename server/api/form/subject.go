package form

import "mais/server/api"

// A subject is what one card is about. A question without a title has no line of its own
// when it is answered yes: the card's title and status say it.
type subject struct {
	kind      Kind
	title     string
	status    string // when raised, if there are better words than that it is recorded
	ask       string // the advice while nothing is raised
	several   string // the advice when several alerts are raised, if not that of the gravest
	questions []question
	also      []question                  // shown with a value, and decide nothing
	more      func(r api.Record) []string // lines of its own
	rests     []string                    // the keys of the items behind those
}

// A question is an item of the form that decides what a card says.
type question struct {
	key   string
	title string  // begins the line of a yes
	short string  // names it in a list
	twin  string  // the key of the question that asks the same
	with  []extra // what explains a yes
}

// extra is an item that explains a yes, and the words that join it on.
type extra struct{ lead, key string }

var subjects = []subject{
	{kind: SelfHarm, title: "Self-harm and suicide",
		ask: "Ask about self-harm and suicide now, and set the level of observation by the answer.",
		questions: []question{
			{key: "suicide_and_self_harm.suicide_attempts", title: "History of suicide attempts", short: "suicide attempts",
				with: []extra{{", within how long before release: ", "suicide_and_self_harm.last_attempt_before_release"}}},
			{key: "suicide_and_self_harm.self_harm_history", title: "History of self-harm", short: "self-harm",
				with: []extra{{", last attempt: ", "suicide_and_self_harm.last_self_harm"}}},
			{key: "mental_health_summary.self_harm", title: "History of self-harm (summary of mental health)",
				short: "self-harm (summary of mental health)", twin: "suicide_and_self_harm.self_harm_history"},
			{key: "suicide_and_self_harm.self_harm_hospital_treatment", title: "Self-harm that required resuscitation or outside hospital treatment",
				short: "self-harm that required resuscitation or outside hospital treatment"},
		},
		also: []question{
			{key: "mental_health_summary.significant_dates_self_harm", title: "Dates linked to previous self-harm"},
			{key: "risk_factors.triggers_and_warning_signs", title: "Triggers and warning signs"},
			{key: "risk_factors.significant_dates", title: "Significant dates"},
		}},
	{kind: AppropriateAdult, title: "Appropriate adult", status: "Required if interviewed",
		ask: "Ask whether they need help to understand or to be understood; in doubt, get an appropriate adult.",
		questions: []question{
			{key: "mental_health_summary.appropriate_adult_required", short: "appropriate adult"},
		},
		also: []question{
			{key: "mental_health_summary.learning_difficulties", title: "Has learning difficulties"},
			{key: "service_user_details.interpreter_needed", title: "Interpreter needed",
				with: []extra{{", language spoken: ", "service_user_details.language_spoken"}}},
		},
		more: adults, rests: contacts()},
	{kind: Alcohol, title: "Alcohol, drugs and withdrawal",
		ask: "Ask what they last drank and took, and when; get a health professional to assess if in doubt.",
		several: "Ask what they last drank and took, and when, get a health professional to assess, and rouse to check: " +
			"somebody who seems drunk can be ill.",
		questions: []question{
			{key: "substance_misuse.alcohol_withdrawal", title: "History of problematic withdrawal from alcohol", short: "withdrawal from alcohol"},
			{key: "substance_misuse.alcohol_misuse", title: "History of problematic alcohol misuse", short: "alcohol misuse"},
			{key: "substance_misuse.drug_withdrawal", title: "History of problematic withdrawal from drugs", short: "withdrawal from drugs",
				with: []extra{{": ", "substance_misuse.drug_withdrawal_from"}}},
			{key: "substance_misuse.substance_misuse", title: "History of substance misuse", short: "substance misuse",
				with: []extra{{": ", "substance_misuse.substances"}}},
			{key: "mental_health_summary.problematic_drug_use", title: "History of problematic drug use", short: "problematic drug use"},
		}},
	{kind: Health, title: "Physical health",
		ask:     "Ask about illness, injury and medicine that is due; get a health professional to assess if in doubt.",
		several: "Get a health professional to assess, ask about medicine that is due, and call an ambulance if they become unwell.",
		questions: []question{
			{key: "physical_health.epilepsy", title: "History of epilepsy", short: "epilepsy"},
			{key: "physical_health.diabetes", title: "History of diabetes", short: "diabetes"},
			{key: "physical_health.asthma", title: "History of asthma", short: "asthma"},
			{key: "physical_health.heart_problems", title: "History of heart problems", short: "heart problems"},
			{key: "physical_health.brain_injuries", title: "History of brain injuries", short: "brain injuries"},
		}},
	{kind: Violence, title: "Violence to others",
		ask: "Ask your own systems about violence, and assess the risk before cell doors are opened or cells are shared.",
		questions: []question{
			{key: "violence_to_others.serious_violence", title: "History of serious violence to others", short: "serious violence",
				with: []extra{{": ", "violence_to_others.serious_violence_kinds"}}},
			{key: "violence_to_others.violence", title: "History of violence to others", short: "violence",
				with: []extra{{", towards: ", "violence_to_others.violence_towards"}}},
			{key: "violence_to_others.mappa", title: "Registered with MAPPA", short: "MAPPA",
				with: []extra{{", category ", "violence_to_others.mappa_category"}, {", level ", "violence_to_others.mappa_level"}}},
			{key: "violence_to_others.visor", title: "Registered with VISOR", short: "VISOR"},
		},
		also: []question{
			{key: "violence_to_others.hramm", title: "Registered with HRAMM"},
			{key: "violence_to_others.discriminatory_attitudes", title: "Distorted or discriminatory attitudes",
				with: []extra{{", towards: ", "violence_to_others.discriminatory_towards"}}},
		}},
}
