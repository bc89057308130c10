package form

import (
	"slices"

	"mais/server/api"
)

// Kind groups alerts into the five cards at the top of a record.
type Kind string

// The kinds, gravest first.
const (
	SelfHarm         Kind = "self-harm"
	AppropriateAdult Kind = "appropriate-adult"
	Alcohol          Kind = "alcohol"
	Health           Kind = "health"
	Violence         Kind = "violence"
)

// Warning is an alert in words, for people who have to act on it at once.
type Warning struct {
	Name   string // as the service calls it
	Title  string // "History of self-harm"
	Tag    string // the title in a word or two, for a line of a result
	Advice string // what to do, in one sentence
	Kind   Kind
	Colour string   // of a GOV.UK tag; the words say the same
	Items  []string // the keys of the items that raise it by a yes

	covers bool // its advice stands for all others of its kind
	apart  bool // its advice stands beside that of a graver one of its kind
}

// Warnings returns all alerts, gravest first.
func Warnings() []Warning { return slices.Clone(warnings) }

// Alert returns an alert in words. One that the form does not know has its bare name and no
// kind.
func Alert(name string) Warning {
	for _, w := range warnings {
		if w.Name == name {
			return w
		}
	}
	title := capital(Bare(name))
	return Warning{Name: name, Title: title, Tag: title, Advice: "Read the record, and ask a health professional.", Colour: "grey"}
}

// Alerts returns the names of the alerts that a record raises, gravest first: the same that
// the service gives for a search. items returns the item of a key.
func Alerts(items func(key string) api.Item) []string {
	raised := []string{}
	for _, w := range warnings {
		if slices.ContainsFunc(w.Items, func(key string) bool { return isYes(items(key)) }) {
			raised = append(raised, w.Name)
		}
	}
	return raised
}

func isYes(item api.Item) bool { return item.State == "" && Text(item) == "yes" }

// The advice keeps to what a custody officer must know anyway (PACE Code C: 1.4, 3.15, 9.5,
// 11.15, annex H): it treats nobody, and it says whom to call. Title and tag name a history
// as the dataset does: none of it is a fact about today.
var warnings = []Warning{
	{Name: "suicide", Title: "History of suicide attempts", Tag: "Suicide attempt history", Kind: SelfHarm, Colour: "red",
		Advice: "Ask about suicide and self-harm now, set the level of observation accordingly and get a health professional to assess.",
		Items:  []string{"suicide_and_self_harm.suicide_attempts"}},
	{Name: "self_harm", Title: "History of self-harm", Tag: "Self-harm history", Kind: SelfHarm, Colour: "red",
		Advice: "Ask about self-harm now, set the level of observation accordingly and get a health professional to assess.",
		Items: []string{"mental_health_summary.self_harm", "suicide_and_self_harm.self_harm_history",
			"suicide_and_self_harm.self_harm_hospital_treatment"}},
	{Name: "appropriate_adult", Title: "Will need an appropriate adult if interviewed", Tag: "Appropriate adult", Kind: AppropriateAdult, Colour: "purple",
		Advice: "Ask an appropriate adult to come now, and do not interview without one.",
		Items:  []string{"mental_health_summary.appropriate_adult_required"}},
	{Name: "alcohol_withdrawal", Title: "History of problematic withdrawal from alcohol", Tag: "Alcohol withdrawal history", Kind: Alcohol, Colour: "orange",
		Advice: "Withdrawal from alcohol can kill: get a health professional to assess now, and ask what they last drank and took, and when.",
		Items:  []string{"substance_misuse.alcohol_withdrawal"}, covers: true},
	{Name: "alcohol", Title: "History of problematic alcohol misuse", Tag: "Alcohol history", Kind: Alcohol, Colour: "orange",
		Advice: "Ask when they last drank, get a health professional to assess, and rouse to check: somebody who seems drunk can be ill.",
		Items:  []string{"substance_misuse.alcohol_misuse"}},
	{Name: "drug_withdrawal", Title: "History of problematic withdrawal from drugs", Tag: "Drug withdrawal history", Kind: Alcohol, Colour: "orange",
		Advice: "Ask what they last drank and took, and when, and get a health professional to assess withdrawal.",
		Items:  []string{"substance_misuse.drug_withdrawal"}},
	{Name: "drugs", Title: "History of substance misuse", Tag: "Drug history", Kind: Alcohol, Colour: "orange",
		Advice: "Ask what they last drank and took, and when, and get a health professional to assess.",
		Items:  []string{"substance_misuse.substance_misuse", "mental_health_summary.problematic_drug_use"}},
	{Name: "epilepsy", Title: "History of epilepsy", Tag: "Epilepsy history", Kind: Health, Colour: "blue",
		Advice: "Get a health professional to assess, ask about medicine that is due, and call an ambulance for a fit.",
		Items:  []string{"physical_health.epilepsy"}},
	{Name: "diabetes", Title: "History of diabetes", Tag: "Diabetes history", Kind: Health, Colour: "blue",
		Advice: "Get a health professional to assess, and ask when they last ate and what medicine is due: somebody who seems drunk can be ill.",
		Items:  []string{"physical_health.diabetes"}},
	{Name: "asthma", Title: "History of asthma", Tag: "Asthma history", Kind: Health, Colour: "blue",
		Advice: "Get a health professional to assess, ask where the inhaler is, and call an ambulance if they struggle to breathe.",
		Items:  []string{"physical_health.asthma"}},
	{Name: "heart_problems", Title: "History of heart problems", Tag: "Heart history", Kind: Health, Colour: "blue",
		Advice: "Get a health professional to assess, ask about medicine that is due, and call an ambulance for pain in the chest.",
		Items:  []string{"physical_health.heart_problems"}},
	{Name: "brain_injuries", Title: "History of brain injuries", Tag: "Brain injury history", Kind: Health, Colour: "blue",
		Advice: "Get a health professional to assess, and rouse to check: somebody who seems drunk can be ill.",
		Items:  []string{"physical_health.brain_injuries"}},
	{Name: "serious_violence", Title: "History of serious violence to others", Tag: "Serious violence history", Kind: Violence, Colour: "yellow",
		Advice: "Tell everybody who will open the cell, and do not go in alone.",
		Items:  []string{"violence_to_others.serious_violence"}},
	{Name: "violence", Title: "History of violence to others", Tag: "Violence history", Kind: Violence, Colour: "yellow",
		Advice: "Tell everybody who will open the cell, and assess the risk before cell doors are opened or cells are shared.",
		Items:  []string{"violence_to_others.violence"}},
	{Name: "mappa", Title: "Registered with MAPPA", Tag: "MAPPA", Kind: Violence, Colour: "yellow",
		Advice: "Tell the agencies that manage this person that they are in custody, before any decision on release.",
		Items:  []string{"violence_to_others.mappa"}, apart: true},
	{Name: "visor", Title: "Registered with VISOR", Tag: "VISOR", Kind: Violence, Colour: "yellow",
		Advice: "Have VISOR checked, and tell whoever manages this person before any decision on release.",
		Items:  []string{"violence_to_others.visor"}, apart: true},
}
