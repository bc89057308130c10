package form

import (
	"slices"
	"strings"
	"testing"

	"mais/server/api"
)

// No alert reads as a fact about today, or as the absence of one.
func TestAlertsAreHistories(t *testing.T) {
	histories := []string{"History of ", "Registered with ", "Will need "}
	for _, w := range Warnings() {
		if !slices.ContainsFunc(histories, func(begin string) bool { return strings.HasPrefix(w.Title, begin) }) {
			t.Errorf("the title of %s is %q: a history?", w.Name, w.Title)
		}
		if w.Kind == "" || w.Colour == "" || w.Tag == "" || len(w.Tag) > 26 || len(w.Items) == 0 {
			t.Errorf("alert %+v is incomplete, or its tag long", w)
		}
		if strings.Count(w.Advice, ".") != 1 || !strings.HasSuffix(w.Advice, ".") || strings.Contains(strings.ToLower(w.Advice), "no risk") {
			t.Errorf("the advice of %s is %q, want one sentence", w.Name, w.Advice)
		}
	}
	if got := Alert("brand_new"); got.Title != "Brand new" || got.Kind != "" || got.Advice == "" {
		t.Errorf("Alert(brand_new) = %+v", got)
	}
}

func TestAlerts(t *testing.T) {
	r := record(map[string]api.Item{
		"violence_to_others.violence":               {Value: "yes"},
		"suicide_and_self_harm.self_harm_history":   {Value: "yes"},
		"suicide_and_self_harm.suicide_attempts":    {Value: "unknown"},
		"substance_misuse.alcohol_misuse":           {State: api.StateRefused},
		"physical_health.epilepsy":                  {State: api.StateWithheld, Value: "yes"}, // no such thing: the state holds
		"mental_health_summary.learning_disability": {Value: "yes"},
	})
	got := Alerts(func(key string) api.Item { return ItemAt(r, key) })
	if want := []string{"self_harm", "violence"}; !slices.Equal(got, want) {
		t.Errorf("Alerts = %v, want %v", got, want)
	}
}
