// Package viewtest makes records for tests of pages, in the shapes of the API: [Empty] to
// begin with and [Set] to fill, [Sample] as police see one, and [Worst], every text of which
// is as long as the service takes.
package viewtest

import (
	"strings"

	"mais/server/api"
	"mais/server/api/form"
)

// ID is the id of every record made here.
const ID = "6f1b8c1e-0d4f-4f0a-9a54-1f6f0a3b7c21"

// The bounds of a text and of a note in characters, and of a list in entries, as package record
// has them.
const (
	MaxText = 200
	MaxNote = 2000
	MaxRows = 100
)

// Empty returns a record of which nothing is recorded.
func Empty() api.Record {
	r := api.Record{ID: ID, Sections: map[string]map[string]api.Item{}}
	for _, s := range form.Sections() {
		r.Sections[s.Name] = map[string]api.Item{}
		for _, i := range s.Items {
			r.Sections[s.Name][i.Name] = api.Item{State: api.StateNotRecorded}
		}
	}
	return r
}

// Set puts an item into a record.
func Set(r api.Record, key string, item api.Item) {
	section, name, _ := strings.Cut(key, ".")
	r.Sections[section][name] = item
}

// Say puts a value into a record, with a day and a source.
func Say(r api.Record, key string, value any) {
	Set(r, key, api.Item{Value: value, AsAt: "2010-03-12", Source: "SystmOne"})
}

// Note puts a yes with a note beside it into a record.
func Note(r api.Record, key, details string) {
	Set(r, key, api.Item{Value: "yes", Details: details, AsAt: "2010-03-12", Source: "SystmOne"})
}

// Withhold withholds items.
func Withhold(r api.Record, keys ...string) {
	for _, key := range keys {
		Set(r, key, api.Item{State: api.StateWithheld})
	}
}

// Full are the keys of the items that police may not see.
var Full = []string{
	"service_user_details.epex_number",
	"mental_health_diagnosis.primary_diagnosis", "mental_health_diagnosis.secondary_diagnosis", "mental_health_diagnosis.treatment_non_concordance",
	"release_medication.prescriptions", "release_medication.medication_non_concordance",
}

// Contact returns a contact with a number for each time of day.
func Contact(name, relationship, telephone, outOfHours string) map[string]any {
	c := map[string]any{"name": name, "relationship": relationship}
	if telephone != "" {
		c["telephone"] = telephone
	}
	if outOfHours != "" {
		c["out_of_hours"] = outOfHours
	}
	return c
}
