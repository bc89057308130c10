package viewtest

import (
	"strings"

	"mais/server/api"
	"mais/server/api/form"
)

// Worst returns the fullest record that the service takes, as one sees it to whom nothing
// is withheld. fill makes a text of so many characters, at most.
func Worst(fill func(bound int) string) api.Record {
	r := Empty()
	for _, s := range form.Sections() {
		for _, i := range s.Items {
			Set(r, s.Name+"."+i.Name, worstItem(s, i, fill))
		}
	}
	Set(r, "service_user_details.date_of_birth", api.Item{Value: "1978-02-14"})
	Set(r, "service_user_details.date_of_release", api.Item{Value: "2010-03-12", Certainty: "estimated", AsAt: "2010-03-12", Source: fill(MaxText)})
	return r
}

func worstItem(s form.Section, i form.Item, fill func(int) string) api.Item {
	out := api.Item{Value: worstValue(i, fill), AsAt: "2010-03-12", Source: fill(MaxText)}
	if s.Many {
		values := make([]any, MaxRows)
		for n := range values {
			values[n] = out.Value
		}
		out.Value = values
	}
	switch {
	case strings.HasPrefix(s.Name, "physical"), i.Name == "significant_dates_self_harm", i.Name == "self_harm_hospital_treatment":
		out.Details = fill(MaxNote)
	case i.Name == "violence_towards", i.Name == "primary_diagnosis", i.Name == "secondary_diagnosis":
		out.Other = fill(MaxText)
	}
	return out
}

// sets are the values of the items that hold several words.
var sets = map[string][]any{
	"substances":             {"opiates", "stimulants", "other", "unknown"},
	"drug_withdrawal_from":   {"opiates", "stimulants", "other", "unknown"},
	"serious_violence_kinds": {"carrying_weapons", "sexual_violence", "arson", "other", "unknown"},
	"discriminatory_towards": {"women", "racial", "homophobic", "anti_authoritarian", "other"},
	"violence_towards": {"environmental_police", "environmental_prison", "environmental_probation", "those_in_authority", "racial", "strangers",
		"family_members", "relationships_or_significant_others", "other"},
}

// codes are the values of the items that hold one word other than a yes.
var codes = map[string]string{
	"primary_diagnosis": "other", "secondary_diagnosis": "other", "kind": "community_substance_misuse_agencies",
	"mappa_category": "3", "mappa_level": "unknown",
}

func worstValue(i form.Item, fill func(int) string) any {
	switch {
	case sets[i.Name] != nil:
		return sets[i.Name]
	case codes[i.Name] != "":
		return codes[i.Name]
	case i.Coded, i.Name == "appropriate_adult_required":
		return "yes"
	}
	switch i.Name {
	case "preferred_contact", "significant_other_contact", "professional_contact", "main_health_professional":
		c := Contact(fill(MaxText), fill(MaxText), fill(MaxText), fill(MaxText))
		c["address"], c["unsuitable"] = fill(MaxText), "yes"
		return c
	case "aliases":
		return rows(map[string]any{"first_name": fill(MaxText), "surname": fill(MaxText)})
	case "prescriptions":
		return rows(map[string]any{"class": "hypnotics_or_sedatives", "details": fill(MaxText)})
	case "last_self_harm", "triggers_and_warning_signs", "significant_dates":
		return fill(MaxNote)
	}
	return fill(MaxText)
}

func rows(row map[string]any) []any {
	all := make([]any, MaxRows)
	for n := range all {
		all[n] = row
	}
	return all
}
