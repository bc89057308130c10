package record_test

import (
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"mais/server/api"
	"mais/server/api/form"
	"mais/server/internal/record"
	"mais/server/internal/record/recordtest"
)

// TestAlertsAreTheForms compares the alerts raised here with those that the pages and
// tokenctl have words for: the same, by the same items, in the same order.
func TestAlertsAreTheForms(t *testing.T) {
	var ours, names []string
	for _, w := range form.Warnings() {
		names = append(names, w.Name)
		ours = append(ours, w.Items...)
		for _, key := range w.Items {
			if got := record.Alerts(func(k string) bool { return k == key }); !slices.Equal(got, []string{w.Name}) {
				t.Errorf("a yes to %s raises %v, in the form %s", key, got, w.Name)
			}
		}
	}
	if diff := cmp.Diff(record.AlertItems(), ours); diff != "" {
		t.Errorf("items that raise alerts (-record +form):\n%s", diff)
	}
	if diff := cmp.Diff(record.Alerts(func(string) bool { return true }), names); diff != "" {
		t.Errorf("alerts (-record +form):\n%s", diff)
	}
}

// TestFormReadsRecords: the form reads the values that a record holds on this side of the
// wire, before JSON has made plain ones of them.
func TestFormReadsRecords(t *testing.T) {
	seen := record.View(record.NewPersonID(), recordtest.Canary().Sections, func(string) bool { return true })
	items := func(key string) api.Item {
		i, _ := record.Lookup(key)
		return api.Item{Value: seen.Sections[i.Section][i.Name].Value}
	}
	if diff := cmp.Diff(seen.Alerts(), form.Alerts(items)); diff != "" {
		t.Errorf("alerts of the canary (-record +form):\n%s", diff)
	}
	c, ok := form.ContactOf(items("service_user_details.preferred_contact"))
	if marker := recordtest.Marker("service_user_details.preferred_contact"); !ok || c.Name != marker || c.OutOfHours != marker {
		t.Errorf("ContactOf the canary's preferred contact = %+v, %t", c, ok)
	}
}
